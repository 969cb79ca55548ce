"""Paid messages of a room as they stand: those on top of its chat, those that wait, those that were approved."""

from collections.abc import Sequence
from datetime import datetime, timedelta
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
from largesse.realtime import PaidMessageEvent

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


async def pinned(conn: ReadConnection, room_id: UUID, at: datetime) -> list[PaidMessageEvent]:
    """The paid messages on top of a room's chat at a moment: the dearest first, of equals the newest."""
    types = await gifts.built_in_types(conn)
    tiers = await queries.tiers(conn)
    since = at - timedelta(seconds=tiers.pin_s_max(at))
    # What was held may be approved long after it was given.
    approved = await moderation.pinned_by_approval(conn, room_id, at)
    rows = [
        *await ledger.gifts_said(conn, room_id, _numbers(types, "paid_message"), since=since),
        *await ledger.gifts_at(conn, room_id, approved),
    ]
    events = [message.event for message in await _as_they_stand(conn, room_id, rows, types)]
    return sorted((event for event in events if _is_on_top(event, at)), key=_order)


def _is_on_top(event: PaidMessageEvent, at: datetime) -> bool:
    return event.pinned_until is not None and event.pinned_until > at


def _order(event: PaidMessageEvent) -> tuple[int, int]:
    return -event.coins, -event.seq


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
