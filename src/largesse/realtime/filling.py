"""Reads the paid messages that a room's start left out, when dearer ones have gone."""

import asyncio
import logging
from collections.abc import Callable

from largesse.realtime.parts import Board, PinnedReader
from largesse.realtime.steady import SteadyClock

log = logging.getLogger(__name__)


def _nobody_waits() -> None:
    """The room is over."""


class Filling:
    """Of one room. One read at a time, whoever asks for it."""

    def __init__(
        self,
        board: Board,
        clock: SteadyClock,
        read: PinnedReader | None,
        on_read: Callable[[], None],
    ) -> None:
        self._board = board
        self._clock = clock
        self._read = read
        self._on_read = on_read
        self._task: asyncio.Task[None] | None = None
        self._failed = False

    async def whole(self) -> bool:
        """Whether all is known that is shown on top, said without waiting; else False, after reading on.

        True also after a read that failed: what is missing is told when a later one brings it.
        """
        if self._failed or not self._lacks():
            return True
        # Others wait for the same: who leaves stops nothing, and an end of the room is no end of theirs.
        await asyncio.wait({self._start()})
        return False

    def look(self) -> None:
        """Read on, if something is missing, without waiting for it."""
        if self._lacks():
            self._start()

    def close(self) -> None:
        """The room is over, and is held no longer."""
        self._on_read = _nobody_waits
        if self._task is not None:
            self._task.cancel()

    def _lacks(self) -> bool:
        return self._read is not None and self._board.lacks(self._clock.now())

    def _start(self) -> "asyncio.Task[None]":
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._fill())
        return self._task

    async def _fill(self) -> None:
        below = self._board.below
        if self._read is None or below is None:
            return
        self._board.begin_filling()
        try:
            page = await self._read(below)
        except Exception:  # a room must outlive a database that is away for a while
            log.exception("cannot read the paid messages of a room; trying again")
            self._board.end_filling(None)
            self._failed = True
            return
        self._board.end_filling(page)
        self._failed = False
        self._on_read()
