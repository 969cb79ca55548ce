"""Stored gifts, by their key."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.ledger.rows import GiftRow

_NEAR = timedelta(minutes=10)

GIFT_COLUMNS = (
    "id, sender_id, recipient_id, room_id, seq, gift_type_no, count, coins_paid, coins_bonus,"
    " spent_before, milli_diamonds, share_id, hold_days, streak_id, message, created_at,"
    " lane, batch_no, coalesce(anonymous, false) AS anonymous,"
    " coalesce(first_ever, false) AS first_ever"
)


async def find_gift(conn: ReadConnection, sender_id: UUID, id: UUID) -> GiftRow | None:
    """The stored gift with this id, if this sender sent it."""
    found = await stored_gifts(conn, [(sender_id, id)])
    return found.get((sender_id, id))


async def find_received_gift(
    conn: ReadConnection, recipient_id: UUID, id: UUID, within: tuple[datetime, datetime] | None
) -> GiftRow | None:
    """The stored gift with this id, if this recipient received it; `within` (None: ever) keeps the search short.

    Nearly every gift is written some seconds after its id was made: the middle of the time is looked through first.
    """
    if within is None:
        return await _received(conn, recipient_id, id, None, None)
    first, last = within
    middle = first + (last - first) / 2
    near = await _received(conn, recipient_id, id, middle - _NEAR, middle + _NEAR)
    return near or await _received(conn, recipient_id, id, first, last)


async def _received(
    conn: ReadConnection,
    recipient_id: UUID,
    id: UUID,
    first: datetime | None,
    last: datetime | None,
) -> GiftRow | None:
    async with conn.cursor(row_factory=class_row(GiftRow)) as cursor:
        await cursor.execute(
            f"SELECT {GIFT_COLUMNS} FROM gift WHERE recipient_id = %s AND id = %s"
            " AND created_at >= coalesce(%s::timestamptz, '-infinity')"
            " AND created_at <= coalesce(%s::timestamptz, 'infinity')",
            (recipient_id, id, first, last),
        )
        return await cursor.fetchone()


async def stored_gifts(
    conn: ReadConnection, keys: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], GiftRow]:
    """Those of the (sender, id) keys that are in the journal."""
    async with conn.cursor(row_factory=class_row(GiftRow), binary=True) as cursor:
        await cursor.execute(
            f"SELECT {GIFT_COLUMNS}, message IS NULL AND message_digest IS NOT NULL AS message_erased"
            " FROM gift JOIN unnest(%s::uuid[], %s::uuid[])"
            " AS wanted (sender_id, id) USING (sender_id, id)",
            ([sender_id for sender_id, _ in keys], [id for _, id in keys]),
        )
        return {(row.sender_id, row.id): row for row in await cursor.fetchall()}
