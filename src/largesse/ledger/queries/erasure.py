"""Words of a person who is erased: gone from gifts and room events, while every hash stays what it is."""

from typing import Final, LiteralString
from uuid import UUID

from psycopg.sql import SQL, Identifier

from largesse.db import Connection, ReadConnection

WITHOUT_TEXTS: Final[LiteralString] = (
    "coalesce((SELECT jsonb_object_agg(key, CASE jsonb_typeof(value) WHEN 'string' THEN '\"\"' ELSE value END)"
    " FROM jsonb_each(data)), data)"
)
"""The data of an event whose author is erased: every text at its top is empty."""


async def erase_messages(conn: Connection, sender_id: UUID) -> int:
    """Delete the messages of a sender's gifts and their salts; how many. The chain keeps their digests."""
    statement = SQL(
        "UPDATE {} SET message = NULL, message_salt = NULL"
        " WHERE sender_id = %s AND message_digest IS NOT NULL"
        "   AND (message IS NOT NULL OR message_salt IS NOT NULL)"
    )
    count = 0
    for table in await _tables(conn, "gift"):
        count += (await conn.execute(statement.format(table), (sender_id,))).rowcount
    return count


async def messages_in_chain(conn: ReadConnection, sender_id: UUID) -> int:
    """Messages that cannot be erased: from before digests, the chain covers their very text."""
    cursor = await conn.execute(
        "SELECT count(*) FROM gift"
        " WHERE sender_id = %s AND message_digest IS NULL AND message IS NOT NULL",
        (sender_id,),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def erase_said(conn: Connection, user_id: UUID) -> int:
    """Empty every text that a user's room events hold; how many events. Reads all events: there is no index."""
    statement = SQL(
        f"UPDATE {{}} SET data = {WITHOUT_TEXTS} WHERE user_id = %s"
        "   AND EXISTS (SELECT 1 FROM jsonb_each_text(data) t"
        "                WHERE jsonb_typeof(data -> t.key) = 'string' AND t.value <> '')"
    )
    count = 0
    for table in await _tables(conn, "room_event"):
        count += (await conn.execute(statement.format(table), (user_id,))).rowcount
    return count


async def _tables(conn: ReadConnection, name: str) -> list[Identifier]:
    """A table with partitions, and those of archived months that were kept."""
    cursor = await conn.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid)"
        " AND c.relname ~ ('^archived_' || %s || '_\\d{4}_\\d\\d$') ORDER BY c.relname",
        (name,),
    )
    return [Identifier(name), *(Identifier(row[0]) for row in await cursor.fetchall())]
