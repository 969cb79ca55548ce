"""SQL of chat rules, of who keeps them, and of who may not speak or give."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.moderation.model import (
    Appointment,
    ChatDefault,
    Muting,
    Rulebook,
    Standing,
)
from largesse.realtime import ChatRules

_DEFAULT_COLUMNS = (
    "valid_from, slow_mode_s, followers_only, links, hold_paid_messages, slow_mode_max_s,"
    " mute_max_s, words_max, word_characters_max, moderators_max, removed_text_days,"
    " acts_max, acts_window_s"
)
_HOLDS = "valid_from <= greatest(%(at)s, (SELECT min(valid_from) FROM chat_default))"
BOOK = (
    "SELECT slow_mode_s, followers_only, links, hold_paid_messages, words, 1 AS place"
    "  FROM chat_rule WHERE creator_id = %(c)s"
    " UNION ALL"
    " (SELECT slow_mode_s, followers_only, links, hold_paid_messages, '{}', 2"
    f"    FROM chat_default WHERE {_HOLDS} ORDER BY valid_from DESC LIMIT 1)"
    " ORDER BY place LIMIT 1"
)
"""The rules of the creator %(c)s at the moment %(at)s."""
STANDING = (
    "EXISTS (SELECT FROM room_moderator WHERE creator_id = %(c)s AND user_id = %(u)s),"
    " EXISTS (SELECT FROM room_ban WHERE creator_id = %(c)s AND user_id = %(u)s AND banned),"
    " (SELECT until FROM room_mute WHERE creator_id = %(c)s AND user_id = %(u)s"
    "   AND until > statement_timestamp())"
)
"""What the user %(u)s is to the creator %(c)s now, by the database's clock."""


# --- rules


async def insert_default(conn: Connection, row: Mapping[str, Any]) -> None:
    """Set what holds from a moment on, unless something holds from then already."""
    names = [name.strip() for name in _DEFAULT_COLUMNS.split(",")]
    values = ", ".join(f"%({name})s" for name in names)
    await conn.execute(
        f"INSERT INTO chat_default ({_DEFAULT_COLUMNS}) VALUES ({values}) ON CONFLICT DO NOTHING",
        row,
    )


async def default_at(conn: ReadConnection, at: datetime) -> ChatDefault:
    """The defaults and limits that hold at a moment."""
    async with conn.cursor(row_factory=class_row(ChatDefault)) as cursor:
        await cursor.execute(
            f"SELECT {_DEFAULT_COLUMNS} FROM chat_default WHERE {_HOLDS}"
            " ORDER BY valid_from DESC LIMIT 1",
            {"at": at},
        )
        row = await cursor.fetchone()
    assert row is not None, "the shipped defaults hold from the beginning"
    return row


async def rulebook(conn: ReadConnection, creator_id: UUID, at: datetime) -> Rulebook:
    """The rules of a creator's chats: his own, else the defaults of the moment."""
    cursor = await conn.execute(BOOK, {"c": creator_id, "at": at})
    row = await cursor.fetchone()
    assert row is not None, "the shipped defaults hold from the beginning"
    return book_of(row)


def book_of(row: Sequence[Any]) -> Rulebook:
    """What begins with the columns of BOOK."""
    rules = ChatRules(
        slow_mode_s=row[0], followers_only=row[1], links=row[2], hold_paid_messages=row[3]
    )
    return Rulebook(rules=rules, words=tuple(row[4]))


async def lock_rulebook(conn: Connection, creator_id: UUID) -> None:
    """Keep others from changing a creator's own rules until the commit, if he has set any."""
    await conn.execute(
        "SELECT FROM chat_rule WHERE creator_id = %s FOR NO KEY UPDATE", (creator_id,)
    )


async def put_rulebook(
    conn: Connection, creator_id: UUID, rulebook: Rulebook, at: datetime
) -> None:
    """Set a creator's own rules; the row stays locked until the commit."""
    rules = rulebook.rules
    await conn.execute(
        "INSERT INTO chat_rule (creator_id, slow_mode_s, followers_only, links,"
        " hold_paid_messages, words, updated_at) VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (creator_id) DO UPDATE SET slow_mode_s = excluded.slow_mode_s,"
        " followers_only = excluded.followers_only, links = excluded.links,"
        " hold_paid_messages = excluded.hold_paid_messages, words = excluded.words,"
        " updated_at = excluded.updated_at",
        (
            creator_id,
            rules.slow_mode_s,
            rules.followers_only,
            rules.links,
            rules.hold_paid_messages,
            list(rulebook.words),
            at,
        ),
    )


# --- who may do what


async def standing(conn: ReadConnection, creator_id: UUID, user_id: UUID) -> Standing:
    """What somebody is to a creator now, by the database's clock."""
    cursor = await conn.execute(f"SELECT {STANDING}", {"c": creator_id, "u": user_id}, prepare=True)
    row = await cursor.fetchone()
    assert row is not None
    return Standing(*row)


async def insert_moderator(conn: Connection, creator_id: UUID, user_id: UUID, at: datetime) -> bool:
    """Appoint a moderator; False when he is one already."""
    cursor = await conn.execute(
        "INSERT INTO room_moderator (creator_id, user_id, created_at) VALUES (%s, %s, %s)"
        " ON CONFLICT (creator_id, user_id) DO NOTHING",
        (creator_id, user_id, at),
    )
    return cursor.rowcount == 1


async def delete_moderator(conn: Connection, creator_id: UUID, user_id: UUID) -> bool:
    """Dismiss a moderator; False when he was none."""
    cursor = await conn.execute(
        "DELETE FROM room_moderator WHERE creator_id = %s AND user_id = %s", (creator_id, user_id)
    )
    return cursor.rowcount == 1


async def lock_moderators(conn: Connection, creator_id: UUID) -> None:
    """Let nobody else appoint one more until the commit, so that they can be counted where there are many."""
    await conn.execute(
        "SELECT FROM room_moderator WHERE creator_id = %s ORDER BY user_id FOR UPDATE",
        (creator_id,),
    )


async def count_moderators(conn: ReadConnection, creator_id: UUID) -> int:
    """How many moderators a creator has."""
    cursor = await conn.execute(
        "SELECT count(*) FROM room_moderator WHERE creator_id = %s", (creator_id,)
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def moderators(
    conn: ReadConnection, creator_id: UUID, *, after: UUID | None, limit: int
) -> list[Appointment]:
    """A creator's moderators by id."""
    async with conn.cursor(row_factory=class_row(Appointment)) as cursor:
        await cursor.execute(
            "SELECT user_id, created_at FROM room_moderator WHERE creator_id = %(c)s"
            " AND (%(after)s::uuid IS NULL OR user_id > %(after)s::uuid)"
            " ORDER BY user_id LIMIT %(limit)s",
            {"c": creator_id, "after": after, "limit": limit},
        )
        return await cursor.fetchall()


# --- mutes


async def put_mute(
    conn: Connection, creator_id: UUID, user_id: UUID, by_id: UUID, seconds: int
) -> Muting:
    """Mute somebody for so long, whatever he was before; the row stays locked until the commit. Mutes go by the
    database's clock, which all processes share."""
    async with conn.cursor(row_factory=class_row(Muting)) as cursor:
        await cursor.execute(
            "INSERT INTO room_mute (creator_id, user_id, until, by_id, created_at)"
            " VALUES (%s, %s, statement_timestamp() + make_interval(secs => %s), %s,"
            "  statement_timestamp())"
            " ON CONFLICT (creator_id, user_id) DO UPDATE"
            " SET until = excluded.until, by_id = excluded.by_id, created_at = excluded.created_at"
            " RETURNING user_id, until, by_id, created_at",
            (creator_id, user_id, seconds, by_id),
        )
        muting = await cursor.fetchone()
    assert muting is not None
    return muting


async def delete_mute(conn: Connection, creator_id: UUID, user_id: UUID) -> bool:
    """Let somebody speak again; False when he may already."""
    cursor = await conn.execute(
        "DELETE FROM room_mute WHERE creator_id = %s AND user_id = %s"
        " RETURNING until > statement_timestamp()",
        (creator_id, user_id),
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def mutes(
    conn: ReadConnection, creator_id: UUID, *, after: UUID | None, limit: int
) -> list[Muting]:
    """Who may not speak in a creator's rooms now, by id."""
    async with conn.cursor(row_factory=class_row(Muting)) as cursor:
        await cursor.execute(
            "SELECT user_id, until, by_id, created_at FROM room_mute WHERE creator_id = %(c)s"
            " AND until > statement_timestamp() AND (%(after)s::uuid IS NULL OR user_id > %(after)s::uuid)"
            " ORDER BY user_id LIMIT %(limit)s",
            {"c": creator_id, "after": after, "limit": limit},
        )
        return await cursor.fetchall()


async def delete_mutes(conn: Connection) -> int:
    """Forget mutes that are over."""
    return (await conn.execute("DELETE FROM room_mute WHERE until < now()")).rowcount


# --- turns


async def delete_turns(conn: Connection, older_than_s: int) -> int:
    """Forget who spoke so long ago."""
    cursor = await conn.execute(
        "DELETE FROM chat_turn WHERE spoken_at < now() - make_interval(secs => %s)", (older_than_s,)
    )
    return cursor.rowcount


async def delete_person(conn: Connection, user_id: UUID) -> Sequence[int]:
    """Take somebody out of what is kept about moderators, mutes and his own chat; how many rows of each."""
    return [
        (await conn.execute(statement, (user_id,))).rowcount
        for statement in (
            "DELETE FROM room_moderator WHERE user_id = %s",
            "DELETE FROM room_mute WHERE user_id = %s",
            "DELETE FROM chat_rule WHERE creator_id = %s",
        )
    ]
