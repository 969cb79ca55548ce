"""Open streaks and their running totals."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from largesse.identity import Person
from largesse.realtime.events import (
    AnimationKind,
    GiftEvent,
    GiftVersion,
    LoggedEvent,
    StreakEndEvent,
    StreakEvent,
    StreakTotal,
    StreamEndEvent,
)

_ENDED_MAX = 10_000
"""So many ends are remembered; a gift comes late by moments, not by thousands of streaks."""


class StreakName(NamedTuple):
    """What tells a streak of a room from the others, as viewers see it."""

    sender_id: UUID
    gift_id: UUID
    version: int
    streak: UUID


def streak_name(of: GiftEvent | StreakTotal) -> StreakName | None:
    """The name of a gift's streak, or of a total's."""
    if of.streak is None:
        return None
    return StreakName(of.sender.id, of.gift.id, of.gift.version, of.streak)


@dataclass(frozen=True, slots=True)
class StreaksStart:
    """The streaks of one consistent read."""

    open: Sequence[StreakTotal] = ()
    """The oldest first."""
    ended: Collection[StreakName] = ()
    """Those that ended lately, so that gifts which come too late are known for what they are."""


@dataclass(slots=True)
class _Running:
    streak: UUID
    sender: Person
    gift: GiftVersion
    animation_kind: AnimationKind
    gifts: int = 0
    count: int = 0
    coins: int = 0
    milli_diamonds: int = 0

    def add(self, gift: GiftEvent) -> None:
        self.sender = gift.sender
        self.gifts += 1
        self.count += gift.count
        self.coins += gift.coins
        self.milli_diamonds += gift.milli_diamonds

    def total(self) -> StreakTotal:
        return StreakTotal(
            streak=self.streak,
            sender=self.sender,
            gift=self.gift,
            animation_kind=self.animation_kind,
            gifts=self.gifts,
            count=self.count,
            coins=self.coins,
            milli_diamonds=self.milli_diamonds,
        )


def _running(total: StreakTotal) -> _Running:
    return _Running(**{name: getattr(total, name) for name in StreakTotal.model_fields})


class Streaks:
    """Follows from gifts and ends of streaks in the log."""

    def __init__(self, start: StreaksStart) -> None:
        self._open: dict[StreakName, _Running] = {}
        for total in start.open:
            if (name := streak_name(total)) is not None:
                self._open[name] = _running(total)
        self._ended: OrderedDict[StreakName, None] = OrderedDict.fromkeys(start.ended)
        self._changed: dict[StreakName, datetime] = {}

    def settle(self, event: LoggedEvent) -> LoggedEvent:
        """The event as viewers see it: a gift that came after its streak had ended is a single gift."""
        if not isinstance(event, GiftEvent) or event.streak is None:
            return event
        if streak_name(event) not in self._ended:
            return event
        return event.model_copy(update={"streak": None})

    def apply(self, event: LoggedEvent) -> None:
        """Add a gift to its streak, or close one."""
        if isinstance(event, GiftEvent):
            if (name := streak_name(event)) is not None:
                self._add(name, event)
        elif isinstance(event, StreakEndEvent):
            if (name := streak_name(event.total)) is not None:
                self.end(name)
        elif isinstance(event, StreamEndEvent):
            self._open.clear()
            self._changed.clear()

    def _add(self, name: StreakName, gift: GiftEvent) -> None:
        running = self._open.get(name)
        if running is None:
            running = _Running(name.streak, gift.sender, gift.gift, gift.animation_kind)
            self._open[name] = running
        running.add(gift)
        self._changed[name] = gift.at

    def end(self, name: StreakName) -> None:
        """It is over; a gift of it that comes later is a single gift."""
        self._open.pop(name, None)
        self._changed.pop(name, None)
        self._ended[name] = None
        if len(self._ended) > _ENDED_MAX:
            self._ended.popitem(last=False)

    def open(self) -> list[StreakTotal]:
        """Those that are open, the oldest first."""
        return [running.total() for running in self._open.values()]

    def take_told(self) -> list[StreakEvent]:
        """The totals that changed since the last call: one event for each streak, whatever it got."""
        if not self._changed:
            return []
        changed, self._changed = self._changed, {}
        return [
            StreakEvent(type="streak", seq=None, at=at, total=self._open[name].total())
            for name, at in changed.items()
        ]
