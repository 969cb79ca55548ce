"""What was given in rooms, and by whom. What was reversed is gone from totals and rankings."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from largesse.db import ReadConnection
from largesse.outbox.queries.tail import BEHIND, IN_ROOMS
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
 GROUP BY sender_id HAVING sum(coins) > 0 ORDER BY coins DESC, first_seq LIMIT %(limit)s
"""


async def room_totals(conn: ReadConnection, room_ids: Sequence[UUID]) -> dict[UUID, RoomEarnings]:
    """Gifts, coins and milli-diamonds of each room, zeros where nothing was given."""
    cursor = await conn.execute(_TOTALS, {"room_ids": list(room_ids)})
    found = {row[0]: RoomEarnings(*row) for row in await cursor.fetchall()}
    return {room_id: found.get(room_id) or RoomEarnings(room_id, 0, 0, 0) for room_id in room_ids}


async def taken_in_rooms(
    conn: ReadConnection, room_ids: Sequence[UUID]
) -> dict[UUID, dict[UUID, int]]:
    """Coins of named gifts that refunds and disputes have taken, by room and sender."""
    cursor = await conn.execute(
        "SELECT room_id, sender_id, sum(coins)::bigint FROM gift_reversal"
        " WHERE room_id = ANY (%s::uuid[]) AND anonymous IS NOT TRUE GROUP BY room_id, sender_id",
        (list(room_ids),),
    )
    taken: dict[UUID, dict[UUID, int]] = {}
    for room_id, sender_id, coins in await cursor.fetchall():
        taken.setdefault(room_id, {})[sender_id] = coins
    return taken


async def supporters(conn: ReadConnection, room_id: UUID, limit: int) -> list[Supporter]:
    """Who gave most coins in a room under his name; of equals, who gave first."""
    cursor = await conn.execute(
        _SUPPORTERS, {"room_id": room_id, "room_ids": [room_id], "limit": limit}
    )
    return [Supporter(*row) for row in await cursor.fetchall()]
