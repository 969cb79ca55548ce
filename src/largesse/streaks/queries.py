"""Streaks in SQL.

What a streak has come to is ONE statement that adds the gifts beyond the follower's watermarks to the sums it keeps:
one snapshot sees all three, so the answer is exact at once, also for a gift committed a moment ago.
"""

from collections.abc import Collection
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.gifts import StreakKey
from largesse.ledger import RoomEventRow
from largesse.outbox import Stretch
from largesse.streaks.model import Streak, StreakRule

FOLLOWER = "streaks"
STREAK_END = "streak_end"
_KEY: LiteralString = "room_id, sender_id, gift_type_no, streak_id, anonymous"

_ADD: LiteralString = f"""
INSERT INTO streak ({_KEY}, gifts, count, coins, milli_diamonds, first_seq, last_seq, changed_at)
SELECT room_id, sender_id, gift_type_no, streak_id, coalesce(anonymous, false) AS anonymous, count(*),
       sum(count)::bigint, sum(coins_paid + coins_bonus)::bigint, sum(milli_diamonds)::bigint,
       min(seq), max(seq), clock_timestamp()
  FROM gift
 WHERE lane = %(lane)s AND batch_no > %(after)s AND batch_no <= %(upto)s AND streak_id IS NOT NULL
 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
ON CONFLICT ({_KEY}) DO UPDATE
   SET gifts = streak.gifts + excluded.gifts,
       count = streak.count + excluded.count,
       coins = streak.coins + excluded.coins,
       milli_diamonds = streak.milli_diamonds + excluded.milli_diamonds,
       first_seq = least(streak.first_seq, excluded.first_seq),
       last_seq = greatest(streak.last_seq, excluded.last_seq),
       changed_at = excluded.changed_at
 WHERE streak.ended_at IS NULL
"""

# As in outbox/queries/tail.py: gifts of the tail are found by the index on (recipient_id, created_at), and the room is
# looked at afterwards: its own index leads to all that was ever given there.
_STANDING: LiteralString = f"""
WITH behind AS MATERIALIZED (
  SELECT p.lane, p.no, b.since
    FROM (SELECT l.id AS lane, coalesce(w.no, 0) AS no
            FROM lane l LEFT JOIN watermark w ON w.follower = 'streaks' AND w.lane = l.id) p
   CROSS JOIN LATERAL (SELECT min(created_at) AS since FROM batch WHERE lane = p.lane AND no > p.no) b
   WHERE b.since IS NOT NULL
), given AS MATERIALIZED (
  SELECT g.* FROM room r JOIN gift g USING (recipient_id) JOIN behind ON behind.lane = g.lane
   WHERE r.id = %(room_id)s AND g.streak_id IS NOT NULL
     AND g.batch_no > behind.no AND g.created_at >= (SELECT min(since) FROM behind)
)
SELECT {_KEY}, sum(gifts)::bigint, sum(count)::bigint, sum(coins)::bigint,
       sum(milli_diamonds)::bigint, min(first_seq) AS first_seq, max(last_seq)
  FROM (SELECT {_KEY}, gifts, count, coins, milli_diamonds, first_seq, last_seq
          FROM streak WHERE room_id = %(room_id)s AND ended_at IS NULL
        UNION ALL
        SELECT room_id, sender_id, gift_type_no, streak_id, coalesce(anonymous, false), 1, count,
               coins_paid + coins_bonus, milli_diamonds, seq, seq
          FROM given WHERE room_id = %(room_id)s) part
 WHERE %(sender_ids)s::uuid[] IS NULL OR sender_id = ANY (%(sender_ids)s::uuid[])
 GROUP BY 1, 2, 3, 4, 5 ORDER BY first_seq
"""


async def rules(conn: ReadConnection) -> list[StreakRule]:
    """Every set of figures, the newest first."""
    async with conn.cursor(row_factory=class_row(StreakRule)) as cursor:
        await cursor.execute(
            "SELECT valid_from, timeout_ms, length_max_s, kept_s FROM streak_rule"
            " ORDER BY valid_from DESC"
        )
        return await cursor.fetchall()


async def insert_rule(conn: Connection, row: dict[str, Any]) -> None:
    """Set the figures that hold from a moment on."""
    await conn.execute(
        "INSERT INTO streak_rule (valid_from, timeout_ms, length_max_s, kept_s)"
        " VALUES (%(valid_from)s, %(timeout_ms)s, %(length_max_s)s, %(kept_s)s)"
        " ON CONFLICT DO NOTHING",
        row,
    )


async def secret(conn: ReadConnection) -> bytes:
    """What ids of ends are made with."""
    cursor = await conn.execute("SELECT secret FROM streak_secret")
    row = await cursor.fetchone()
    assert row is not None, "the migration made one"
    return bytes(row[0])


async def add(conn: Connection, stretch: Stretch) -> None:
    """Add the gifts of a stretch to the streaks that are open. Rows are changed in the order of their keys."""
    await conn.execute(_ADD, {"lane": stretch.lane, "after": stretch.after, "upto": stretch.upto})


async def standing(
    conn: ReadConnection, room_id: UUID, sender_ids: Collection[UUID] | None = None
) -> list[Streak]:
    """What streaks of a room have come to, the oldest first: all that are open, and some that ended lately."""
    senders = None if sender_ids is None else list(sender_ids)
    cursor = await conn.execute(_STANDING, {"room_id": room_id, "sender_ids": senders})
    return [Streak(StreakKey(*row[:5]), *row[5:]) for row in await cursor.fetchall()]


async def ends(conn: ReadConnection, room_id: UUID, ids: Collection[UUID]) -> dict[UUID, int]:
    """The numbers of those of the ends that are in the room's log."""
    cursor = await conn.execute(
        "SELECT id, seq FROM room_event WHERE room_id = %s AND id = ANY (%s::uuid[])",
        (room_id, list(ids)),
    )
    return dict(await cursor.fetchall())


async def latest_ends(
    conn: ReadConnection, room_id: UUID, after: int, limit: int
) -> list[RoomEventRow]:
    """The newest ends of streaks in a room with a number above `after`, the newest first."""
    async with conn.cursor(row_factory=class_row(RoomEventRow)) as cursor:
        await cursor.execute(
            "SELECT room_id, seq, type, id, user_id, data, created_at FROM room_event"
            " WHERE room_id = %s AND seq > %s AND type = %s ORDER BY seq DESC LIMIT %s",
            (room_id, after, STREAK_END, limit),
        )
        return await cursor.fetchall()


async def stale(
    conn: ReadConnection, older_than_s: float, limit: int
) -> list[tuple[StreakKey, int]]:
    """Streaks without an end that nothing was added to for so long, with the number of their last gift; also those of
    a moment that is to come: the database's clock was set back."""
    cursor = await conn.execute(
        f"SELECT {_KEY}, last_seq FROM streak"
        " WHERE ended_at IS NULL AND changed_at NOT BETWEEN"
        "   now() - make_interval(secs => %(s)s) AND now() + make_interval(secs => %(s)s)"
        " ORDER BY changed_at LIMIT %(limit)s",
        {"s": older_than_s, "limit": limit},
    )
    return [(StreakKey(*row[:5]), row[5]) for row in await cursor.fetchall()]


async def mark_ended(conn: Connection, keys: Collection[StreakKey]) -> None:
    """Note that these streaks ended, also where the follower has not met them yet."""
    ordered = sorted(keys)
    await conn.execute(
        f"INSERT INTO streak ({_KEY}, gifts, count, coins, milli_diamonds, first_seq, last_seq,"
        " changed_at, ended_at)"
        f" SELECT {_KEY}, 0, 0, 0, 0, 0, 0, now(), now()"
        "  FROM unnest(%s::uuid[], %s::uuid[], %s::int[], %s::uuid[], %s::boolean[])"
        f"    AS ended ({_KEY}) ORDER BY 1, 2, 3, 4, 5"
        f" ON CONFLICT ({_KEY}) DO UPDATE SET ended_at = now() WHERE streak.ended_at IS NULL",
        tuple(list(column) for column in zip(*ordered, strict=True)),
    )


async def purge(conn: Connection, older_than_s: int) -> int:
    """Forget the rows of streaks that ended so long ago; answers how many."""
    cursor = await conn.execute(
        "DELETE FROM streak WHERE ended_at < now() - make_interval(secs => %s)", (older_than_s,)
    )
    return cursor.rowcount
