"""What was given in rooms, and by whom. What was reversed is gone from totals and rankings."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import LiteralString
from uuid import UUID

from largesse.db import ReadConnection
from largesse.outbox.queries.tail import BEHIND, IN_ROOMS, TO_RECIPIENT
from largesse.outbox.rows import RoomEarnings, Supporter

_TOTALS: LiteralString = f"""
WITH {BEHIND}, {IN_ROOMS}
SELECT room_id, sum(gifts)::bigint, sum(coins)::bigint, sum(milli_diamonds)::bigint
  FROM (SELECT room_id, gifts, coins, milli_diamonds
          FROM room_total WHERE room_id = ANY (%(room_ids)s::uuid[])
        UNION ALL SELECT room_id, gifts, coins, milli_diamonds FROM tail) total
 GROUP BY room_id
"""

# Any sender of the tail may leave the first places or enter them. So the rollup's best are taken with as many more as
# there are such senders: whoever else is among the first is among those.
_SUPPORTERS: LiteralString = f"""
WITH {BEHIND}, {IN_ROOMS}, change AS MATERIALIZED (
  SELECT sender_id, sum(coins)::bigint AS coins, min(seq) AS first_seq
    FROM tail WHERE anonymous IS NOT TRUE GROUP BY sender_id
), best AS (
  SELECT sender_id, coins, first_seq FROM room_supporter WHERE room_id = %(room_id)s
   ORDER BY coins DESC, first_seq LIMIT %(limit)s + (SELECT count(*) FROM change)
)
SELECT sender_id, sum(coins)::bigint AS coins, min(first_seq) AS first_seq
  FROM (SELECT sender_id, coins, first_seq FROM best
         WHERE NOT EXISTS (SELECT FROM change c WHERE c.sender_id = best.sender_id)
        UNION ALL
        SELECT s.sender_id, s.coins, s.first_seq
          FROM change JOIN room_supporter s USING (sender_id) WHERE s.room_id = %(room_id)s
        UNION ALL SELECT sender_id, coins, first_seq FROM change) supporter
 GROUP BY sender_id HAVING %(everybody)s OR sum(coins) > 0 ORDER BY coins DESC, first_seq LIMIT %(limit)s
"""


# The tail is looked through only when the rollup does not know all of them: for that `new` stays a step of its own.
_FIRST: LiteralString = f"""
WITH {BEHIND}, {IN_ROOMS}, new AS MATERIALIZED (
  SELECT a.sender_id, a.seq FROM unnest(%(sender_ids)s::uuid[], %(seqs)s::bigint[]) AS a (sender_id, seq)
   WHERE NOT EXISTS (SELECT FROM room_supporter s WHERE s.room_id = %(room_id)s
                        AND s.sender_id = a.sender_id AND s.first_seq < a.seq)
)
SELECT new.seq FROM new
 WHERE NOT EXISTS (SELECT FROM tail t WHERE t.sender_id = new.sender_id AND t.seq < new.seq
                      AND t.anonymous IS NOT TRUE)
"""
_GIVERS: LiteralString = f"""
WITH {BEHIND}, {IN_ROOMS}
SELECT sender_id FROM room_supporter WHERE room_id = %(room_id)s
 UNION SELECT sender_id FROM tail WHERE anonymous IS NOT TRUE
"""


_TOP: LiteralString = f"""
WITH {BEHIND}, {TO_RECIPIENT}
SELECT sender_id, sum(coins)::bigint
  FROM (SELECT sender_id, coins FROM supporter_day WHERE recipient_id = %(recipient_id)s AND day >= %(since)s
        UNION ALL
        SELECT sender_id, coins FROM tail
         WHERE anonymous IS NOT TRUE AND created_at >= %(since)s::date::timestamp AT TIME ZONE 'UTC') given
 GROUP BY sender_id HAVING sum(coins) > 0 ORDER BY sum(coins) DESC, sender_id LIMIT %(limit)s
"""


async def room_totals(conn: ReadConnection, room_ids: Sequence[UUID]) -> dict[UUID, RoomEarnings]:
    """Gifts, coins and milli-diamonds of each room, zeros where nothing was given."""
    cursor = await conn.execute(_TOTALS, {"room_ids": list(room_ids)})
    found = {row[0]: RoomEarnings(*row) for row in await cursor.fetchall()}
    return {room_id: found.get(room_id) or RoomEarnings(room_id, 0, 0, 0) for room_id in room_ids}


async def taken_in_rooms(
    conn: ReadConnection, room_ids: Sequence[UUID]
) -> dict[UUID, dict[UUID, int]]:
    """Coins of gifts that refunds and disputes have taken, by room and sender; of anonymous ones under the nil id."""
    cursor = await conn.execute(
        "SELECT room_id, CASE WHEN anonymous THEN %s ELSE sender_id END, sum(coins)::bigint"
        "  FROM gift_reversal WHERE room_id = ANY (%s::uuid[]) GROUP BY 1, 2",
        (UUID(int=0), list(room_ids)),
    )
    taken: dict[UUID, dict[UUID, int]] = {}
    for room_id, sender_id, coins in await cursor.fetchall():
        taken.setdefault(room_id, {})[sender_id] = coins
    return taken


async def supporters(
    conn: ReadConnection, room_id: UUID, limit: int, *, everybody: bool = False
) -> list[Supporter]:
    """Who gave most coins in a room under his name; of equals, who gave first. `everybody`: also those whose gifts were
    all reversed, with 0 coins."""
    params = {"room_id": room_id, "room_ids": [room_id], "limit": limit, "everybody": everybody}
    cursor = await conn.execute(_SUPPORTERS, params)
    return [Supporter(*row) for row in await cursor.fetchall()]


async def top_supporters(
    conn: ReadConnection, recipient_id: UUID, since: date, limit: int
) -> dict[UUID, int]:
    """Who gave most to a creator under his name from a day (UTC) on, in order, and their coins, less what was reversed
    of those gifts."""
    params = {"recipient_id": recipient_id, "since": since, "limit": limit}
    cursor = await conn.execute(_TOP, params)
    return dict(await cursor.fetchall())


async def givers(conn: ReadConnection, room_id: UUID) -> set[UUID]:
    """Everybody who ever gave in a room under his name."""
    cursor = await conn.execute(_GIVERS, {"room_id": room_id, "room_ids": [room_id]})
    return {row[0] for row in await cursor.fetchall()}


async def first_gifts(conn: ReadConnection, room_id: UUID, asked: Mapping[UUID, int]) -> set[int]:
    """Of senders and numbers of their named gifts in a room, the numbers before which they had given nothing there
    under their names."""
    params = {
        "room_id": room_id,
        "room_ids": [room_id],
        "sender_ids": list(asked),
        "seqs": list(asked.values()),
    }
    cursor = await conn.execute(_FIRST, params)
    return {row[0] for row in await cursor.fetchall()}
