"""The sockets of this process: how many are allowed, and how all of them end when the process does."""

import asyncio
import ipaddress
import logging
import random
from collections import Counter
from collections.abc import Callable
from uuid import UUID

from largesse.realtime.errors import TooManySockets
from largesse.realtime.limits import (
    DRAIN_SOCKETS_PER_S,
    DRAIN_SPREAD_MAX_S,
    ENTERING_MAX,
    SHUTDOWN_TIMEOUT_S,
    SOCKETS_PER_ADDRESS_MAX,
    SOCKETS_PER_USER_MAX,
)
from largesse.realtime.outbox import Outbox

log = logging.getLogger(__name__)

GOING_AWAY = 1001
_STEP_S = 0.05


class OpenSockets:
    """Every socket that was accepted and has not ended."""

    def __init__(self) -> None:
        self._sockets: set[Outbox] = set()
        self._partings: dict[Outbox, Callable[[], None]] = {}
        self._none = asyncio.Event()
        self._by_user: Counter[UUID] = Counter()
        self._by_address: Counter[str] = Counter()
        self.entering = asyncio.Semaphore(ENTERING_MAX)
        self.closing = False
        """The process ends: nobody is let in any more."""

    def __len__(self) -> int:
        return len(self._sockets)

    def opened(self, outbox: Outbox) -> None:
        """A socket was accepted."""
        self._sockets.add(outbox)
        if self.closing:
            outbox.abort(GOING_AWAY)

    def closed(self, outbox: Outbox) -> None:
        self._sockets.discard(outbox)
        self._partings.pop(outbox, None)
        if not self._sockets:
            self._none.set()

    def parts_by(self, outbox: Outbox, part: Callable[[], None]) -> None:
        """When all are told to go, this one is by `part`, which finishes it with GOING_AWAY soon."""
        self._partings[outbox] = part

    def count_user(self, user_id: UUID) -> None:
        """One more socket of this user."""
        if self._by_user[user_id] >= SOCKETS_PER_USER_MAX:
            raise TooManySockets
        self._by_user[user_id] += 1

    def uncount_user(self, user_id: UUID) -> None:
        self._by_user[user_id] -= 1
        if self._by_user[user_id] <= 0:
            del self._by_user[user_id]

    def count_address(self, address: str) -> None:
        """One more socket from there. In a private network a proxy may hide its clients' addresses: not limited."""
        if self._by_address[address] >= SOCKETS_PER_ADDRESS_MAX and _is_public(address):
            raise TooManySockets
        self._by_address[address] += 1

    def uncount_address(self, address: str) -> None:
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]

    async def drain(self) -> None:
        """Close every socket with 1001, after what waits for it and is being done for it, and wait until they are gone.

        Many are closed one after the other over some seconds in no order, so that their clients do not arrive
        elsewhere all in one instant.
        """
        self.closing = True
        self._none.clear()
        waiting = list(self._sockets)
        random.shuffle(waiting)
        spread_s = min(len(waiting) / DRAIN_SOCKETS_PER_S, DRAIN_SPREAD_MAX_S)
        steps = max(1, round(spread_s / _STEP_S))
        for step in range(steps):
            for outbox in waiting[step::steps]:
                part = self._partings.get(outbox)
                part() if part else outbox.finish(GOING_AWAY)
            if step < steps - 1:
                await asyncio.sleep(_STEP_S)
        if not await self._emptied():
            for outbox in tuple(self._sockets):
                outbox.abort(GOING_AWAY)
            await self._emptied()

    async def _emptied(self) -> bool:
        if self._sockets:
            try:
                await asyncio.wait_for(self._none.wait(), SHUTDOWN_TIMEOUT_S)
            except TimeoutError:
                log.warning("%d sockets did not close in time", len(self._sockets))
        return not self._sockets


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False  # a socket file: no address to count by
