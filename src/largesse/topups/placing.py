"""Placing an order: check it, store it, open its checkout."""

import logging
import re
from dataclasses import asdict, dataclass
from datetime import timedelta

from largesse import creators, ledger
from largesse.db import Connection
from largesse.errors import IdempotencyConflict
from largesse.identity import User, assert_may_spend, check_spending, country_rule
from largesse.services import Services
from largesse.topups import guards, queries, schemas
from largesse.topups.billing import assert_country
from largesse.topups.errors import (
    IdempotencyKeyInvalid,
    ProviderUnreachable,
    ReturnPathInvalid,
    TooManyOrders,
)
from largesse.topups.promoting import assert_same_code, count_code, reserved_quote
from largesse.topups.providers import (
    Checkout,
    CheckoutNotOffered,
    CheckoutRequest,
    PaymentProvider,
    ProviderError,
)
from largesse.topups.registry import paying_provider
from largesse.topups.rows import HistoryLine, Order
from largesse.topups.schemas import OrderRequest
from largesse.topups.service import load_order
from largesse.topups.states import OrderEvent, OrderState, Reason, next_step
from largesse.topups.views import order_view
from largesse.topups.visitors import NOBODY, Visitor
from largesse.types import is_idempotency_key, new_id, now

log = logging.getLogger(__name__)

OPEN_ORDERS_MAX = 10
"""Orders a user may have waiting for payment."""
FIRST_POLL_S = 30
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order, and whether this request made it (or an earlier one with the same key)."""

    order: schemas.Order
    new: bool


@dataclass(frozen=True, slots=True)
class _Wish:
    """Who wants what, from where, and how it is to be paid."""

    user: User
    request: OrderRequest
    visitor: Visitor
    provider: PaymentProvider
    key: str


async def place_order(
    services: Services,
    user: User,
    request: OrderRequest,
    *,
    key: str | None,
    origin: str,
    visitor: Visitor = NOBODY,
) -> PlacedOrder:
    """Make an order and open its checkout. `origin` is where the buyer's browser reaches us."""
    _check_request(request, key)
    provider = paying_provider(services, request.provider, request.country)
    wish = _Wish(user, request, visitor, provider, key or str(new_id()))
    await count_code(services, request, user.id, visitor)
    async with services.db.transaction() as conn:
        order, new = await _store_order(conn, wish, services.settings.order_expiry_s)
    if order.state is OrderState.CREATED:
        await _open_checkout(services, provider, order, origin)
    async with services.db.read() as conn:
        return PlacedOrder(await order_view(conn, await load_order(conn, user, order.id)), new)


def _check_request(request: OrderRequest, key: str | None) -> None:
    if key is not None and not is_idempotency_key(key):
        raise IdempotencyKeyInvalid
    if request.return_path is not None and not _PATH.fullmatch(request.return_path):
        raise ReturnPathInvalid


async def _store_order(conn: Connection, wish: _Wish, expiry_s: int) -> tuple[Order, bool]:
    """The order of this key: an earlier one as it stands, or a new one if the rules allow it."""
    user, request = wish.user, wish.request
    await queries.lock_ordering(conn, user.id)
    earlier = await queries.order_by_key(conn, user.id, wish.key)
    if earlier is not None:
        _assert_same_request(earlier, request)
        await assert_same_code(conn, user.id, earlier.id, request)
        return earlier, False
    await _assert_may_order(conn, user, request.country)
    at, order_id = now(), new_id()
    quote = await reserved_quote(
        conn, request, user_id=user.id, order_id=order_id, channel=wish.provider.channel, at=at
    )
    order = Order(
        **asdict(quote),
        user_id=user.id,
        id=order_id,
        state=OrderState.CREATED,
        provider=wish.provider.name,
        channel=wish.provider.channel,
        country=request.country,
        hold_days=(await creators.hold_days(conn, at))[wish.provider.hold_source],
        provider_ref=None,
        checkout_url=None,
        return_path=request.return_path,
        idempotency_key=wish.key,
        created_at=at,
        expires_at=at + timedelta(seconds=expiry_s),
        updated_at=at,
        visitor_address=wish.visitor.address,
        visitor_device=wish.visitor.device,
    )
    await guards.check(conn, user, order)
    await queries.insert_order(conn, order)
    await queries.add_history(conn, HistoryLine(order.id, order.state, Reason.ORDER_CREATED, at))
    return order, True


def _assert_same_request(order: Order, request: OrderRequest) -> None:
    coins = order.coins if order.package_id is None else None
    same = (order.package_id, coins, order.provider, order.country, order.return_path) == (
        request.package_id,
        request.coins,
        request.provider,
        request.country,
        request.return_path,
    )
    if not same:
        raise IdempotencyConflict("This key was already used for another order.")


async def _assert_may_order(conn: Connection, user: User, country_code: str) -> None:
    """The buyer's own country and the one paid in both decide; a frozen wallet or many open orders refuse.

    A wallet that is frozen because it owes coins may order: what comes pays the debt first, and thaws it.
    """
    await assert_may_spend(conn, user)
    check_spending(user, await country_rule(conn, country_code), now().date())
    await assert_country(conn, user, country_code)
    wallet = await ledger.wallet_state(conn, user.id)
    if wallet.frozen and not wallet.coins_owed:
        raise ledger.WalletFrozen
    if await queries.open_order_count(conn, user.id) >= OPEN_ORDERS_MAX:
        raise TooManyOrders(open_orders_max=OPEN_ORDERS_MAX)


async def _open_checkout(
    services: Services, provider: PaymentProvider, order: Order, origin: str
) -> None:
    """Ask the provider for its page, outside any transaction; the order's id as key makes that safe to repeat."""
    try:
        checkout: Checkout | None = await provider.create_checkout(_checkout_request(order, origin))
    except CheckoutNotOffered:
        checkout = None  # it is bought in the app, with the order's id as the account's token
    except ProviderError as error:
        log.warning("no checkout for order %s: %s", order.id, error)
        raise ProviderUnreachable(order_id=str(order.id)) from error
    await _store_checkout(services, order, checkout)


async def _store_checkout(services: Services, order: Order, checkout: Checkout | None) -> None:
    at = now()
    async with services.db.transaction() as conn:
        locked = await queries.lock_order(conn, order.id)
        assert locked is not None, "orders are never deleted"
        step = next_step(locked.state, OrderEvent.CHECKOUT_OPENED)
        if step is None:
            return
        await queries.set_checkout(
            conn,
            locked,
            reference=checkout.reference if checkout else None,
            url=checkout.url if checkout else None,
            poll_at=at + timedelta(seconds=FIRST_POLL_S) if checkout else None,
        )
        await queries.apply_step(conn, locked, step, at, settled=False)


def _checkout_request(order: Order, origin: str) -> CheckoutRequest:
    bonus = f" + {order.coins_bonus:,} bonus" if order.coins_bonus else ""
    return CheckoutRequest(
        order_id=order.id,
        idempotency_key=str(order.id),
        description=f"{order.coins:,} coins{bonus}",
        amount_minor=order.gross_minor,
        currency=order.currency,
        country=order.country,
        return_url=f"{origin}/orders/{order.id}",
        expires_at=order.expires_at,
    )
