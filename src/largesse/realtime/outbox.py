"""What waits to be sent on one socket: bounded, with one reader."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Protocol

from largesse.realtime.limits import OUTBOX_FRAMES_MAX
from largesse.realtime.wire import Prepared, encode_frame

TOO_SLOW = 4408
_TAKEN_MAX = 16
"""Frames handed out at a time: they no longer count as waiting, so these are few."""


class Wire(Protocol):
    """A connection, for frames that it takes at once: nearly all, and then nobody need be woken for them."""

    open: bool
    """It takes frames, unless it `is_closing`."""

    def write(self, data: bytes, /) -> None: ...

    def is_closing(self) -> bool: ...


class _Unplugged:
    """A connection that is written to by its own task alone."""

    open = False

    def write(self, data: bytes, /) -> None:
        raise AssertionError("it takes nothing")

    def is_closing(self) -> bool:
        return True


class Outbox:
    """Frames for one socket. `finish` closes it once they are sent, `abort` at once."""

    def __init__(self, limit: int = OUTBOX_FRAMES_MAX) -> None:
        self.close_code: int | None = None
        self.aborted = asyncio.Event()
        self._limit = limit
        self._frames: deque[str] = deque()
        self._held: deque[str] | None = None
        self._wake = asyncio.Event()
        self._sent = asyncio.Event()
        self.idle = False
        """Nothing waits or is held back, everything that was handed out is sent, and it is open."""
        self.wire: Wire = _Unplugged()

    def push(self, frame: str) -> None:
        """Send or queue an answer; a socket that does not keep up is closed."""
        if self.idle and self.wire.open and not self.wire.is_closing():
            self.wire.write(encode_frame(frame))
        elif self.close_code is None:
            self._append(self._frames, frame)

    def queue_live(self, frame: str) -> None:
        """Queue a room's frame: behind the replay while that is being read."""
        if self.close_code is None:
            self._append(self._frames if self._held is None else self._held, frame)

    def _append(self, queue: deque[str], frame: str) -> None:
        if len(self._frames) + len(self._held or ()) >= self._limit:
            self.abort(TOO_SLOW)
            return
        queue.append(frame)
        self.idle = False
        self._wake.set()

    def hold_live(self) -> None:
        """Until `release_live`, the room's frames wait aside."""
        self._held = deque()
        self.idle = False

    def release_live(self) -> None:
        self._frames.extend(self._held or ())
        self._held = None
        self._wake.set()

    def finish(self, code: int) -> None:
        """Take no more frames, send those that wait, then close."""
        if self.close_code is None:
            self.close_code = code
            self.idle = False
            self._wake.set()
            self._sent.set()

    def abort(self, code: int) -> None:
        """Close without sending what waits."""
        if not self.aborted.is_set():
            self.close_code = code
            self.idle = False
            self._frames.clear()
            self._held = None
            self.aborted.set()
            self._wake.set()
            self._sent.set()

    async def next(self) -> list[str]:
        """The next frames, some at a time; empty when there will be no more."""
        while not self._frames:
            if self.close_code is not None:
                return []
            self._wake.clear()
            self.idle = self._held is None
            try:
                await self._wake.wait()
            finally:
                self.idle = False
        self._sent.set()
        if len(self._frames) > _TAKEN_MAX:
            return [self._frames.popleft() for _ in range(_TAKEN_MAX)]
        frames = list(self._frames)
        self._frames.clear()
        return frames

    @property
    def crowded(self) -> bool:
        """Half of the places are taken: who asks faster than he reads answers is not read from."""
        return self.close_code is None and len(self._frames) >= self._limit // 2

    async def room(self) -> None:
        """Wait until it is not crowded."""
        while self.crowded:
            self._sent.clear()
            await self._sent.wait()


def push_live(outboxes: Iterable[Outbox], frame: Prepared) -> None:
    """Send or queue a room's frame on every one of its sockets; one that does not keep up is closed."""
    data = frame.data
    # Tens of thousands of times a second, so nothing is called that need not be.
    for outbox in outboxes:
        wire = outbox.wire
        if outbox.idle and wire.open and not wire.is_closing():
            wire.write(data)
        else:
            outbox.queue_live(frame)
