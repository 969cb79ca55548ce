"""Purchases that start in an app: the app hands in its store's proof, and the order that the proof names is credited.

The same purchase may first arrive by the store's notification, when the app died: whichever comes first credits.
"""

from largesse.identity import User, rate_limited
from largesse.services import Services
from largesse.topups import queries, schemas
from largesse.topups.crediting import Outcome
from largesse.topups.errors import (
    ProductUnknown,
    ProviderUnreachable,
    PurchasePending,
    ReceiptInvalid,
    ReceiptNotBound,
    ReceiptOfAnother,
    TooManyPurchases,
)
from largesse.topups.payments import apply_event
from largesse.topups.providers import (
    AppPurchase,
    AppStoreProvider,
    PaymentEvent,
    ProviderError,
    PurchaseNotBound,
    SignatureError,
)
from largesse.topups.registry import store_provider
from largesse.topups.service import show_order

PURCHASES_MAX = 60
PURCHASES_WINDOW_S = 60
"""So many a user may hand in within this time: each is a check of signatures or a call to the store."""
_NOT_OURS = (Outcome.ORDER_UNKNOWN, Outcome.TRANSACTION_OF_OTHER_ORDER)


async def hand_in(
    services: Services, user: User, provider_name: str, purchase: AppPurchase
) -> schemas.Order:
    """Credit the order that a store's proof pays, once however often it is handed in; answers the order.

    Raises ReceiptInvalid, ReceiptNotBound, PurchasePending, ReceiptOfAnother, ProductUnknown, ProviderUnreachable,
    TooManyPurchases.
    """
    provider = store_provider(services, provider_name)
    await _limit(services, user)
    events = await _verified(provider, purchase)
    if not events:
        raise PurchasePending
    order_id = events[0].order_id
    await _assert_own(services, user, provider.name, events)
    outcomes = await _apply(services, provider, events)
    if any(outcome in _NOT_OURS for outcome in outcomes):
        raise ReceiptOfAnother
    if Outcome.MISMATCH in outcomes:
        raise ProductUnknown(order_id=str(order_id))
    return await show_order(services, user, order_id)


async def _limit(services: Services, user: User) -> None:
    async with services.db.transaction() as conn:
        bucket = f"app_purchase:{user.id}"
        wait_s = await rate_limited(conn, bucket, PURCHASES_MAX, PURCHASES_WINDOW_S)
    if wait_s:
        raise TooManyPurchases(retry_after_s=wait_s)


async def _verified(provider: AppStoreProvider, purchase: AppPurchase) -> tuple[PaymentEvent, ...]:
    try:
        return await provider.verify_purchase(purchase)
    except PurchaseNotBound as error:
        raise ReceiptNotBound from error
    except SignatureError as error:
        raise ReceiptInvalid from error
    except ProviderError as error:
        raise _unreachable() from error


async def _assert_own(
    services: Services, user: User, provider: str, events: tuple[PaymentEvent, ...]
) -> None:
    """Every event is of one order, which is the caller's and of this store. Whose else it is, is not said."""
    async with services.db.read() as conn:
        order = await queries.order_of(conn, user.id, events[0].order_id)
    if order is None or order.provider != provider:
        raise ReceiptOfAnother
    if any(event.order_id != order.id for event in events):
        raise ReceiptOfAnother


async def _apply(
    services: Services, provider: AppStoreProvider, events: tuple[PaymentEvent, ...]
) -> list[Outcome]:
    try:
        return [await apply_event(services, provider, event) for event in events]
    except ProviderError as error:
        raise _unreachable() from error


def _unreachable() -> ProviderUnreachable:
    return ProviderUnreachable("The store did not answer; your purchase is safe there, try again.")
