"""Ties a hub to the bus: takes in what others tell, tells its own viewers, and compares with the log in between."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from largesse.realtime.audience import TRUST_S
from largesse.realtime.bus import Bus
from largesse.realtime.hub import Hub
from largesse.realtime.notices import Moved, Notice, Watched

COMPARE_S = 1.0
"""How often the open rooms are compared with the log: no gap stays longer."""
COMPARE_PAUSE_S = 0.1
"""Between two comparisons at least, however many rooms are opened."""
BEAT_S = 2.0
"""How often the viewers here are told to the others."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RoomHead:
    """Where a room's log ends, and whether it takes gifts."""

    seq: int
    gifting: bool


ReadHeads = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, RoomHead]]]
"""The heads of rooms as committed now."""


class Link(AbstractAsyncContextManager["Link"]):
    """Runs while its block does.

    Again and again the open rooms are compared with the log, so that nothing stays unseen: neither what was told while
    we did not listen, nor what a process committed and was killed before it could tell.
    """

    def __init__(self, hub: Hub, bus: Bus, read_heads: ReadHeads) -> None:
        self._hub = hub
        self._bus = bus
        self._read_heads = read_heads
        self._heard_at_s: dict[UUID, float] = {}
        self._beat_at_s = float("-inf")
        self._compared_at_s = float("-inf")
        self._opened: set[UUID] = set()
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Link":
        await self._bus.start(self)
        self._task = asyncio.create_task(self._keep_beating(), name="bus, beating")
        return self

    async def __aexit__(self, *_: Any) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._bus.stop()

    # --- what others tell

    def heard(self, origin: UUID, notices: Sequence[Notice]) -> None:
        self._heard_at_s[origin] = time.monotonic()
        for notice in notices:
            if isinstance(notice, Watched):
                self._hub.count_elsewhere(origin, notice)
            else:
                self._hub.apply(notice)

    def heard_events(self, origin: UUID, room_id: UUID, seq: int, texts: Sequence[str]) -> None:
        self._heard_at_s[origin] = time.monotonic()
        self._hub.hear(room_id, seq, texts)

    def resumed(self) -> None:
        self._hub.overlays.wake_all()
        self._compared_at_s = float("-inf")
        self._due.set()

    def opened(self, room_ids: Collection[UUID]) -> None:
        self._opened.update(room_ids)
        self._due.set()

    # --- beats

    async def _keep_beating(self) -> None:
        while True:
            try:
                await self._compare()
            except Exception:  # the link must outlive a database that is away for a while
                log.exception("cannot compare the rooms with the log; trying again")
            await asyncio.sleep(min(COMPARE_PAUSE_S, COMPARE_S))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(COMPARE_S):
                    await self._due.wait()

    async def _compare(self) -> None:
        self._due.clear()
        if time.monotonic() >= self._beat_at_s + BEAT_S:
            self._beat()
        moment_s = time.monotonic()
        rooms = list(self._opened)
        if moment_s >= self._compared_at_s + COMPARE_S:
            self._compared_at_s = moment_s
            rooms = self._hub.open_rooms()
        self._opened.clear()
        heads = await self._read_heads(rooms) if rooms else {}
        for room_id, head in heads.items():
            self._hub.apply(Moved(room_id, head.seq))
            self._hub.set_gifting(room_id, head.gifting)

    def _beat(self) -> None:
        self._beat_at_s = time.monotonic()
        self._forget_silent()
        self._hub.tell_viewers()
        self._bus.touch()

    def _forget_silent(self) -> None:
        """A process that is not heard any more may have changed what lives before it could say so."""
        self._hub.forget_old_counts()
        oldest_s = time.monotonic() - TRUST_S
        silent = [origin for origin, at_s in self._heard_at_s.items() if at_s < oldest_s]
        for origin in silent:
            del self._heard_at_s[origin]
        if silent:
            self._hub.overlays.wake_all()
