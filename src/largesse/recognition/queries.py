"""SQL of recognition: its figures, what users chose, who was announced."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.recognition.model import RecognitionRule

_RULE = (
    "valid_from, banner_coins_min, banner_pause_s, entrance_default, entrance_places,"
    " entrance_days, entrance_pause_s, entrance_refresh_s, thanks_max, thanks_window_s,"
    " thanks_characters_max"
)


async def insert_rule(conn: Connection, rule: Mapping[str, Any]) -> None:
    """Add figures, unless there are some from the same moment on."""
    await conn.execute(
        f"INSERT INTO recognition_rule ({_RULE}) VALUES (%(valid_from)s, %(banner_coins_min)s,"
        " %(banner_pause_s)s, %(entrance_default)s, %(entrance_places)s, %(entrance_days)s,"
        " %(entrance_pause_s)s, %(entrance_refresh_s)s, %(thanks_max)s, %(thanks_window_s)s,"
        " %(thanks_characters_max)s) ON CONFLICT DO NOTHING",
        rule,
    )


async def rules(conn: ReadConnection) -> list[RecognitionRule]:
    """All figures, the newest first."""
    async with conn.cursor(row_factory=class_row(RecognitionRule)) as cursor:
        await cursor.execute(f"SELECT {_RULE} FROM recognition_rule ORDER BY valid_from DESC")
        return await cursor.fetchall()


async def entrance_choice(conn: ReadConnection, user_id: UUID) -> bool | None:
    """Whether a user wants to be announced; none when he chose nothing."""
    cursor = await conn.execute(
        "SELECT entrance FROM recognition_choice WHERE user_id = %s", (user_id,)
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def choose_entrance(conn: Connection, user_id: UUID, entrance: bool) -> None:
    """Keep whether a user wants to be announced."""
    await conn.execute(
        "INSERT INTO recognition_choice (user_id, entrance) VALUES (%s, %s)"
        " ON CONFLICT (user_id) DO UPDATE SET entrance = excluded.entrance",
        (user_id, entrance),
    )


async def claim_entrance(conn: Connection, room_id: UUID, user_id: UUID, pause_s: int) -> bool:
    """Note that somebody came in; False when he was seen in the room, by any process, within the pause.

    By the database's clock, as all here. Whom it noted in a time that is to come was seen before it was set back.
    """
    cursor = await conn.execute(
        "INSERT INTO entrance (room_id, user_id, seen_at) VALUES (%s, %s, clock_timestamp())"
        " ON CONFLICT (room_id, user_id) DO UPDATE SET seen_at = clock_timestamp()"
        " WHERE entrance.seen_at NOT BETWEEN clock_timestamp() - make_interval(secs => %s)"
        "   AND clock_timestamp() + interval '1 s'",
        (room_id, user_id, pause_s),
    )
    return cursor.rowcount == 1


async def see(conn: Connection, places: Collection[tuple[UUID, UUID]]) -> None:
    """Note who is in which room (room and user) now, of those who were noted before."""
    await conn.execute(
        "UPDATE entrance e SET seen_at = clock_timestamp()"
        "  FROM unnest(%s::uuid[], %s::uuid[]) AS p (room_id, user_id)"
        " WHERE e.room_id = p.room_id AND e.user_id = p.user_id",
        ([room_id for room_id, _ in places], [user_id for _, user_id in places]),
    )


async def forget_entrances(conn: Connection, kept_s: int) -> int:
    """Forget who was in rooms long ago; how many."""
    cursor = await conn.execute(
        "DELETE FROM entrance WHERE seen_at < now() - make_interval(secs => %s)", (kept_s,)
    )
    return cursor.rowcount


async def forget_user(conn: Connection, user_id: UUID) -> int:
    """Forget what a user chose and where he was announced; how many rows."""
    chosen = await conn.execute("DELETE FROM recognition_choice WHERE user_id = %s", (user_id,))
    seen = await conn.execute("DELETE FROM entrance WHERE user_id = %s", (user_id,))
    return chosen.rowcount + seen.rowcount
