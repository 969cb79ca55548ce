"""Gathers events into frames."""

import asyncio
from collections.abc import Callable

from largesse.realtime.limits import FRAME_EVENTS_MAX
from largesse.realtime.writing import write_frame


class Ticker:
    """Sends at once when the room is quiet, and once per interval when it is busy."""

    def __init__(
        self,
        send: Callable[[str], None],
        interval_s: float,
        last: Callable[[], list[str]] = list,
    ) -> None:
        """`last` gives encoded events that end a frame: what its events come to."""
        self._last = last
        self._send = send
        self._interval_s = interval_s
        self._pending: list[str] = []
        self._timer: asyncio.Handle | None = None
        self._sent_at_s = float("-inf")

    def put(self, event_json: str) -> None:
        """Take one encoded event."""
        self._pending.append(event_json)
        if len(self._pending) >= FRAME_EVENTS_MAX:
            self.flush()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            due_s = self._sent_at_s + self._interval_s
            # The next turn of the loop rather than now: one commit publishes many events.
            quiet = due_s <= loop.time()
            self._timer = loop.call_soon(self.flush) if quiet else loop.call_at(due_s, self.flush)

    def flush(self) -> None:
        """Send what was gathered."""
        self.close()
        if self._pending:
            self._sent_at_s = asyncio.get_running_loop().time()
            frame = write_frame([*self._pending, *self._last()])
            self._pending = []
            self._send(frame)

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
