"""Orders: show them, close those that were not paid, and say how one can pay."""

from datetime import datetime
from uuid import UUID

from largesse import ledger, promotions
from largesse.db import Connection, ReadConnection
from largesse.identity import User
from largesse.services import Services
from largesse.topups import queries, schemas
from largesse.topups.errors import OrderNotFound
from largesse.topups.registry import enabled_providers
from largesse.topups.rows import Order
from largesse.topups.states import OrderEvent, next_step
from largesse.topups.views import order_view, order_views
from largesse.types import Page


async def show_order(services: Services, user: User, order_id: UUID) -> schemas.Order:
    """A user's own order."""
    async with services.db.read() as conn:
        return await order_view(conn, await load_order(conn, user, order_id))


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


async def load_order(conn: ReadConnection, user: User, order_id: UUID) -> Order:
    """A user's own order, or OrderNotFound."""
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
    await promotions.release(conn, order.user_id, order.id, at)
    return True
