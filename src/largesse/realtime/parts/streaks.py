"""Open streaks and their running totals."""

from collections.abc import Sequence
from dataclasses import dataclass

from largesse.realtime.events import LoggedEvent, StreakEvent, StreakTotal


@dataclass(frozen=True, slots=True)
class StreaksStart:
    """The streaks that are open in one consistent read."""

    open: Sequence[StreakTotal] = ()


class Streaks:
    """Follows from gifts and ends of streaks in the log."""

    def __init__(self, start: StreaksStart) -> None:
        self._open = list(start.open)

    def apply(self, event: LoggedEvent) -> None:
        """Add a gift to its streak, or close one."""

    def open(self) -> list[StreakTotal]:
        """Those that are open, the oldest first."""
        return list(self._open)

    def take_told(self) -> list[StreakEvent]:
        """The totals that changed since the last call: one event for each streak, whatever it got."""
        return []
