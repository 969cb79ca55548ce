"""What is read in a room: its newest events, the message on top, the paid messages on top, the rules of its chat."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from largesse.realtime.events import LoggedEvent
from largesse.realtime.limits import PINNED_KEPT, PINNED_MAX, RECENT_EVENTS_MAX
from largesse.realtime.retelling import Change, as_change, hides, retold
from largesse.realtime.said import (
    ChatRules,
    ModerationEvent,
    PaidMessageEvent,
    PinEvent,
    UnpinEvent,
)


@dataclass(frozen=True, slots=True)
class BoardStart:
    """The board as one consistent read found it."""

    recent: Sequence[LoggedEvent] = field(default_factory=list)
    pinned: Sequence[PaidMessageEvent] = ()
    pin: PinEvent | None = None
    chat_rules: ChatRules | None = None


class Board:
    """Follows from messages, pins and moderation in the log."""

    def __init__(self, start: BoardStart) -> None:
        self._recent: deque[LoggedEvent] = deque(start.recent, maxlen=RECENT_EVENTS_MAX)
        self._pinned = {message.seq: message for message in start.pinned}
        self._below: set[int] = set()
        self.pin = start.pin
        self.chat_rules = start.chat_rules

    def apply(self, event: LoggedEvent) -> None:
        change = as_change(event)
        if change is not None:
            self._change(change)
        elif isinstance(event, PaidMessageEvent):
            self._put(event)
        elif isinstance(event, PinEvent):
            self.pin = event if event.text is not None else None
        elif isinstance(event, ModerationEvent) and event.rules is not None:
            self.chat_rules = event.rules
        self._recent.append(event)

    def hide(self, change: ModerationEvent) -> None:
        """Something was removed in a room that takes no events any more."""
        self._change(change)

    def _change(self, change: Change) -> None:
        """Let what was said before read as it does now."""
        for place, earlier in enumerate(self._recent):
            self._recent[place] = retold(earlier, change)
        if isinstance(change, UnpinEvent):
            self._pinned.pop(change.target_seq, None)
            if self.pin is not None and self.pin.target_seq == change.target_seq:
                self.pin = None
        elif change.action != "approve":
            self._take_away(change)
        elif change.message is not None:
            self._put(change.message)

    def _take_away(self, change: ModerationEvent) -> None:
        """A message that has no text any more is not on top either."""
        for message in [message for message in self._pinned.values() if hides(change, message)]:
            del self._pinned[message.seq]
        if self.pin is not None and hides(change, self.pin):
            self.pin = None

    def _put(self, message: PaidMessageEvent) -> None:
        if message.pinned_until is not None:
            if len(self._pinned) >= PINNED_KEPT:
                held = self._pinned.items()
                self._pinned = {seq: other for seq, other in held if _holds(other, message.at)}
            self._pinned[message.seq] = message

    def recent(self) -> list[LoggedEvent]:
        """The newest events, the oldest of them first; without texts that were removed."""
        return list(self._recent)

    def pinned(self, at: datetime) -> list[PaidMessageEvent]:
        """Paid messages whose time on top is not over, the dearest first, of equals the newest; at most PINNED_MAX."""
        return self._on_top(at)[:PINNED_MAX]

    def show_pinned(self, at: datetime) -> list[PaidMessageEvent]:
        """The same for somebody who comes: what he is not shown is told by `risen` when it is its turn."""
        there = self._on_top(at)
        self._below.update(message.seq for message in there[PINNED_MAX:])
        return there[:PINNED_MAX]

    @property
    def crowded(self) -> bool:
        """Somebody was not shown all that is on top."""
        return bool(self._below)

    def risen(self, at: datetime) -> list[PaidMessageEvent]:
        """What somebody was not shown when he came and is among the shown now; each is given once."""
        there = self._on_top(at) if self._below else []
        self._below &= {message.seq for message in there}
        found = [message for message in there[:PINNED_MAX] if message.seq in self._below]
        self._below.difference_update(message.seq for message in found)
        return found

    def _on_top(self, at: datetime) -> list[PaidMessageEvent]:
        there = [message for message in self._pinned.values() if _holds(message, at)]
        return sorted(there, key=lambda message: (-message.coins, -message.seq))


def _holds(message: PaidMessageEvent, at: datetime) -> bool:
    return message.pinned_until is not None and message.pinned_until > at
