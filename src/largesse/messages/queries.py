"""Tiers, marks and limits of messages that cost coins, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from psycopg.rows import dict_row

from largesse.db import Connection, ReadConnection
from largesse.messages.model import (
    CheerMark,
    CheerTier,
    Dated,
    Limits,
    MessageRules,
    PaidTier,
    Tiers,
)

T = TypeVar("T")


async def message_rules(conn: ReadConnection) -> MessageRules:
    """Everything that ever held, or will."""
    return MessageRules(tiers=await tiers(conn), limits=await limits(conn))


async def tiers(conn: ReadConnection) -> Tiers:
    """Every tier of paid messages and of cheers, and every mark of these."""
    return Tiers(
        paid=await _paid_tiers(conn), cheers=await _cheer_tiers(conn), marks=await _marks(conn)
    )


async def limits(conn: ReadConnection) -> Dated[Limits]:
    """The limits on one message."""
    cursor = await conn.execute(
        "SELECT valid_from, paid_coins_max, cheer_coins_max, cheer_characters_max, pinned_max"
        " FROM message_rule"
    )
    rows = [Limits(*row) for row in await cursor.fetchall()]
    return Dated({row.valid_from: [row] for row in rows})


async def _paid_tiers(conn: ReadConnection) -> Dated[PaidTier]:
    """Tiers of paid messages, the lowest first."""
    return await _dated(
        conn,
        PaidTier,
        "SELECT valid_from, tier, coins_min, pin_s, characters_max, emoji_max, color"
        " FROM paid_message_tier ORDER BY coins_min",
    )


async def _cheer_tiers(conn: ReadConnection) -> Dated[CheerTier]:
    """Tiers of cheers, the lowest first."""
    return await _dated(
        conn,
        CheerTier,
        "SELECT valid_from, tier, coins_min, name, color FROM cheer_tier ORDER BY coins_min",
    )


async def _marks(conn: ReadConnection) -> Dated[CheerMark]:
    """The words that cost coins, in the order in which they are offered."""
    return await _dated(
        conn, CheerMark, "SELECT valid_from, name, alt FROM cheer_mark ORDER BY position, name"
    )


async def _dated(conn: ReadConnection, make: type[T], query: str) -> Dated[T]:
    """Rows by the moment from which they hold, in the order of the query."""
    sets: dict[datetime, list[T]] = {}
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query)
        for row in await cursor.fetchall():
            sets.setdefault(row.pop("valid_from"), []).append(make(**row))
    return Dated(sets)


async def is_empty(conn: ReadConnection) -> bool:
    """No limits were ever set."""
    cursor = await conn.execute("SELECT NOT EXISTS (SELECT FROM message_rule)")
    row = await cursor.fetchone()
    return bool(row and row[0])


async def insert_limits(conn: Connection, row: dict[str, Any]) -> None:
    """Set the limits that hold from a moment on."""
    await conn.execute(
        "INSERT INTO message_rule (valid_from, paid_coins_max, cheer_coins_max,"
        " cheer_characters_max, pinned_max) VALUES (%(valid_from)s, %(paid_coins_max)s,"
        " %(cheer_coins_max)s, %(cheer_characters_max)s, %(pinned_max)s) ON CONFLICT DO NOTHING",
        row,
    )


async def insert_paid_tiers(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Set tiers of paid messages."""
    await _insert(
        conn,
        "INSERT INTO paid_message_tier (valid_from, tier, coins_min, pin_s, characters_max,"
        " emoji_max, color) VALUES (%(valid_from)s, %(no)s, %(coins_min)s, %(pin_s)s,"
        " %(characters_max)s, %(emoji_max)s, %(color)s) ON CONFLICT DO NOTHING",
        rows,
    )


async def insert_cheer_tiers(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Set tiers of cheers."""
    await _insert(
        conn,
        "INSERT INTO cheer_tier (valid_from, tier, coins_min, name, color)"
        " VALUES (%(valid_from)s, %(no)s, %(coins_min)s, %(name)s, %(color)s)"
        " ON CONFLICT DO NOTHING",
        rows,
    )


async def insert_marks(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Set the words that cost coins."""
    await _insert(
        conn,
        "INSERT INTO cheer_mark (valid_from, name, position, alt)"
        " VALUES (%(valid_from)s, %(name)s, %(no)s, %(alt)s) ON CONFLICT DO NOTHING",
        rows,
    )


async def _insert(conn: Connection, query: str, rows: Sequence[dict[str, Any]]) -> None:
    """Run an INSERT for each row."""
    async with conn.cursor() as cursor:
        await cursor.executemany(query, rows)
