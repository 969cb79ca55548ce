"""What became of messages after they were said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from largesse.db import Connection, ReadConnection
from largesse.moderation import state_queries
from largesse.moderation.model import AS_SAID, MessageMark, MessageState, Pinned


async def message_states(
    conn: ReadConnection, room_id: UUID, seqs: Sequence[int]
) -> dict[int, MessageState]:
    """What became of messages of a room, by number; those to which nothing was done are missing."""
    if not seqs:
        return {}
    states = await state_queries.message_states(conn, room_id, seqs)
    for seq in await state_queries.silenced(conn, room_id, seqs):
        states[seq] = replace(states.get(seq, AS_SAID), removed=True)
    return states


async def pinned_by_approval(conn: ReadConnection, room_id: UUID, at: datetime) -> Sequence[int]:
    """The numbers of messages that were approved and whose time on top of the chat is not over."""
    return await state_queries.pinned_by_approval(conn, room_id, at)


async def set_state(
    conn: Connection,
    room_id: UUID,
    seq: int,
    mark: MessageMark,
    *,
    by_id: UUID,
    pinned_until: datetime | None = None,
) -> bool:
    """Note what was done to a message; False: it was done before, or the message is removed.

    Of two who do it at once the second waits for the first's commit. Call it before the room's event is appended.
    """
    return await state_queries.mark(
        conn,
        room_id=room_id,
        seq=seq,
        mark=mark,
        by_id=by_id,
        pinned_until=pinned_until,
    )


async def pinned(conn: ReadConnection, room_id: UUID) -> Pinned | None:
    """The message on top of a room's chat."""
    return await state_queries.pinned(conn, room_id)
