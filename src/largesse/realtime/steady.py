"""A clock for what a process shows: set once, and never jumping with the process's own."""

import time
from datetime import datetime, timedelta


class SteadyClock:
    """Begins at a moment of the database's clock."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._began_at_s = time.monotonic()

    def now(self) -> datetime:
        """The present moment, UTC."""
        return self._at + timedelta(seconds=time.monotonic() - self._began_at_s)
