"""Sums of a creator's supporters from one day on, kept in order where there are very many.

Whoever makes or ends a window holds a lock against the followers, which add to it: sums and days always belong
together. He holds it for a moment only: the days are summed up before, as far as the followers had read, and what they
read meanwhile is added.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from largesse.db import Connection, ReadConnection
from largesse.outbox.queries.tail import BEHIND, TO_RECIPIENT
from largesse.outbox.rows import Stretch

_BATCHES: LiteralString = "lane = %(lane)s AND batch_no > %(after)s AND batch_no <= %(upto)s"
_ADD: LiteralString = """
INSERT INTO ranked_supporter (recipient_id, sender_id, coins)
SELECT recipient_id, sender_id, {coins}::bigint
  FROM {table} JOIN ranking_window w USING (recipient_id)
 WHERE {batches} AND anonymous IS NOT TRUE AND ({at} AT TIME ZONE 'UTC')::date >= w.since
 GROUP BY recipient_id, sender_id ORDER BY recipient_id, sender_id
ON CONFLICT (recipient_id, sender_id) DO UPDATE SET coins = ranked_supporter.coins + excluded.coins
"""
_GIFTS: LiteralString = _ADD.format(
    coins="sum(coins_paid + coins_bonus)", table="gift", batches=_BATCHES, at="created_at"
)
_REVERSALS: LiteralString = _ADD.format(
    coins="-sum(coins)", table="gift_reversal", batches=_BATCHES, at="gift_created_at"
)
# One statement, so that sums and watermarks are of one snapshot.
_SUM_UP: LiteralString = """
WITH summed AS (
  INSERT INTO ranked_supporter (recipient_id, sender_id, coins)
  SELECT recipient_id, sender_id, sum(coins)::bigint FROM supporter_day
   WHERE recipient_id = %(recipient_id)s AND day >= %(since)s
   GROUP BY recipient_id, sender_id HAVING sum(coins) <> 0 ORDER BY sender_id)
SELECT lane, no FROM watermark WHERE follower = 'rollups'
"""
# Of one creator alone.
_ONLY: LiteralString = "recipient_id = %(recipient_id)s AND " + _BATCHES
_GIFTS_TO: LiteralString = _ADD.format(
    coins="sum(coins_paid + coins_bonus)", table="gift", batches=_ONLY, at="created_at"
)
_REVERSALS_TO: LiteralString = _ADD.format(
    coins="-sum(coins)", table="gift_reversal", batches=_ONLY, at="gift_created_at"
)

_CHANGE: LiteralString = f"""
WITH {BEHIND}, {TO_RECIPIENT}
SELECT sender_id, sum(coins)::bigint FROM tail
 WHERE anonymous IS NOT TRUE AND created_at >= %(since)s::date::timestamp AT TIME ZONE 'UTC'
 GROUP BY sender_id
"""
# With the number as a parameter, so that the planner knows how few are wanted.
_BEST: LiteralString = """
SELECT sender_id, coins FROM ranked_supporter WHERE recipient_id = %(recipient_id)s
 ORDER BY coins DESC, sender_id LIMIT %(limit)s
"""
_OF: LiteralString = """
SELECT sender_id, coins FROM ranked_supporter
 WHERE recipient_id = %(recipient_id)s AND sender_id = ANY (%(sender_ids)s)
"""


async def hold(conn: Connection) -> None:
    """No window moves until the transaction ends; others may hold them too."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended('ranking windows', 0))"
    )


async def lock(conn: Connection) -> None:
    """Nothing is added to the sums until the transaction ends, and nobody else makes or ends a window."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('ranking windows', 0))")


async def add(conn: Connection, stretch: Stretch) -> None:
    """Add the gifts and reversals of a stretch to the sums of creators that have a window."""
    await hold(conn)
    cursor = await conn.execute("SELECT EXISTS (SELECT FROM ranking_window)")
    row = await cursor.fetchone()
    if row is None or not row[0]:
        return
    params = {"lane": stretch.lane, "after": stretch.after, "upto": stretch.upto}
    for statement in (_GIFTS, _REVERSALS):
        await conn.execute(statement, params)


async def window(conn: ReadConnection, recipient_id: UUID) -> date | None:
    """From which day on a creator's supporters are summed up; none: they are not."""
    cursor = await conn.execute(
        "SELECT since FROM ranking_window WHERE recipient_id = %s", (recipient_id,)
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def is_settled(conn: ReadConnection, recipient_id: UUID, pause_s: int) -> bool:
    """A creator's window was moved not long ago."""
    cursor = await conn.execute(
        "SELECT EXISTS (SELECT FROM ranking_window WHERE recipient_id = %s"
        " AND moved_at > clock_timestamp() - make_interval(secs => %s))",
        (recipient_id, pause_s),
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def has_rows(conn: ReadConnection, recipient_id: UUID, since: date, rows: int) -> bool:
    """Whether so many rows, by day and supporter, have to be added up from a day on."""
    cursor = await conn.execute(
        "SELECT count(*) FROM (SELECT FROM supporter_day"
        "  WHERE recipient_id = %s AND day >= %s LIMIT %s) found",
        (recipient_id, since, rows),
    )
    row = await cursor.fetchone()
    return row is not None and row[0] >= rows


async def claim(conn: Connection, recipient_id: UUID) -> bool:
    """Be the only one who makes or ends a creator's window until the transaction ends; False: somebody else does."""
    cursor = await conn.execute(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (f"ranking of {recipient_id}",)
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def has_sums(conn: Connection, recipient_id: UUID) -> bool:
    """Whether a creator has sums: without a window, those of one that is gone."""
    cursor = await conn.execute(
        "SELECT EXISTS (SELECT FROM ranked_supporter WHERE recipient_id = %s)", (recipient_id,)
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def sum_up(conn: Connection, recipient_id: UUID, since: date) -> dict[int, int]:
    """Sum up the supporters, from a day on, of a creator who has neither window nor sums; no lock is needed.

    Answers how far the followers had read, by lane.
    """
    cursor = await conn.execute(_SUM_UP, {"recipient_id": recipient_id, "since": since})
    return dict(await cursor.fetchall())


async def begin(
    conn: Connection, recipient_id: UUID, since: date, summed: Mapping[int, int]
) -> bool:
    """Have a window over what was summed up, with the lock, and add what was read meanwhile.

    False: the followers read from the beginning again. Then the sums are those of nothing: roll back.
    """
    await conn.execute(
        "INSERT INTO ranking_window (recipient_id, since, moved_at)"
        " VALUES (%s, %s, clock_timestamp())",
        (recipient_id, since),
    )
    cursor = await conn.execute("SELECT lane, no FROM watermark WHERE follower = 'rollups'")
    now_read: dict[int, int] = dict(await cursor.fetchall())
    if any(now_read.get(lane, 0) < no for lane, no in summed.items()):
        return False
    for lane, upto in now_read.items():
        stretch = {"lane": lane, "after": summed.get(lane, 0), "upto": upto}
        if stretch["after"] < upto:
            for statement in (_GIFTS_TO, _REVERSALS_TO):
                await conn.execute(statement, {"recipient_id": recipient_id, **stretch})
    return True


async def end(conn: Connection, recipient_id: UUID) -> None:
    """Let a creator's window go, with the lock: nothing is added to its sums any more, and nobody reads them."""
    await conn.execute("DELETE FROM ranking_window WHERE recipient_id = %s", (recipient_id,))


async def empty(conn: Connection, recipient_id: UUID) -> None:
    """Forget the sums of a window that is gone; no lock is needed."""
    await conn.execute("DELETE FROM ranked_supporter WHERE recipient_id = %s", (recipient_id,))


async def unmoved(conn: ReadConnection, kept_s: int) -> list[UUID]:
    """Creators whose window did not move for so long: nobody asks for it."""
    cursor = await conn.execute(
        "SELECT recipient_id FROM ranking_window"
        " WHERE moved_at < clock_timestamp() - make_interval(secs => %s)",
        (kept_s,),
    )
    return [row[0] for row in await cursor.fetchall()]


async def top(conn: ReadConnection, recipient_id: UUID, since: date, limit: int) -> dict[UUID, int]:
    """Who gave most to a creator whose window begins on that day, in order, and their coins; of one consistent read.

    Any sender of the tail may leave the first places or enter them. So the best are taken with as many more as there
    are such senders: whoever else is among the first is among those.
    """
    asked: dict[str, Any] = {"recipient_id": recipient_id, "since": since}
    change: dict[UUID, int] = dict(await (await conn.execute(_CHANGE, asked)).fetchall())
    asked |= {"limit": limit + len(change), "sender_ids": list(change)}
    coins: dict[UUID, int] = dict(await (await conn.execute(_BEST, asked)).fetchall())
    if change:
        coins |= dict(await (await conn.execute(_OF, asked)).fetchall())
    for sender_id, more in change.items():
        coins[sender_id] = coins.get(sender_id, 0) + more
    found = [(sender_id, given) for sender_id, given in coins.items() if given > 0]
    return dict(sorted(found, key=lambda each: (-each[1], each[0]))[:limit])
