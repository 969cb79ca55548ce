"""Orders: make one, open its checkout, show it."""

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from largesse import creators, ledger
from largesse.db import Connection, ReadConnection
from largesse.errors import IdempotencyConflict
from largesse.identity import User, assert_may_spend, check_spending, country_rule
from largesse.services import Services
from largesse.topups import queries, schemas
from largesse.topups.catalogue import find_offer, price_of
from largesse.topups.errors import (
    IdempotencyKeyInvalid,
    OrderNotFound,
    ProviderUnavailable,
    ProviderUnreachable,
    ReturnPathInvalid,
    TooManyOrders,
)
from largesse.topups.pricing import fee_of
from largesse.topups.providers import (
    CheckoutNotOffered,
    CheckoutRequest,
    PaymentProvider,
    ProviderError,
)
from largesse.topups.registry import enabled_providers, paying_provider
from largesse.topups.rows import HistoryLine, Order
from largesse.topups.schemas import OrderRequest
from largesse.topups.states import OrderEvent, OrderState, Reason, next_step
from largesse.topups.views import order_view, order_views
from largesse.types import Page, new_id, now

log = logging.getLogger(__name__)

OPEN_ORDERS_MAX = 10
"""Orders a user may have waiting for payment."""
FIRST_POLL_S = 30
_KEY = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order, and whether this request made it (or an earlier one with the same key)."""

    order: schemas.Order
    new: bool


async def place_order(
    services: Services, user: User, request: OrderRequest, *, key: str | None, origin: str
) -> PlacedOrder:
    """Make an order and open its checkout. `origin` is where the buyer's browser reaches us."""
    _check_request(request, key)
    provider = paying_provider(services, request.provider, request.country)
    async with services.db.transaction() as conn:
        order, new = await _store_order(
            conn, user, request, provider, key or str(new_id()), services.settings.order_expiry_s
        )
    if order.state is OrderState.CREATED:
        await _open_checkout(services, provider, order, origin)
    async with services.db.read() as conn:
        return PlacedOrder(await order_view(conn, await _load(conn, user, order.id)), new)


def _check_request(request: OrderRequest, key: str | None) -> None:
    if key is not None and not _KEY.fullmatch(key):
        raise IdempotencyKeyInvalid
    if request.return_path is not None and not _PATH.fullmatch(request.return_path):
        raise ReturnPathInvalid


async def _store_order(
    conn: Connection,
    user: User,
    request: OrderRequest,
    provider: PaymentProvider,
    key: str,
    expiry_s: int,
) -> tuple[Order, bool]:
    """The order of this key: an earlier one as it stands, or a new one if the rules allow it."""
    await queries.lock_ordering(conn, user.id)
    earlier = await queries.order_by_key(conn, user.id, key)
    if earlier is not None:
        _assert_same_request(earlier, request)
        return earlier, False
    await _assert_may_order(conn, user, request.country)
    at = now()
    book, package = await find_offer(
        conn, request.package_id, country_code=request.country, channel=provider.channel, at=at
    )
    price = price_of(book, package)
    order = Order(
        user_id=user.id,
        id=new_id(),
        state=OrderState.CREATED,
        package_id=package.id,
        provider=provider.name,
        channel=provider.channel,
        country=request.country,
        coins=package.coins,
        coins_bonus=package.coins_bonus,
        currency=book.currency,
        net_minor=price.net_minor,
        tax_minor=price.tax_minor,
        gross_minor=price.gross_minor,
        fee_minor=fee_of(price.gross_minor, book.fee_bp),
        hold_days=(await creators.hold_days(conn, at))[provider.hold_source],
        provider_ref=None,
        checkout_url=None,
        return_path=request.return_path,
        idempotency_key=key,
        created_at=at,
        expires_at=at + timedelta(seconds=expiry_s),
        updated_at=at,
        polls=0,
        poll_at=None,
    )
    await queries.insert_order(conn, order)
    await queries.add_history(conn, HistoryLine(order.id, order.state, Reason.ORDER_CREATED, at))
    return order, True


def _assert_same_request(order: Order, request: OrderRequest) -> None:
    same = (order.package_id, order.provider, order.country, order.return_path) == (
        request.package_id,
        request.provider,
        request.country,
        request.return_path,
    )
    if not same:
        raise IdempotencyConflict("This key was already used for another order.")


async def _assert_may_order(conn: Connection, user: User, country_code: str) -> None:
    """The buyer's own country and the one paid in both decide; a frozen wallet or many open orders refuse."""
    await assert_may_spend(conn, user)
    check_spending(user, await country_rule(conn, country_code), now().date())
    if (await ledger.wallet_state(conn, user.id)).frozen:
        raise ledger.WalletFrozen
    if await queries.open_order_count(conn, user.id) >= OPEN_ORDERS_MAX:
        raise TooManyOrders(open_orders_max=OPEN_ORDERS_MAX)


async def _open_checkout(
    services: Services, provider: PaymentProvider, order: Order, origin: str
) -> None:
    """Ask the provider for its page, outside any transaction; the order's id as key makes that safe to repeat."""
    try:
        checkout = await provider.create_checkout(_checkout_request(order, origin))
    except CheckoutNotOffered as error:
        raise ProviderUnavailable from error
    except ProviderError as error:
        log.warning("no checkout for order %s: %s", order.id, error)
        raise ProviderUnreachable(order_id=str(order.id)) from error
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
            reference=checkout.reference,
            url=checkout.url,
            poll_at=at + timedelta(seconds=FIRST_POLL_S),
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


async def show_order(services: Services, user: User, order_id: UUID) -> schemas.Order:
    """A user's own order."""
    async with services.db.read() as conn:
        return await order_view(conn, await _load(conn, user, order_id))


async def list_orders(
    services: Services, user: User, *, limit: int, cursor: str | None
) -> Page[schemas.Order]:
    """A user's orders, newest first."""
    before = _parse_cursor(cursor)
    async with services.db.read() as conn:
        orders = await queries.orders_of(conn, user.id, before=before, limit=limit + 1)
        items = await order_views(conn, orders[:limit])
    more = len(orders) > limit
    return Page(items=items, next_cursor=str(items[-1].id) if more else None)


def _parse_cursor(cursor: str | None) -> UUID | None:
    try:
        return None if cursor is None else UUID(cursor)
    except ValueError as error:
        raise ledger.CursorInvalid from error


async def _load(conn: ReadConnection, user: User, order_id: UUID) -> Order:
    order = await queries.order_of(conn, user.id, order_id)
    if order is None:
        raise OrderNotFound
    return order


def list_providers(services: Services, country_code: str | None) -> list[schemas.Provider]:
    """Ways to pay that are switched on, with their methods in a country (or wherever they are offered)."""
    providers = []
    for provider in enabled_providers(services).values():
        methods = provider.methods(country_code)
        if methods:
            providers.append(
                schemas.Provider(
                    name=provider.name,
                    label=provider.label,
                    channel=provider.channel,
                    methods=list(methods),
                )
            )
    return providers


async def expire_order(conn: Connection, order_id: UUID, at: datetime) -> bool:
    """Close an order that was not paid in time; True when it was open. Stays payable by a success that comes late."""
    order = await queries.lock_order(conn, order_id)
    step = next_step(order.state, OrderEvent.ORDER_EXPIRED) if order else None
    if order is None or step is None:
        return False
    await queries.apply_step(conn, order, step, at, settled=False)
    return True
