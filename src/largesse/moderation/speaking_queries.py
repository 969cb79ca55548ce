"""SQL of who may say something in a room now, and of turns in slow mode."""

from datetime import datetime
from uuid import UUID

from largesse.db import Connection, ReadConnection
from largesse.moderation.model import Speaker, Standing
from largesse.moderation.queries import BOOK, STANDING, book_of

_SPOKE_LATELY = (
    "t.spoken_at BETWEEN clock_timestamp() - make_interval(secs => {seconds})"
    " AND clock_timestamp() + interval '1 s'"  # beyond it the clock was set back since
)


async def speaker(
    conn: ReadConnection, creator_id: UUID, room_id: UUID, user_id: UUID, at: datetime
) -> Speaker:
    """Somebody in a room of a creator, and its rules at a moment: all in one statement."""
    cursor = await conn.execute(
        f"WITH book AS ({BOOK})"
        " SELECT b.slow_mode_s, b.followers_only, b.links, b.hold_paid_messages, b.words,"
        f" {STANDING},"
        " EXISTS (SELECT FROM follow WHERE creator_id = %(c)s AND follower_id = %(u)s),"
        " coalesce((SELECT greatest(1,"
        "   ceil(extract(epoch FROM t.spoken_at - clock_timestamp()) + b.slow_mode_s)::int)"
        "   FROM chat_turn t WHERE t.room_id = %(r)s AND t.user_id = %(u)s AND b.slow_mode_s > 0"
        f"  AND {_SPOKE_LATELY.format(seconds='b.slow_mode_s')}), 0),"
        " coalesce((SELECT rules_no FROM room WHERE id = %(r)s), 0) FROM book b",
        {"c": creator_id, "r": room_id, "u": user_id, "at": at},
        prepare=True,
    )
    row = await cursor.fetchone()
    assert row is not None, "the shipped defaults hold from the beginning"
    return Speaker(book_of(row), Standing(*row[5:8]), *row[8:])


async def take_turn(conn: Connection, room_id: UUID, user_id: UUID) -> None:
    """Note that somebody speaks now, by the database's clock. The caller holds the room's row."""
    await conn.execute(
        "INSERT INTO chat_turn (room_id, user_id, spoken_at) VALUES (%s, %s, clock_timestamp())"
        " ON CONFLICT (room_id, user_id) DO UPDATE SET spoken_at = excluded.spoken_at",
        (room_id, user_id),
    )
