"""Gathers events into frames."""

import asyncio
import time
from collections.abc import Callable

from largesse.realtime.limits import FRAME_EVENTS_MAX, FRAME_PAUSE_MAX_S
from largesse.realtime.writing import write_frame


def _to_nobody(frame: str) -> None:
    """The room is over."""


class Ticker:
    """Sends at once when the room is quiet, and once per interval when it is busy.

    The interval grows with the time that a frame takes to reach all sockets, so that the largest room leaves half of
    the time to others: its viewers get fewer frames with more events in each.
    """

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
        self._took_s = 0.0

    def put(self, event_json: str) -> None:
        """Take one encoded event."""
        self._pending.append(event_json)
        if len(self._pending) >= FRAME_EVENTS_MAX:
            self.flush()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            pause_s = min(2 * self._took_s, FRAME_PAUSE_MAX_S)
            due_s = self._sent_at_s + max(self._interval_s, pause_s)
            # The next turn of the loop rather than now: one commit publishes many events.
            quiet = due_s <= loop.time()
            self._timer = loop.call_soon(self.flush) if quiet else loop.call_at(due_s, self.flush)

    def flush(self) -> None:
        """Send what was gathered."""
        self.close()
        if self._pending:
            loop = asyncio.get_running_loop()
            self._sent_at_s = loop.time()
            started_s = time.monotonic()
            frame = write_frame([*self._pending, *self._last()])
            self._pending = []
            self._send(frame)
            loop.call_soon(self._sent, started_s)

    def _sent(self, started_s: float) -> None:
        """In the next turn of the loop: what was written in the one before is on its way."""
        self._took_s = time.monotonic() - started_s

    def end(self) -> None:
        """Send nothing any more, and let go of whoever was sent to."""
        self.close()
        self._send, self._last = _to_nobody, list

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
