"""Lots by what they paid for, and the gifts that a lot paid for."""

from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.ledger.cursors import decode
from largesse.ledger.queries.gifts import GIFT_COLUMNS
from largesse.ledger.queries.history import slice_of
from largesse.ledger.queries.transfers import LOT_COLUMNS, LOTS
from largesse.ledger.rows import GiftRow, LotRow, Slice


async def lots_between(
    conn: ReadConnection, owner_id: UUID, start: int, coins: int
) -> list[LotRow]:
    """The lots that hold coins of [start, start + coins) on their owner's axis, first bought first."""
    async with conn.cursor(row_factory=class_row(LotRow)) as cursor:
        await cursor.execute(
            f"SELECT {LOT_COLUMNS} FROM {LOTS}"
            " WHERE l.owner_id = %s AND l.start < %s::bigint + %s AND l.start + l.coins > %s"
            " ORDER BY l.start",
            (owner_id, start, coins, start),
        )
        return await cursor.fetchall()


async def gifts_from_lot(
    conn: ReadConnection, lot: LotRow, *, limit: int, cursor: str | None = None
) -> Slice[GiftRow]:
    """The gifts that a lot paid for, wholly or in part, newest first."""
    place = decode(cursor)
    async with conn.cursor(row_factory=class_row(GiftRow)) as rows:
        await rows.execute(
            f"SELECT {GIFT_COLUMNS} FROM gift"
            " WHERE sender_id = %s AND spent_before < %s AND spent_before + coins_paid > %s"
            "   AND coins_paid > 0 AND (created_at, id) < (%s, %s)"
            " ORDER BY created_at DESC, id DESC LIMIT %s",
            (lot.owner_id, lot.start + lot.coins, lot.start, place.at, place.id, limit + 1),
        )
        return slice_of(await rows.fetchall(), limit)
