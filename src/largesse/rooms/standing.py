"""A room's events as they stand now: without texts that were removed, with those that pins and approvals show."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from largesse import ledger, moderation
from largesse.db import ReadConnection
from largesse.ledger import GiftRow, RoomEventRow
from largesse.moderation import MessageState
from largesse.realtime import LoggedEvent, ModerationEvent, PinEvent, said_in, without_text

Rows = Sequence[GiftRow | RoomEventRow]


async def states_of(conn: ReadConnection, rows: Rows) -> Mapping[int, MessageState]:
    """What became of the messages that rows of one room hold or are about, by number."""
    if not rows:
        return {}
    seqs = {row.seq for row in rows}
    seqs.update(seq for row in rows if (seq := moderation.target_of(row)) is not None)
    return await moderation.message_states(conn, rows[0].room_id, list(seqs))


async def as_they_stand(
    conn: ReadConnection,
    room_id: UUID,
    events: Sequence[LoggedEvent],
    states: Mapping[int, MessageState],
) -> list[LoggedEvent]:
    """The events after what became of their messages."""
    quoted = {seq for event in events if (seq := _quoted(event)) is not None}
    texts = await ledger.texts_at(conn, room_id, quoted) if quoted else {}
    return [_stands(event, states, texts) for event in events]


def _stands(
    event: LoggedEvent, states: Mapping[int, MessageState], texts: Mapping[int, str | None]
) -> LoggedEvent:
    seq = said_in(event)
    if seq is None:
        return event
    state = states.get(seq)
    if state is not None and state.removed:
        return without_text(event)
    if isinstance(event, PinEvent | ModerationEvent):
        return event.model_copy(update={"text": texts.get(seq) or ""})
    return event


def _quoted(event: LoggedEvent) -> int | None:
    """The number of another event, whose text this one shows."""
    return said_in(event) if isinstance(event, PinEvent | ModerationEvent) else None
