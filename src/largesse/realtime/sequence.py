"""Puts a room's events in order: commits are told by several sources, so numbers may arrive swapped."""

from collections.abc import Iterable

from largesse.realtime.limits import HELD_EVENTS_MAX
from largesse.realtime.told import Told


class Sequence:
    """Hands out events strictly by number, each once; holds back what follows a gap."""

    def __init__(self, last: int) -> None:
        self.last = last
        """The last number handed out."""
        self._known = last
        self._held: dict[int, Told] = {}

    def hold(self, events: Iterable[Told]) -> None:
        """Take events in any order; what was handed out before is dropped."""
        for event in events:
            self.expect(event.seq)
            if event.seq > self.last and len(self._held) < HELD_EVENTS_MAX:
                self._held[event.seq] = event

    def expect(self, seq: int) -> None:
        """This number is committed, though its event is not at hand."""
        self._known = max(self._known, seq)

    def take(self) -> list[Told]:
        """The events that are next, in order."""
        ready: list[Told] = []
        while (event := self._held.pop(self.last + 1, None)) is not None:
            self.last += 1
            ready.append(event)
        return ready

    @property
    def gap(self) -> bool:
        """After `take`: a number before a known one is missing."""
        return self._known > self.last
