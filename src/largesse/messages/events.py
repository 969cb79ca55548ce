"""Rows of paid messages and cheers as the events that viewers see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from largesse.db import ReadConnection
from largesse.gifts import GiftKind, GiftType
from largesse.identity import Person
from largesse.ledger import GiftEntry, GiftRow
from largesse.messages import queries
from largesse.messages.desk import MessageDesk
from largesse.messages.marks import find_marks
from largesse.messages.model import CHEER, HELD, Tiers
from largesse.moderation import MessageState
from largesse.realtime import CheerEvent, PaidMessageEvent, SaidMark

PaidEvent: TypeAlias = PaidMessageEvent | CheerEvent
_AS_SAID = MessageState()
"""Nothing became of it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an event tells of a row, wherever the row is from."""

    kind: GiftKind
    seq: int
    at: datetime
    id: UUID
    coins: int
    milli_diamonds: int
    text: str | None


def said_now(entry: GiftEntry, gift: GiftType) -> Said:
    """Of a row that was just written."""
    request = entry.request
    return Said(
        kind=gift.kind,
        seq=entry.seq,
        at=entry.created_at,
        id=request.id,
        coins=request.coins,
        milli_diamonds=request.milli_diamonds,
        text=request.message,
    )


def told(entry: GiftEntry, gift: GiftType, sender: Person, desk: MessageDesk) -> PaidEvent | None:
    """What viewers are told of a row that was just written; None: this process knows no tiers yet."""
    if desk.known is None:
        return None
    return paid_event(said_now(entry, gift), sender, desk.known.tiers)


def said_then(row: GiftRow, gift: GiftType) -> Said:
    """Of a stored row."""
    return Said(
        kind=gift.kind,
        seq=row.seq,
        at=row.created_at,
        id=row.id,
        coins=row.coins,
        milli_diamonds=row.milli_diamonds,
        text=row.message,
    )


def paid_event(
    said: Said, sender: Person, tiers: Tiers, state: MessageState = _AS_SAID
) -> PaidEvent:
    """The event as it stands after what became of the message; its tier is that of its own moment."""
    if said.kind == CHEER:
        return _cheer(said, sender, tiers, state)
    tier = tiers.shown_paid_tier(said.coins, said.at)
    held = said.kind == HELD and state.approved_at is None
    shown = not held and not state.removed
    return PaidMessageEvent(
        type="paid_message",
        seq=said.seq,
        at=said.at,
        id=said.id,
        sender=sender,
        coins=said.coins,
        milli_diamonds=said.milli_diamonds,
        tier=tier.tier,
        color=tier.color,
        pin_s=tier.pin_s,
        pinned_until=_pinned_until(said, tier.pin_s, state) if shown else None,
        state="removed" if state.removed else "held" if held else "shown",
        text=(said.text or "") if shown else None,
    )


def _pinned_until(said: Said, pin_s: int, state: MessageState) -> datetime | None:
    if state.unpinned:
        return None
    if said.kind == HELD:
        return state.pinned_until
    return pin_end(said.at, pin_s)


def pin_end(start: datetime, pin_s: int) -> datetime | None:
    """Until when a message is on top that got there at `start`; None: it does not go there."""
    return start + timedelta(seconds=pin_s) if pin_s else None


def _cheer(said: Said, sender: Person, tiers: Tiers, state: MessageState) -> CheerEvent:
    tier = tiers.shown_cheer_tier(said.coins, said.at)
    text = None if state.removed else said.text
    return CheerEvent(
        type="cheer",
        seq=said.seq,
        at=said.at,
        id=said.id,
        sender=sender,
        coins=said.coins,
        milli_diamonds=said.milli_diamonds,
        tier=tier.tier,
        color=tier.color,
        marks=marks_of(text, said.at, tiers),
        text=text,
    )


def marks_of(text: str | None, at: datetime, tiers: Tiers) -> list[SaidMark]:
    """The marks of a cheer's text, each once, as they were when it was given."""
    found = find_marks(text or "", {mark.name for mark in tiers.marks.at(at)})
    return [
        SaidMark(name=name, coins=coins, color=tiers.shown_cheer_tier(coins, at).color)
        for name, coins in dict.fromkeys((mark.name, mark.coins) for mark in found)
    ]


async def paid_events(
    conn: ReadConnection,
    rows: Sequence[GiftRow],
    types: Mapping[int, GiftType],
    naming: Callable[[UUID], Person],
    states: Mapping[int, MessageState],
) -> dict[int, PaidEvent]:
    """The events of those of a room's rows that are no gifts of the catalogue, by their numbers."""
    said = [(row, types[row.gift_type_no]) for row in rows]
    said = [(row, gift) for row, gift in said if gift.kind != "gift"]
    if not said:
        return {}
    tiers = await queries.tiers(conn)
    return {
        row.seq: paid_event(
            said_then(row, gift), naming(row.sender_id), tiers, states.get(row.seq, _AS_SAID)
        )
        for row, gift in said
    }
