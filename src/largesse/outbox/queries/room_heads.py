"""How far rooms have come in a stretch of the journal."""

from uuid import UUID

from largesse.db import Connection, ReadConnection
from largesse.outbox.rows import Stretch


async def room_heads(conn: ReadConnection, stretch: Stretch) -> dict[UUID, int]:
    """The highest number of a gift by room, among the gifts of a stretch."""
    cursor = await conn.execute(
        "SELECT room_id, max(seq) FROM gift WHERE lane = %s AND batch_no > %s AND batch_no <= %s"
        " GROUP BY room_id",
        (stretch.lane, stretch.after, stretch.upto),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def start_at_end(conn: Connection, follower: str) -> None:
    """In lanes that a follower has never read, have it begin behind their last batch."""
    await conn.execute(
        "INSERT INTO watermark (follower, lane, no)"
        " SELECT %s, l.id, n.last_no FROM lane l"
        " CROSS JOIN LATERAL (SELECT max(no) AS last_no FROM batch b WHERE b.lane = l.id) n"
        " WHERE n.last_no IS NOT NULL ON CONFLICT DO NOTHING",
        (follower,),
    )
