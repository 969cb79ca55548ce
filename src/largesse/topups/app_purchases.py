"""Purchases that start in an app: the app hands in its store's proof, and the order that the proof names is credited.

The same purchase may first arrive by the store's notification, when the app died: whichever comes first credits.
"""

from largesse.identity import User
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

_NOT_OURS = (Outcome.ORDER_UNKNOWN, Outcome.TRANSACTION_OF_OTHER_ORDER)


async def hand_in(
    services: Services, user: User, provider_name: str, purchase: AppPurchase
) -> schemas.Order:
    """Credit the order that a store's proof pays, once however often it is handed in; answers the order.

    Raises ReceiptInvalid, ReceiptNotBound, PurchasePending, ReceiptOfAnother, ProductUnknown, ProviderUnreachable.
    """
    provider = store_provider(services, provider_name)
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
