"""Orders as the API shows them."""

from uuid import UUID

from largesse.db import ReadConnection
from largesse.topups import queries, rows, schemas
from largesse.types import Money


async def order_view(conn: ReadConnection, order: rows.Order) -> schemas.Order:
    """An order with its history."""
    return (await order_views(conn, [order]))[0]


async def order_views(conn: ReadConnection, orders: list[rows.Order]) -> list[schemas.Order]:
    """Some orders with their history."""
    lines: dict[UUID, list[schemas.OrderLine]] = {order.id: [] for order in orders}
    for line in await queries.history_of(conn, list(lines)):
        lines[line.order_id].append(
            schemas.OrderLine(state=line.state, reason=line.reason, at=line.created_at)
        )
    return [_view(order, lines[order.id]) for order in orders]


def _view(order: rows.Order, history: list[schemas.OrderLine]) -> schemas.Order:
    def money(amount_minor: int) -> Money:
        return Money(amount_minor=amount_minor, currency=order.currency)

    return schemas.Order(
        id=order.id,
        state=order.state,
        held=order.held,
        package_id=order.package_id,
        product_id=order.product_id,
        provider=order.provider,
        channel=order.channel,
        country=order.country,
        coins=order.coins,
        coins_bonus=order.coins_bonus,
        net=money(order.net_minor),
        tax=money(order.tax_minor),
        tax_name=order.tax_name,
        tax_bp=order.tax_bp,
        total=money(order.gross_minor),
        discount=money(order.discount_minor),
        checkout_url=order.checkout_url,
        return_path=order.return_path,
        created_at=order.created_at,
        expires_at=order.expires_at,
        updated_at=order.updated_at,
        history=history,
    )
