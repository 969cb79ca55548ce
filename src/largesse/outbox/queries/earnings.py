"""What recipients earned, by day and by room. What was reversed of a gift is gone from its day and its room."""

from datetime import UTC, date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

from largesse.db import ReadConnection
from largesse.outbox.queries.tail import BEHIND, TO_RECIPIENT
from largesse.outbox.rows import DayEarnings, RoomEarnings

_DAY: LiteralString = "(created_at AT TIME ZONE 'UTC')::date"

_EARNED: LiteralString = f"""
WITH {BEHIND}, {TO_RECIPIENT}, earned AS (
  SELECT day, room_id, gifts, coins_paid + coins_bonus - coins_reversed AS coins,
         milli_diamonds - milli_reversed AS milli_diamonds
    FROM creator_day WHERE recipient_id = %(recipient_id)s AND day BETWEEN %(first)s AND %(last)s
  UNION ALL
  SELECT {_DAY}, room_id, gifts, coins, milli_diamonds
    FROM tail WHERE created_at >= %(start)s AND created_at < %(end)s)
"""
_SUMS: LiteralString = "sum(gifts)::bigint, sum(coins)::bigint, sum(milli_diamonds)::bigint"

_GIVEN: LiteralString = f"""
WITH {BEHIND}, {TO_RECIPIENT}
SELECT day, {_SUMS}
  FROM (SELECT day, gifts, coins_paid + coins_bonus AS coins, milli_diamonds
          FROM creator_day WHERE recipient_id = %(recipient_id)s
        UNION ALL SELECT {_DAY}, 1, coins_paid + coins_bonus, milli_diamonds FROM given) earned
 GROUP BY day ORDER BY day
"""


async def earnings_by_day(
    conn: ReadConnection, recipient_id: UUID, *, first: date, last: date
) -> list[DayEarnings]:
    """Every UTC day from `first` to `last`, also those without gifts."""
    cursor = await conn.execute(
        f"{_EARNED} SELECT day, {_SUMS} FROM earned GROUP BY day",
        _params(recipient_id, first, last),
    )
    found = {row[0]: DayEarnings(*row) for row in await cursor.fetchall()}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [found.get(day) or DayEarnings(day, 0, 0, 0) for day in days]


async def earnings_by_room(
    conn: ReadConnection, recipient_id: UUID, *, first: date, last: date
) -> list[RoomEarnings]:
    """The rooms with gifts from `first` to `last`, the best one first."""
    cursor = await conn.execute(
        f"{_EARNED} SELECT room_id, {_SUMS} FROM earned GROUP BY room_id ORDER BY 4 DESC, room_id",
        _params(recipient_id, first, last),
    )
    return [RoomEarnings(*row) for row in await cursor.fetchall()]


async def given_by_day(conn: ReadConnection, recipient_id: UUID) -> list[DayEarnings]:
    """Every day with gifts, as they were given: nothing is taken off for what was reversed later."""
    cursor = await conn.execute(_GIVEN, {"recipient_id": recipient_id})
    return [DayEarnings(*row) for row in await cursor.fetchall()]


def _params(recipient_id: UUID, first: date, last: date) -> dict[str, object]:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = start + timedelta(days=(last - first).days + 1)
    return {
        "recipient_id": recipient_id,
        "first": first,
        "last": last,
        "start": start,
        "end": end,
    }
