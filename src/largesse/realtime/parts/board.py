"""What is read in a room: its newest events, the message on top, the paid messages on top, the rules of its chat."""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from largesse.realtime.events import LoggedEvent
from largesse.realtime.limits import PINNED_KEPT, RECENT_EVENTS_MAX
from largesse.realtime.retelling import Change, as_change, hides, retold
from largesse.realtime.said import (
    ChatRules,
    ModerationEvent,
    PaidMessageEvent,
    PinEvent,
    UnpinEvent,
)

Rank: TypeAlias = tuple[int, int]
"""Coins and number of a paid message: of two on top, the greater stands above."""


@dataclass(frozen=True, slots=True)
class PinnedPage:
    """Some of the paid messages on top."""

    messages: Sequence[PaidMessageEvent] = ()
    below: Rank | None = None
    """There may be more of lower ranks; none: there are not."""


PinnedReader: TypeAlias = Callable[[Rank], Awaitable[PinnedPage]]
"""Reads the next ones below a rank, of those that were given before the room's start."""


@dataclass(frozen=True, slots=True)
class BoardStart:
    """The board as one consistent read found it."""

    recent: Sequence[LoggedEvent] = field(default_factory=list)
    pinned: PinnedPage = PinnedPage()
    approved: Sequence[PaidMessageEvent] = ()
    """All that are on top since they were approved."""
    pinned_max: int = 50
    """So many are shown; further ones wait below until dearer ones have gone."""
    read_pinned: PinnedReader | None = None
    pin: PinEvent | None = None
    chat_rules: ChatRules | None = None


class Board:
    """Follows from messages, pins and moderation in the log."""

    def __init__(self, start: BoardStart) -> None:
        self._recent: deque[LoggedEvent] = deque(start.recent, maxlen=RECENT_EVENTS_MAX)
        known = (*start.pinned.messages, *start.approved)
        self._pinned = {message.seq: message for message in known}
        self._below: set[int] = set()
        self.pinned_max = start.pinned_max
        self.below = start.pinned.below
        """Below this rank not all is known that was given before the start."""
        self._meanwhile: list[Change] | None = None
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
        if self._meanwhile is not None:
            self._meanwhile.append(change)
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
        """Paid messages whose time on top is not over, the dearest first, of equals the newest; at most pinned_max."""
        return self._on_top(at)[: self.pinned_max]

    def show_pinned(self, at: datetime) -> list[PaidMessageEvent]:
        """The same for somebody who comes: what he is not shown is told by `risen` when it is its turn."""
        there = self._on_top(at)
        self._below.update(message.seq for message in there[self.pinned_max :])
        return there[: self.pinned_max]

    @property
    def crowded(self) -> bool:
        """Somebody was not shown all that is on top, or not all of it is known."""
        return bool(self._below) or self.below is not None

    def risen(self, at: datetime) -> list[PaidMessageEvent]:
        """What somebody was not shown when he came and is among the shown now; each is given once."""
        there = self._on_top(at) if self._below else []
        self._below &= {message.seq for message in there}
        found = [message for message in there[: self.pinned_max] if message.seq in self._below]
        self._below.difference_update(message.seq for message in found)
        return found

    def lacks(self, at: datetime) -> bool:
        """Something may be missing among the shown."""
        if self.below is None:
            return False
        known = sum((each.coins, each.seq) >= self.below for each in self._on_top(at))
        return known < self.pinned_max

    def begin_filling(self) -> None:
        """More is being read: what changes until `end_filling` holds for that too."""
        self._meanwhile = []

    def end_filling(self, page: PinnedPage | None) -> None:
        """It was read, or could not be. Nobody was shown it: `risen` tells it when it is its turn."""
        changes, self._meanwhile = self._meanwhile or [], None
        if page is None:
            return
        self.below = page.below
        for message in page.messages:
            if not any(_takes_down(change, message) for change in changes):
                self._pinned[message.seq] = message
                self._below.add(message.seq)

    def _on_top(self, at: datetime) -> list[PaidMessageEvent]:
        there = [message for message in self._pinned.values() if _holds(message, at)]
        return sorted(there, key=lambda message: (-message.coins, -message.seq))


def _takes_down(change: Change, message: PaidMessageEvent) -> bool:
    if isinstance(change, UnpinEvent):
        return change.target_seq == message.seq
    return hides(change, message)


def _holds(message: PaidMessageEvent, at: datetime) -> bool:
    return message.pinned_until is not None and message.pinned_until > at
