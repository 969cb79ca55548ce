"""SQL of bans."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.ledger import Pair
from largesse.moderation.model import Barring

_BAN_COLUMNS = "creator_id, user_id, banned, by_id, changed_at"


async def put_ban(
    conn: Connection, creator_id: UUID, user_id: UUID, by_id: UUID, *, banned: bool
) -> Barring | None:
    """Ban somebody or lift it; None: it was so already. The row stays locked until the commit. Of two changes the later
    one has the later moment, also when the clock was set back: by that others tell which is newer."""
    async with conn.cursor(row_factory=class_row(Barring)) as cursor:
        await cursor.execute(
            f"INSERT INTO room_ban AS b ({_BAN_COLUMNS})"
            " VALUES (%s, %s, %s, %s, clock_timestamp()) ON CONFLICT (creator_id, user_id)"
            " DO UPDATE SET banned = excluded.banned, by_id = excluded.by_id,"
            "   changed_at = greatest(clock_timestamp(), b.changed_at + interval '1 microsecond')"
            " WHERE b.banned <> excluded.banned"
            f" RETURNING {_BAN_COLUMNS}",
            (creator_id, user_id, banned, by_id),
        )
        return await cursor.fetchone()


async def bans(
    conn: ReadConnection, creator_id: UUID, *, after: UUID | None, limit: int | None
) -> list[Barring]:
    """Who is banned from a creator's rooms, by id."""
    async with conn.cursor(row_factory=class_row(Barring)) as cursor:
        await cursor.execute(
            f"SELECT {_BAN_COLUMNS} FROM room_ban WHERE creator_id = %(c)s AND banned"
            " AND (%(after)s::uuid IS NULL OR user_id > %(after)s::uuid)"
            " ORDER BY user_id LIMIT %(limit)s",
            {"c": creator_id, "after": after, "limit": limit},
        )
        return await cursor.fetchall()


async def ban_of(conn: ReadConnection, creator_id: UUID, user_id: UUID) -> Barring | None:
    """The ban of somebody that holds, if there is one."""
    async with conn.cursor(row_factory=class_row(Barring)) as cursor:
        await cursor.execute(
            f"SELECT {_BAN_COLUMNS} FROM room_ban"
            " WHERE creator_id = %s AND user_id = %s AND banned",
            (creator_id, user_id),
        )
        return await cursor.fetchone()


async def bans_changed(
    conn: ReadConnection, since: datetime | None
) -> tuple[datetime, list[Barring]]:
    """The database's present moment, and what changed after `since` (None: nothing) in all creators' bans."""
    cursor = await conn.execute(
        "SELECT clock_timestamp(), creator_id, user_id, banned, by_id, changed_at"
        " FROM (SELECT) AS always LEFT JOIN room_ban ON changed_at > %s::timestamptz",
        (since or "infinity",),
    )
    rows = await cursor.fetchall()
    return rows[0][0], [Barring(*row[1:]) for row in rows if row[1] is not None]


async def bars_of(
    conn: ReadConnection, pairs: Sequence[Pair]
) -> list[tuple[Pair, bool, datetime | None, bool]]:
    """Whether those who give are banned by whom they give to, until when they are or were muted there, and whether they
    still are by the database's clock; where nothing is set against somebody, nothing."""
    cursor = await conn.execute(
        "SELECT p.user_id, p.creator_id, coalesce(b.banned, false), m.until,"
        "  coalesce(m.until > statement_timestamp(), false)"
        "  FROM unnest(%s::uuid[], %s::uuid[]) AS p (user_id, creator_id)"
        "  LEFT JOIN room_ban b USING (creator_id, user_id)"
        "  LEFT JOIN room_mute m USING (creator_id, user_id)"
        " WHERE b.banned OR m.until IS NOT NULL",
        ([user_id for user_id, _ in pairs], [creator_id for _, creator_id in pairs]),
    )
    return [((row[0], row[1]), *row[2:]) for row in await cursor.fetchall()]
