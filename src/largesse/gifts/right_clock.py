"""Gifts bear the time of the process that writes them: it must be about the database's, which all processes share."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from largesse.gifts.errors import ClockWrong

OFF_MAX = timedelta(days=1)
"""With the day that an id may be old: what searches by the time in an id allow for (`ledger`, id_times.SLACK)."""


class RightClock:
    """The database's time as it was last read, carried on by a clock that never jumps."""

    def __init__(self) -> None:
        self._read: tuple[datetime, float] | None = None
        self._heeded = True

    def set(self, moment: datetime) -> None:
        """The database has just said that it is this late."""
        self._read = moment, time.monotonic()

    def is_right(self, at: datetime) -> bool:
        """Whether this process may take this for the present; also while the database was not asked yet."""
        if self._read is None or not self._heeded:
            return True
        moment, read_s = self._read
        return abs(at - moment - timedelta(seconds=time.monotonic() - read_s)) <= OFF_MAX

    def check(self, at: datetime) -> None:
        """Raise ClockWrong."""
        if not self.is_right(at):
            raise ClockWrong

    @contextmanager
    def unheeded(self) -> Iterator[None]:
        """Within the block gifts are of any time: those of a history."""
        self._heeded = False
        try:
            yield
        finally:
            self._heeded = True
