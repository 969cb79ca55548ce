"""What is being done for one socket and not answered yet."""

import asyncio

from largesse.realtime.limits import GIFTS_IN_FLIGHT_MAX
from largesse.realtime.open_sockets import GOING_AWAY
from largesse.realtime.outbox import Outbox


class InFlight:
    """Counts it. A socket that is to part takes up nothing more, and ends once everything is answered."""

    def __init__(self, outbox: Outbox) -> None:
        self.count = 0
        self.parting = False
        self._outbox = outbox
        self._landed = asyncio.Event()

    @property
    def takes_more(self) -> bool:
        """One more gift may begin at once."""
        return self.count < GIFTS_IN_FLIGHT_MAX and not self.parting

    def begin(self) -> None:
        self.count += 1

    def end(self) -> None:
        """Its answer is on its way."""
        self.count -= 1
        self._landed.set()
        if self.parting and not self.count:
            self._outbox.finish(GOING_AWAY)

    def part(self) -> None:
        """The process ends. What the client still sends it sends again, under the same ids, elsewhere."""
        self.parting = True
        if not self.count:
            self._outbox.finish(GOING_AWAY)

    async def room(self) -> None:
        """Wait until the gift whose message has begun already may begin."""
        while self.count > GIFTS_IN_FLIGHT_MAX:
            self._landed.clear()
            await self._landed.wait()
