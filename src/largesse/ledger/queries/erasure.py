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
    return await _everywhere(conn, statement, "gift", sender_id)


async def messages_in_chain(conn: ReadConnection, sender_id: UUID) -> int:
    """Messages that cannot be erased: from before digests, the chain covers their very text."""
    statement = SQL(
        "SELECT FROM {} WHERE sender_id = %s AND message_digest IS NULL AND message IS NOT NULL"
    )
    return await _everywhere(conn, statement, "gift", sender_id)


async def erase_said(conn: Connection, user_id: UUID) -> int:
    """Empty every text that a user's room events hold; how many events. Reads all events: there is no index."""
    statement = SQL(
        f"UPDATE {{}} SET data = {WITHOUT_TEXTS} WHERE user_id = %s"
        "   AND EXISTS (SELECT 1 FROM jsonb_each_text(data) t"
        "                WHERE jsonb_typeof(data -> t.key) = 'string' AND t.value <> '')"
    )
    return await _everywhere(conn, statement, "room_event", user_id)


async def _everywhere(conn: ReadConnection, statement: SQL, name: str, user_id: UUID) -> int:
    """Run a statement on a table with partitions, and on those of archived months that were kept; on how many rows.

    These are listed last: a month that was leaving is one of them, when the first statement has waited for it.
    """
    count = (await conn.execute(statement.format(Identifier(name)), (user_id,))).rowcount
    cursor = await conn.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid)"
        " AND c.relname ~ ('^archived_' || %s || '_\\d{4}_\\d\\d$') ORDER BY c.relname",
        (name,),
    )
    for (kept,) in await cursor.fetchall():
        count += (await conn.execute(statement.format(Identifier(kept)), (user_id,))).rowcount
    return count
