"""Rows of a room that were paid for to say something: their types have numbers above a million."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.ledger.queries.gifts import GIFT_COLUMNS
from largesse.ledger.rows import GiftRow


async def gifts_said(
    conn: ReadConnection,
    room_id: UUID,
    type_nos: Collection[int],
    *,
    since: datetime | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[GiftRow]:
    """A room's rows of built-in types, the oldest first: since a moment, behind a number of the room."""
    async with conn.cursor(row_factory=class_row(GiftRow)) as cursor:
        await cursor.execute(
            # The number tells the planner that the index of such rows will do.
            f"SELECT {GIFT_COLUMNS} FROM gift WHERE room_id = %s AND gift_type_no > 1000000"
            " AND gift_type_no = ANY (%s) AND created_at >= coalesce(%s::timestamptz, '-infinity')"
            " AND seq > %s ORDER BY seq LIMIT %s",
            (room_id, list(type_nos), since, after, limit),
        )
        return await cursor.fetchall()


async def gifts_at(conn: ReadConnection, room_id: UUID, seqs: Sequence[int]) -> list[GiftRow]:
    """The rows of any type that have these numbers in a room, the oldest first."""
    async with conn.cursor(row_factory=class_row(GiftRow)) as cursor:
        await cursor.execute(
            f"SELECT {GIFT_COLUMNS} FROM gift WHERE room_id = %s AND seq = ANY (%s) ORDER BY seq",
            (room_id, list(seqs)),
        )
        return await cursor.fetchall()
