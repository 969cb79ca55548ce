"""What recipients earned, by day and by room, and who gave it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from largesse.db import ReadConnection
from largesse.ledger.model import Code
from largesse.ledger.rows import DayEarnings, RoomEarnings, Supporter

_TOTALS = (
    "count(*), coalesce(sum(coins_paid + coins_bonus), 0)::bigint,"
    " coalesce(sum(milli_diamonds), 0)::bigint"
)


async def earnings_by_day(
    conn: ReadConnection, recipient_id: UUID, *, first: date, last: date
) -> list[DayEarnings]:
    """Every UTC day from `first` to `last`, also those without gifts."""
    cursor = await conn.execute(
        f"SELECT (created_at AT TIME ZONE 'UTC')::date AS day, {_TOTALS} FROM gift"
        " WHERE recipient_id = %s AND created_at >= %s AND created_at < %s GROUP BY day",
        (recipient_id, *_bounds(first, last)),
    )
    found = {row[0]: DayEarnings(*row) for row in await cursor.fetchall()}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [found.get(day) or DayEarnings(day, 0, 0, 0) for day in days]


async def earnings_by_room(
    conn: ReadConnection, recipient_id: UUID, *, first: date, last: date
) -> list[RoomEarnings]:
    """The rooms with gifts from `first` to `last`, the best one first."""
    cursor = await conn.execute(
        f"SELECT room_id, {_TOTALS} FROM gift"
        " WHERE recipient_id = %s AND created_at >= %s AND created_at < %s"
        " GROUP BY room_id ORDER BY 4 DESC, room_id",
        (recipient_id, *_bounds(first, last)),
    )
    return [RoomEarnings(*row) for row in await cursor.fetchall()]


async def room_totals(conn: ReadConnection, room_ids: Sequence[UUID]) -> dict[UUID, RoomEarnings]:
    """Gifts, coins and milli-diamonds of each room, zeros where nothing was given."""
    cursor = await conn.execute(
        f"SELECT room_id, {_TOTALS} FROM gift WHERE room_id = ANY (%s::uuid[]) GROUP BY room_id",
        (list(room_ids),),
    )
    found = {row[0]: RoomEarnings(*row) for row in await cursor.fetchall()}
    return {room_id: found.get(room_id) or RoomEarnings(room_id, 0, 0, 0) for room_id in room_ids}


async def diamonds_redeemed(conn: ReadConnection, owner_id: UUID) -> int:
    """Milli-diamonds of an owner that were ever paid out."""
    cursor = await conn.execute(
        "SELECT coalesce(sum(amount), 0)::bigint FROM transfer"
        " WHERE owner_id = %s AND from_id = %s AND to_code = %s",
        (owner_id, owner_id, Code.DIAMONDS_REDEEMED),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def supporters(conn: ReadConnection, room_id: UUID, limit: int) -> list[Supporter]:
    """Who gave most coins in a room; of equals, who gave first."""
    cursor = await conn.execute(
        "SELECT sender_id, sum(coins_paid + coins_bonus)::bigint AS coins, min(seq) AS first_seq"
        " FROM gift WHERE room_id = %s GROUP BY sender_id"
        " ORDER BY coins DESC, first_seq LIMIT %s",
        (room_id, limit),
    )
    return [Supporter(*row) for row in await cursor.fetchall()]


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """The first moment of `first`, and the first one after `last`."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return start, start + timedelta(days=(last - first).days + 1)
