"""How an event reads after a later one: a text that was removed is gone, a held message was approved, a pin is over.

The log in the database is read so too (`rooms.standing`); what is remembered here must say the same.
"""

from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

from largesse.realtime.events import GiftEvent, LoggedEvent
from largesse.realtime.said import (
    ChatEvent,
    CheerEvent,
    ModerationEvent,
    PaidMessageEvent,
    PinEvent,
    UnpinEvent,
)
from largesse.types import now

Change: TypeAlias = UnpinEvent | ModerationEvent
_CHANGING = frozenset({"remove", "ban", "approve"})


def as_change(event: LoggedEvent) -> Change | None:
    """The event, when earlier ones read differently after it."""
    if isinstance(event, UnpinEvent):
        return event
    if isinstance(event, ModerationEvent) and event.action in _CHANGING:
        return event
    return None


def removal(seq: int) -> ModerationEvent:
    """A removal that is in no log: rooms that have ended take no events."""
    return ModerationEvent(
        type="moderation", seq=0, at=now(), action="remove", by=None, target_seq=seq
    )


def retold(event: LoggedEvent, change: Change) -> LoggedEvent:
    """An earlier event as it reads after the change; the same object when it reads as before."""
    if isinstance(change, UnpinEvent):
        return _unpinned(event) if said_in(event) == change.target_seq else event
    if change.action == "approve":
        is_held = isinstance(event, PaidMessageEvent) and event.state == "held"
        return change.message or event if is_held and event.seq == change.target_seq else event
    return without_text(event) if hides(change, event) else event


def _unpinned(event: LoggedEvent) -> LoggedEvent:
    """A paid message, or its approval, that is on top no more."""
    if isinstance(event, PaidMessageEvent):
        return event.model_copy(update={"pinned_until": None})
    if isinstance(event, ModerationEvent) and event.message is not None:
        message = event.message.model_copy(update={"pinned_until": None})
        return event.model_copy(update={"pinned_until": None, "message": message})
    return event


def hides(change: ModerationEvent, event: LoggedEvent) -> bool:
    """Whether a removal or a ban takes the text of an earlier event away."""
    seq = said_in(event)
    if seq is None:
        return False
    if change.action == "remove":
        return seq == change.target_seq
    return change.action == "ban" and change.user is not None and author(event) == change.user.id


def said_in(event: LoggedEvent) -> int | None:
    """The number of the message whose text an event shows, if it shows any."""
    if isinstance(event, ChatEvent | CheerEvent | PaidMessageEvent | GiftEvent):
        return event.seq
    if isinstance(event, PinEvent) or (
        isinstance(event, ModerationEvent) and event.action == "approve"
    ):
        return event.target_seq
    return None


def author(event: LoggedEvent) -> UUID | None:
    """Who said the text that an event shows; the nil id where he gave anonymously."""
    if isinstance(event, ChatEvent | CheerEvent | PaidMessageEvent | GiftEvent | PinEvent):
        return event.sender.id
    if isinstance(event, ModerationEvent) and event.message is not None:
        return event.message.sender.id
    return None


def without_text(event: LoggedEvent) -> LoggedEvent:
    """An event whose text was removed."""
    if isinstance(event, PaidMessageEvent):
        return _removed(event)
    if isinstance(event, GiftEvent):
        return event.model_copy(update={"message": None})
    if isinstance(event, ModerationEvent):
        message = None if event.message is None else _removed(event.message)
        return event.model_copy(update={"text": None, "pinned_until": None, "message": message})
    if isinstance(event, CheerEvent):
        return event.model_copy(update={"text": None, "marks": []})
    if isinstance(event, ChatEvent | PinEvent):
        return event.model_copy(update={"text": None})
    return event


def _removed(message: PaidMessageEvent) -> PaidMessageEvent:
    gone = {"state": "removed", "text": None, "pinned_until": None}
    return message.model_copy(update=gone)


def mentions(change: Change) -> Callable[[int, str], bool]:
    """A quick look at an encoded event: False when the change cannot matter to it."""
    target = change.target_seq
    if target is None:
        who = f'"{change.user.id}"' if isinstance(change, ModerationEvent) and change.user else ""
        return lambda _, text: who in text
    return lambda seq, text: seq == target or f'"target_seq":{target}' in text
