"""SQL of what became of messages: removed, approved, pinned, unpinned."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.moderation.model import MessageState, Pinned

_MARKED_AT = {"removed": "removed_at", "approved": "approved_at", "unpinned": "unpinned_at"}


async def message_states(
    conn: ReadConnection, room_id: UUID, seqs: Sequence[int]
) -> dict[int, MessageState]:
    """What became of those of the messages to which something was done."""
    cursor = await conn.execute(
        "SELECT seq, removed_at IS NOT NULL, approved_at, pinned_until, unpinned_at IS NOT NULL"
        " FROM message_state WHERE room_id = %s AND seq = ANY (%s)",
        (room_id, list(seqs)),
    )
    return {row[0]: MessageState(*row[1:]) for row in await cursor.fetchall()}


async def pinned_by_approval(conn: ReadConnection, room_id: UUID, at: datetime) -> list[int]:
    """Messages of a room that are on top of the chat since they were approved."""
    cursor = await conn.execute(
        "SELECT seq FROM message_state WHERE room_id = %s AND pinned_until > %s"
        " AND removed_at IS NULL AND unpinned_at IS NULL",
        (room_id, at),
    )
    return [row[0] for row in await cursor.fetchall()]


async def silenced(conn: ReadConnection, room_id: UUID, seqs: Sequence[int]) -> list[int]:
    """Those of the messages that were said by somebody before he was banned while the room was live.

    The message of an anonymous gift stays: its going would tell who gave it.
    """
    cursor = await conn.execute(
        "SELECT e.seq FROM room_silence s JOIN room_event e ON e.room_id = s.room_id"
        "   AND e.user_id = s.user_id AND e.seq < s.before_seq"
        " WHERE s.room_id = %(room)s AND e.room_id = %(room)s AND e.seq = ANY (%(seqs)s)"
        " UNION ALL"
        " SELECT g.seq FROM room_silence s JOIN gift g ON g.room_id = s.room_id"
        "   AND g.sender_id = s.user_id AND g.seq < s.before_seq AND g.anonymous IS NOT TRUE"
        " WHERE s.room_id = %(room)s AND g.room_id = %(room)s AND g.seq = ANY (%(seqs)s)",
        {"room": room_id, "seqs": list(seqs)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def silence(conn: Connection, room_id: UUID, user_id: UUID, before_seq: int) -> None:
    """What somebody said in a room before a number is not shown any more, from now on by the database's clock."""
    await conn.execute(
        "INSERT INTO room_silence AS s (room_id, user_id, before_seq, silenced_at)"
        " VALUES (%s, %s, %s, statement_timestamp()) ON CONFLICT (room_id, user_id) DO UPDATE"
        " SET before_seq = greatest(s.before_seq, excluded.before_seq),"
        "     silenced_at = excluded.silenced_at",
        (room_id, user_id, before_seq),
    )


async def silenced_before(
    conn: Connection, before: datetime, limit: int
) -> list[tuple[UUID, UUID, int, int]]:
    """Of bans before a moment whose hidden texts are kept still: the room, who was banned, and the first number and the
    end of his texts; others who look for them pass these by."""
    cursor = await conn.execute(
        "SELECT room_id, user_id, erased_seq, before_seq FROM room_silence"
        " WHERE silenced_at < %s AND erased_seq < before_seq"
        " ORDER BY silenced_at LIMIT %s FOR UPDATE SKIP LOCKED",
        (before, limit),
    )
    return [(row[0], row[1], row[2], row[3]) for row in await cursor.fetchall()]


async def note_silence_erased(
    conn: Connection, room_id: UUID, user_id: UUID, erased_seq: int
) -> None:
    """What somebody said in a room before a number is not kept any more."""
    await conn.execute(
        "UPDATE room_silence SET erased_seq = %s WHERE room_id = %s AND user_id = %s",
        (erased_seq, room_id, user_id),
    )


async def mark(
    conn: Connection,
    *,
    room_id: UUID,
    seq: int,
    mark: str,
    by_id: UUID,
    pinned_until: datetime | None = None,
) -> bool:
    """Note that a message was removed, approved or unpinned now, by the database's clock; False when it was before, or
    is removed.

    The row stays locked until the commit.
    """
    column = _MARKED_AT[mark]
    cursor = await conn.execute(
        f"INSERT INTO message_state AS m (room_id, seq, {column}, by_id, pinned_until)"
        " VALUES (%s, %s, statement_timestamp(), %s, %s) ON CONFLICT (room_id, seq) DO UPDATE"
        f" SET {column} = excluded.{column}, by_id = excluded.by_id,"
        "   pinned_until = coalesce(excluded.pinned_until, m.pinned_until)"
        f" WHERE m.{column} IS NULL AND m.removed_at IS NULL",
        (room_id, seq, by_id, pinned_until),
    )
    return cursor.rowcount == 1


async def pinned(conn: ReadConnection, room_id: UUID) -> Pinned | None:
    """The message on top of a room's chat."""
    async with conn.cursor(row_factory=class_row(Pinned)) as cursor:
        await cursor.execute(
            "SELECT target_seq, pin_seq FROM room_pin WHERE room_id = %s", (room_id,)
        )
        return await cursor.fetchone()


async def pin_of(conn: ReadConnection, room_id: UUID, sender_id: UUID) -> Pinned | None:
    """The message on top of a room's chat, if this sender said it."""
    async with conn.cursor(row_factory=class_row(Pinned)) as cursor:
        await cursor.execute(
            "SELECT p.target_seq, p.pin_seq FROM room_pin p WHERE p.room_id = %(room)s AND ("
            " EXISTS (SELECT FROM room_event e WHERE e.room_id = %(room)s"
            "   AND e.seq = p.target_seq AND e.user_id = %(sender)s)"
            " OR EXISTS (SELECT FROM gift g WHERE g.room_id = %(room)s"
            "   AND g.seq = p.target_seq AND g.sender_id = %(sender)s))",
            {"room": room_id, "sender": sender_id},
        )
        return await cursor.fetchone()


async def put_pin(conn: Connection, room_id: UUID, pinned: Pinned) -> None:
    """Put a message on top, in place of the one before."""
    await conn.execute(
        "INSERT INTO room_pin (room_id, target_seq, pin_seq) VALUES (%s, %s, %s)"
        " ON CONFLICT (room_id) DO UPDATE SET target_seq = excluded.target_seq,"
        " pin_seq = excluded.pin_seq",
        (room_id, pinned.target_seq, pinned.pin_seq),
    )


async def delete_pin(conn: Connection, room_id: UUID, target_seq: int) -> bool:
    """Take a message off the top; False when it is not there."""
    cursor = await conn.execute(
        "DELETE FROM room_pin WHERE room_id = %s AND target_seq = %s", (room_id, target_seq)
    )
    return cursor.rowcount == 1


async def removed_before(conn: Connection, before: datetime, limit: int) -> list[tuple[UUID, int]]:
    """Messages removed before a moment whose texts are kept still; others who look for them pass these by."""
    cursor = await conn.execute(
        "SELECT room_id, seq FROM message_state WHERE removed_at < %s AND erased_at IS NULL"
        " ORDER BY removed_at LIMIT %s FOR UPDATE SKIP LOCKED",
        (before, limit),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def note_erased(conn: Connection, room_id: UUID, seqs: Sequence[int], at: datetime) -> None:
    """The texts of these messages are not kept any more."""
    await conn.execute(
        "UPDATE message_state SET erased_at = %s WHERE room_id = %s AND seq = ANY (%s)",
        (at, room_id, list(seqs)),
    )
