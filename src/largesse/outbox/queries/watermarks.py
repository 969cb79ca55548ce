"""How far followers have read."""

from largesse.db import Connection, ReadConnection
from largesse.outbox.rows import Lag, Stretch

_BATCHES_MAX = 20_000

_STRETCH_END = """
SELECT max(no) FROM (
  SELECT no, no - %(after)s AS expected, row_number() OVER ordered AS position,
         sum(gifts + transfers) OVER ordered AS row_count
    FROM (SELECT no, gifts, transfers FROM batch WHERE lane = %(lane)s AND no > %(after)s
           ORDER BY no LIMIT %(batches_max)s) b
  WINDOW ordered AS (ORDER BY no)) b
 WHERE expected = position AND (position = 1 OR row_count <= %(rows_max)s)
"""


async def lanes_behind(conn: ReadConnection, follower: str) -> list[int]:
    """The lanes with batches that a follower has not read."""
    cursor = await conn.execute(
        "SELECT l.id FROM lane l LEFT JOIN watermark w ON w.follower = %s AND w.lane = l.id"
        " WHERE EXISTS (SELECT FROM batch b WHERE b.lane = l.id AND b.no > coalesce(w.no, 0))"
        " ORDER BY l.id",
        (follower,),
    )
    return [row[0] for row in await cursor.fetchall()]


async def add_watermark(conn: Connection, follower: str, lane: int) -> None:
    """Have a follower's watermark of a lane, at the beginning."""
    await conn.execute(
        "INSERT INTO watermark (follower, lane, no) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING",
        (follower, lane),
    )


async def lock_watermark(conn: Connection, follower: str, lane: int, *, wait: bool) -> int | None:
    """How far a follower has read a lane, held until the transaction ends; None: another process holds it."""
    cursor = await conn.execute(
        "SELECT no FROM watermark WHERE follower = %s AND lane = %s FOR UPDATE"
        + ("" if wait else " SKIP LOCKED"),
        (follower, lane),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def next_stretch(
    conn: ReadConnection, *, lane: int, after: int, rows_max: int
) -> Stretch | None:
    """The batches that follow without a gap, one at least, while they hold no more than `rows_max` rows."""
    params = {"lane": lane, "after": after, "rows_max": rows_max, "batches_max": _BATCHES_MAX}
    cursor = await conn.execute(_STRETCH_END, params)
    row = await cursor.fetchone()
    return Stretch(lane, after, row[0]) if row and row[0] is not None else None


async def advance(conn: Connection, follower: str, stretch: Stretch) -> None:
    """Move the watermark to the end of a stretch."""
    await conn.execute(
        "UPDATE watermark SET no = %s WHERE follower = %s AND lane = %s",
        (stretch.upto, follower, stretch.lane),
    )


async def restart(conn: Connection, follower: str) -> None:
    """Let a follower begin again; no other process reads for any follower until the transaction ends."""
    await conn.execute("LOCK TABLE watermark IN EXCLUSIVE MODE")
    await conn.execute("UPDATE watermark SET no = 0 WHERE follower = %s", (follower,))


async def names(conn: ReadConnection) -> list[str]:
    """Every follower that ever read."""
    cursor = await conn.execute("SELECT DISTINCT follower FROM watermark ORDER BY follower")
    return [row[0] for row in await cursor.fetchall()]


async def lags(conn: ReadConnection, follower: str) -> list[Lag]:
    """How far a follower is behind in each lane that has batches."""
    cursor = await conn.execute(
        "SELECT l.id, coalesce(w.no, 0), n.last_no,"
        "       (SELECT min(created_at) FROM batch b WHERE b.lane = l.id AND b.no > coalesce(w.no, 0))"
        "  FROM lane l LEFT JOIN watermark w ON w.follower = %s AND w.lane = l.id"
        " CROSS JOIN LATERAL (SELECT max(no) AS last_no FROM batch b WHERE b.lane = l.id) n"
        " WHERE n.last_no IS NOT NULL ORDER BY l.id",
        (follower,),
    )
    return [Lag(follower, *row) for row in await cursor.fetchall()]
