"""The goals of a stream and how far they are."""

from collections.abc import Sequence

from largesse.realtime.events import Goal, LoggedEvent


class Goals:
    """Follows from goals, gifts, paid messages and cheers in the log."""

    def __init__(self, start: Sequence[Goal]) -> None:
        self._goals = list(start)

    def apply(self, event: LoggedEvent) -> None:
        """Count what was given, or take a goal as it was set, reached or cancelled."""

    def all(self) -> list[Goal]:
        """Open and reached ones in the order in which they were set."""
        return list(self._goals)
