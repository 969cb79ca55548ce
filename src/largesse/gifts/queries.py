"""The catalogue and the limits on giving, in SQL."""

from collections.abc import Collection, Sequence
from typing import Any

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.gifts.model import GiftRule, GiftType


async def gift_types(conn: ReadConnection, nos: Collection[int] | None = None) -> list[GiftType]:
    """Gift types of any age: every version of every gift, or those with the given numbers."""
    async with conn.cursor(row_factory=class_row(GiftType)) as cursor:
        await cursor.execute(
            "SELECT no, id, version, slug, name, coins, streakable,"
            " animation ->> 'kind' AS animation_kind,"
            " (animation ->> 'duration_ms')::int AS animation_duration_ms,"
            " alt, position, valid_from, valid_until, kind FROM gift_type"
            " WHERE %(nos)s::int[] IS NULL OR no = ANY (%(nos)s::int[])"
            " ORDER BY position, version",
            {"nos": None if nos is None else list(nos)},
        )
        return await cursor.fetchall()


async def gift_rules(conn: ReadConnection) -> list[GiftRule]:
    """Every set of limits, the newest first."""
    async with conn.cursor(row_factory=class_row(GiftRule)) as cursor:
        await cursor.execute(
            "SELECT valid_from, count_max, message_characters_max, post_gift_coins_min,"
            " post_gift_coins_max, new_viewer_days, leaderboard_rows, id_age_max_s, id_ahead_max_s"
            " FROM gift_rule ORDER BY valid_from DESC"
        )
        return await cursor.fetchall()


async def is_empty(conn: ReadConnection) -> bool:
    """No gift was ever in the catalogue."""
    cursor = await conn.execute("SELECT NOT EXISTS (SELECT FROM gift_type WHERE kind = 'gift')")
    row = await cursor.fetchone()
    return bool(row and row[0])


async def insert_gift_types(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Put gift types into the catalogue."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO gift_type (no, id, version, slug, name, coins, streakable, animation,"
            " alt, position, valid_from, kind)"
            " VALUES (%(no)s, %(id)s, %(version)s, %(slug)s, %(name)s, %(coins)s, %(streakable)s,"
            " %(animation)s, %(alt)s, %(position)s, %(valid_from)s, %(kind)s)"
            " ON CONFLICT DO NOTHING",
            rows,
        )


async def insert_gift_rule(conn: Connection, row: dict[str, Any]) -> None:
    """Set the limits that hold from a moment on."""
    await conn.execute(
        "INSERT INTO gift_rule (valid_from, count_max, message_characters_max,"
        " post_gift_coins_min, post_gift_coins_max, new_viewer_days, leaderboard_rows,"
        " id_age_max_s, id_ahead_max_s)"
        " VALUES (%(valid_from)s, %(count_max)s, %(message_characters_max)s,"
        " %(post_gift_coins_min)s, %(post_gift_coins_max)s, %(new_viewer_days)s,"
        " %(leaderboard_rows)s, %(id_age_max_s)s, %(id_ahead_max_s)s) ON CONFLICT DO NOTHING",
        row,
    )
