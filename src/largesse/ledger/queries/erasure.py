"""Words of a person who is erased: gone from gifts and room events, while every hash stays what it is."""

from uuid import UUID

from largesse.db import Connection, ReadConnection


async def erase_messages(conn: Connection, sender_id: UUID) -> int:
    """Delete the messages of a sender's gifts and their salts; how many. The chain keeps their digests."""
    cursor = await conn.execute(
        "UPDATE gift SET message = NULL, message_salt = NULL"
        " WHERE sender_id = %s AND message_digest IS NOT NULL"
        "   AND (message IS NOT NULL OR message_salt IS NOT NULL)",
        (sender_id,),
    )
    return cursor.rowcount


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
    cursor = await conn.execute(
        "UPDATE room_event SET data = ("
        "   SELECT jsonb_object_agg(key, CASE jsonb_typeof(value) WHEN 'string' THEN '\"\"' ELSE value END)"
        "     FROM jsonb_each(data))"
        " WHERE user_id = %s"
        "   AND EXISTS (SELECT 1 FROM jsonb_each_text(data) t"
        "                WHERE jsonb_typeof(data -> t.key) = 'string' AND t.value <> '')",
        (user_id,),
    )
    return cursor.rowcount
