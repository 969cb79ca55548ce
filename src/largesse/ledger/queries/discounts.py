"""What discounts were booked as promotion cost, and what reversals took back of it."""

from datetime import datetime
from uuid import UUID

from largesse.db import Connection, ReadConnection


async def insert_discount(
    conn: Connection,
    keys: tuple[UUID, UUID, UUID],
    currency: str,
    amount_minor: int,
    *,
    at: datetime,
) -> None:
    """Log what an entry booked, without tax; `keys`: owner, entry and order. Nothing is no row."""
    if amount_minor:
        await conn.execute(
            "INSERT INTO discount_change (owner_id, entry_id, order_id, currency, amount_minor, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (*keys, currency, amount_minor, at),
        )


async def discounts_before(conn: ReadConnection, end: datetime) -> dict[str, int]:
    """What discounts had cost before a moment, less what reversals took back, by currency."""
    cursor = await conn.execute(
        "SELECT currency, sum(amount_minor) FROM discount_change WHERE created_at < %s GROUP BY currency",
        (end,),
    )
    return {row[0]: int(row[1]) for row in await cursor.fetchall()}
