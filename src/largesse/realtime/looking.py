"""What looks after the open rooms of a process, again and again."""

import asyncio
import logging
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from typing import Any, Self

log = logging.getLogger(__name__)


class Looking(AbstractAsyncContextManager["Looking"]):
    """Looks, and waits, for as long as its block lasts. A look that fails is logged, and tried again."""

    def __init__(self, name: str) -> None:
        """`name`: of the task, and in the log."""
        self._name = name
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_looking(), name=self._name)
        return self

    async def __aexit__(self, *_: Any) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @abstractmethod
    def pause_s(self) -> float:
        """How long to wait before the next look."""

    @abstractmethod
    async def look(self) -> None:
        """One look."""

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(self.pause_s())
            try:
                await self.look()
            except Exception:  # rooms must outlive a database that is away for a while
                log.exception("%s: cannot look; trying again", self._name)
