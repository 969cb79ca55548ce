"""Paid messages of a room as they stand: those on top of its chat, those that wait, those that were approved."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from largesse import gifts, identity, ledger, moderation
from largesse.db import ReadConnection
from largesse.gifts import GiftType
from largesse.identity import Person
from largesse.ledger import GiftRow
from largesse.messages import queries
from largesse.messages.events import paid_event, said_then
from largesse.messages.model import HELD, PAID
from largesse.moderation import MessageState
from largesse.realtime import PaidMessageEvent, PinnedPage, Rank

ROWS_READ = 500
"""At a time, where many were decided about before."""
_AS_SAID = MessageState()
_GONE_NAME = "?"


class PaidMessage(NamedTuple):
    """A paid message as it stands, with what was written, which the event leaves out unless it is shown."""

    event: PaidMessageEvent
    text: str
    held: bool
    """It was held when it was given; it may be approved or removed by now."""
    state: MessageState


async def pinned_max(conn: ReadConnection, started_at: datetime) -> int:
    """How many paid messages are on top of the chat of a stream at once: what held when it started."""
    return (await queries.limits(conn)).at(started_at)[0].pinned_max


async def pinned_by_approval(
    conn: ReadConnection, room_id: UUID, at: datetime
) -> list[PaidMessageEvent]:
    """Paid messages that are on top of a room's chat since somebody approved them, however long ago they were given."""
    approved = await moderation.pinned_by_approval(conn, room_id, at)
    rows = await ledger.gifts_at(conn, room_id, approved)
    types = await gifts.built_in_types(conn)
    return _on_top(await _as_they_stand(conn, room_id, rows, types), at)


async def pinned(
    conn: ReadConnection,
    room_id: UUID,
    at: datetime,
    *,
    upto: int,
    limit: int,
    below: Rank | None = None,
) -> PinnedPage:
    """The next of the paid messages on top of a room's chat that nobody had to approve: the dearest first, of equals
    the newest. At least `limit`, unless there are no more; of those up to a number of the room."""
    types = await gifts.built_in_types(conn)
    (type_no,) = _numbers(types, "paid_message")
    brackets = (await queries.tiers(conn)).on_top(at)
    found: list[PaidMessageEvent] = []
    while brackets and len(found) < limit:
        rows = await ledger.dearest_said(
            conn, room_id, type_no, brackets, upto=upto, below=below, limit=limit
        )
        found += _on_top(await _as_they_stand(conn, room_id, rows, types), at)
        if len(rows) < limit:
            break
        below = (rows[-1].coins, rows[-1].seq)
    else:
        return PinnedPage(found, below if brackets else None)
    return PinnedPage(found, None)


def _on_top(messages: Sequence[PaidMessage], at: datetime) -> list[PaidMessageEvent]:
    events = [message.event for message in messages]
    return [each for each in events if each.pinned_until is not None and each.pinned_until > at]


def _numbers(types: dict[int, GiftType], *kinds: str) -> list[int]:
    return [no for no, gift in types.items() if gift.kind in kinds]


async def paid_messages(
    conn: ReadConnection, room_id: UUID, seqs: Sequence[int]
) -> dict[int, PaidMessage]:
    """The paid messages among the events with these numbers, as they stand."""
    if not seqs:
        return {}
    types = await gifts.built_in_types(conn)
    rows = await ledger.gifts_at(conn, room_id, seqs)
    numbers = _numbers(types, *PAID)
    rows = [row for row in rows if row.gift_type_no in numbers]
    found = await _as_they_stand(conn, room_id, rows, types)
    return {message.event.seq: message for message in found}


async def held_messages(
    conn: ReadConnection, room_id: UUID, after: int, limit: int
) -> list[PaidMessage]:
    """The paid messages behind a number that wait for a moderator, the oldest first; at most `limit`."""
    types = await gifts.built_in_types(conn)
    waiting: list[PaidMessage] = []
    page = max(limit, ROWS_READ)
    while len(waiting) < limit:
        rows = await ledger.gifts_said(
            conn, room_id, _numbers(types, HELD), after=after, limit=page
        )
        found = await _as_they_stand(conn, room_id, rows, types)
        waiting.extend(message for message in found if message.event.state == "held")
        if len(rows) < page:
            break
        after = rows[-1].seq
    return waiting[:limit]


async def _as_they_stand(
    conn: ReadConnection, room_id: UUID, rows: Sequence[GiftRow], types: dict[int, GiftType]
) -> list[PaidMessage]:
    if not rows:
        return []
    tiers = await queries.tiers(conn)
    people = await identity.persons(conn, list({row.sender_id for row in rows}))
    states = await moderation.message_states(conn, room_id, [row.seq for row in rows])
    found = []
    for row in rows:
        gift = types[row.gift_type_no]
        sender = people.get(row.sender_id) or Person(id=row.sender_id, display_name=_GONE_NAME)
        state = states.get(row.seq, _AS_SAID)
        event = paid_event(said_then(row, gift), sender, tiers, state)
        assert isinstance(event, PaidMessageEvent)
        found.append(PaidMessage(event, row.message or "", gift.kind == HELD, state))
    return found
