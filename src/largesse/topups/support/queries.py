"""SQL of looking into orders: how support finds them, and what providers told about them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.topups.rows import Order

NOTIFICATIONS_MAX = 50


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """A kept notification, without what it says."""

    id: str
    received_at: datetime
    processed_at: datetime | None
    outcome: str | None


async def notifications_naming(
    conn: ReadConnection, order: Order, names: list[str], *, only_open: bool
) -> list[NotificationRow]:
    """Notifications of an order's provider whose text holds one of its names, oldest first; those of stores are encoded
    and never found. Without `only_open` all of the provider's notifications since the order are read through.
    """
    async with conn.cursor(row_factory=class_row(NotificationRow)) as cursor:
        await cursor.execute(
            """
            SELECT id, received_at, processed_at, outcome FROM provider_notification
             WHERE provider = %s AND received_at >= %s - interval '5 minutes' AND (processed_at IS NULL OR NOT %s)
               AND EXISTS (SELECT FROM unnest(%s::text[]) AS name
                            WHERE position(convert_to(name, 'UTF8') IN body) > 0)
             ORDER BY received_at, id LIMIT %s
            """,
            (order.provider, order.created_at, only_open, names, NOTIFICATIONS_MAX),
        )
        return await cursor.fetchall()


async def orders_by_transaction(conn: ReadConnection, transaction_id: str) -> list[UUID]:
    """The orders of a transaction's id at any provider. The first column of the key is walked name by name."""
    cursor = await conn.execute(
        """
        WITH RECURSIVE names (provider) AS (
            SELECT min(provider) FROM provider_transaction
            UNION ALL
            SELECT (SELECT min(t.provider) FROM provider_transaction t WHERE t.provider > n.provider)
              FROM names n WHERE n.provider IS NOT NULL)
        SELECT t.order_id FROM names n
          JOIN provider_transaction t ON t.provider = n.provider AND t.transaction_id = %s
        """,
        (transaction_id,),
    )
    return [row[0] for row in await cursor.fetchall()]
