"""What was said in a room, by number."""

from collections.abc import Collection
from uuid import UUID

from largesse.db import Connection, ReadConnection


async def texts_at(
    conn: ReadConnection, room_id: UUID, seqs: Collection[int]
) -> dict[int, str | None]:
    """The texts of messages and the messages of gifts with these numbers; a number that says nothing is missing."""
    cursor = await conn.execute(
        "SELECT seq, message FROM gift WHERE room_id = %(room)s AND seq = ANY (%(seqs)s)"
        " UNION ALL SELECT seq, data ->> 'text' FROM room_event"
        " WHERE room_id = %(room)s AND seq = ANY (%(seqs)s) AND data ? 'text'",
        {"room": room_id, "seqs": list(seqs)},
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def erase_texts(conn: Connection, room_id: UUID, seqs: Collection[int]) -> int:
    """Empty texts that were removed from a room for good, and the salts of their digests; how many.

    The chain keeps the digests, so that every proof holds.
    """
    parameters = {"room": room_id, "seqs": list(seqs)}
    gifts = await conn.execute(
        "UPDATE gift SET message = NULL, message_salt = NULL WHERE room_id = %(room)s"
        " AND seq = ANY (%(seqs)s) AND message_digest IS NOT NULL AND message IS NOT NULL",
        parameters,
    )
    events = await conn.execute(
        'UPDATE room_event SET data = data || \'{"text": ""}\' WHERE room_id = %(room)s'
        " AND seq = ANY (%(seqs)s) AND data ? 'text' AND data ->> 'text' <> ''",
        parameters,
    )
    return gifts.rowcount + events.rowcount
