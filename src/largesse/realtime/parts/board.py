"""What is read in a room: its newest events, the message on top, the paid messages on top, the rules of its chat."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from largesse.realtime.events import LoggedEvent
from largesse.realtime.limits import RECENT_EVENTS_MAX
from largesse.realtime.said import ChatRules, PaidMessageEvent, PinEvent


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
        self._pinned = list(start.pinned)
        self.pin = start.pin
        self.chat_rules = start.chat_rules

    def apply(self, event: LoggedEvent) -> None:
        self._recent.append(event)

    def recent(self) -> list[LoggedEvent]:
        """The newest events, the oldest of them first; without texts that were removed."""
        return list(self._recent)

    def pinned(self, at: datetime) -> list[PaidMessageEvent]:
        """Paid messages whose time on top is not over, the dearest first."""
        return [message for message in self._pinned if _holds(message, at)]


def _holds(message: PaidMessageEvent, at: datetime) -> bool:
    return message.pinned_until is not None and message.pinned_until > at
