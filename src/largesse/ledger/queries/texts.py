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


async def erase_texts_of(
    conn: Connection, room_id: UUID, spans: Collection[tuple[UUID, int, int]]
) -> int:
    """Empty what people said in a room from a number to before another, as `erase_texts` does; how many texts.

    The messages of anonymous gifts stay: their going would tell who gave them. Reads the log between the numbers.
    """
    users, firsts, ends = zip(*spans, strict=True)
    spoken = (
        "unnest(%(users)s::uuid[], %(firsts)s::bigint[], %(ends)s::bigint[])"
        " AS s (user_id, first, until)"
    )
    parameters = {
        "room": room_id,
        "users": list(users),
        "firsts": list(firsts),
        "ends": list(ends),
    }
    gifts = await conn.execute(
        f"UPDATE gift g SET message = NULL, message_salt = NULL FROM {spoken}"
        " WHERE g.room_id = %(room)s AND g.sender_id = s.user_id"
        " AND g.seq >= s.first AND g.seq < s.until AND g.anonymous IS NOT TRUE"
        " AND g.message_digest IS NOT NULL AND g.message IS NOT NULL",
        parameters,
    )
    events = await conn.execute(
        f"UPDATE room_event e SET data = e.data || jsonb_build_object('text', '') FROM {spoken}"
        " WHERE e.room_id = %(room)s AND e.user_id = s.user_id"
        " AND e.seq >= s.first AND e.seq < s.until"
        " AND e.data ? 'text' AND e.data ->> 'text' <> ''",
        parameters,
    )
    return gifts.rowcount + events.rowcount


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
