"""Lots with their prices, and the gifts that a purchase paid for."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.ledger.cursors import decode
from largesse.ledger.queries.gifts import GIFT_COLUMNS
from largesse.ledger.queries.history import PURCHASES, slice_of
from largesse.ledger.rows import GiftRow, LotRow, Slice
from largesse.ledger.value import PricedLot

_LOTS: LiteralString = """
    SELECT owner_id, id, order_id, start, coins, position, coins_bought, currency, gross_minor, tax_minor, fee_minor,
           provider, channel, created_at
      FROM lot
"""


async def lots_between(
    conn: ReadConnection, owner_id: UUID, start: int, coins: int
) -> list[PricedLot]:
    """The lots that hold coins of [start, start + coins) on their owner's axis, first bought first."""
    async with conn.cursor(row_factory=class_row(PricedLot)) as cursor:
        await cursor.execute(
            f"{_LOTS} WHERE owner_id = %s AND start < %s::bigint + %s AND start + coins > %s ORDER BY start",
            (owner_id, start, coins, start),
        )
        return await cursor.fetchall()


async def lots_of_order(conn: ReadConnection, owner_id: UUID, order_id: UUID) -> list[PricedLot]:
    """Every row of a purchase: its own, then those of coins that came back; empty when the owner has no such one."""
    async with conn.cursor(row_factory=class_row(PricedLot)) as cursor:
        await cursor.execute(
            f"{_LOTS} WHERE owner_id = %s AND order_id = %s ORDER BY id <> order_id, start",
            (owner_id, order_id),
        )
        return await cursor.fetchall()


async def find_purchase(conn: ReadConnection, owner_id: UUID, order_id: UUID) -> LotRow | None:
    """A purchase of an owner, all its rows together."""
    async with conn.cursor(row_factory=class_row(LotRow)) as cursor:
        await cursor.execute(
            f"{PURCHASES} WHERE own.owner_id = %s AND own.id = %s AND own.order_id = %s AND own.coins_bought > 0",
            (owner_id, order_id, order_id),
        )
        return await cursor.fetchone()


async def gifts_from_lots(
    conn: ReadConnection, lots: Sequence[PricedLot], *, limit: int, cursor: str | None = None
) -> Slice[GiftRow]:
    """The gifts that an owner's lots paid for, wholly or in part, newest first."""
    place = decode(cursor)
    async with conn.cursor(row_factory=class_row(GiftRow)) as rows:
        await rows.execute(
            f"SELECT {GIFT_COLUMNS} FROM gift"
            " WHERE sender_id = %s AND coins_paid > 0 AND (created_at, id) < (%s, %s) AND EXISTS ("
            "   SELECT FROM unnest(%s::bigint[], %s::bigint[]) AS span (start, stop)"
            "    WHERE spent_before < span.stop AND spent_before + coins_paid > span.start)"
            " ORDER BY created_at DESC, id DESC LIMIT %s",
            (
                *(lots[0].owner_id, place.at, place.id),
                *([lot.start for lot in lots], [lot.start + lot.coins for lot in lots], limit + 1),
            ),
        )
        return slice_of(await rows.fetchall(), limit)
