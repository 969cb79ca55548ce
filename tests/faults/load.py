"""Viewers who give all the time, by HTTP and WebSocket at any of the servers, and ask by id until they know."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

from largesse.types import new_id
from tests.faults.buyers import buy
from tests.faults.clients import HttpClient, SocketClient
from tests.faults.stage import Stage, Viewer
from tests.faults.tally import Answer, Tally, Wish

LINES = 3
"""Gifts that one viewer has under way at once."""
GIFTS = {"rose": 1, "bracelet": 2, "finger-heart": 5, "applause": 9}
COUNT_MAX = 4
_BY_HTTP = 0.4
_TWINS = 0.04
_AGAIN = 0.06
_OTHER_UNDER_SAME_ID = 0.02
_PAUSE_S = 0.03
_RETRY_S = 0.2
_DRAIN_TIMEOUT_S = 150.0


class NotAnswered(Exception):
    """Gifts stay unanswered although every fault is over."""


class Load:
    """Starts giving at once; `pause` returns when everything sent is settled."""

    def __init__(self, stage: Stage, tally: Tally, base_urls: Sequence[str], *, seed: int) -> None:
        self._stage = stage
        self._tally = tally
        self._chance = random.Random(f"load {seed}")
        self._https = [HttpClient(url, tally) for url in base_urls]
        self._sockets = {
            (viewer.id, stream.id): [
                SocketClient(url, stream.id, viewer.token, tally) for url in base_urls
            ]
            for viewer in stage.viewers
            for stream in stage.streams
        }
        self._going = asyncio.Event()
        self._busy = 0
        self._lines: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._going.set()
        loop = asyncio.get_running_loop()
        for viewer in self._stage.viewers:
            self._lines += [loop.create_task(self._line(viewer)) for _ in range(LINES)]
        for buyer in self._stage.buyers:
            self._lines.append(loop.create_task(self._shop(buyer)))

    async def pause(self) -> None:
        """Send nothing new, and wait until everything is settled."""
        self._going.clear()
        try:
            async with asyncio.timeout(_DRAIN_TIMEOUT_S):
                while self._busy:
                    self._fail_early()
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise NotAnswered(f"{self._busy} senders still wait for an answer") from None

    def resume(self) -> None:
        self._going.set()

    async def stop(self) -> None:
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)
        for sockets in self._sockets.values():
            await asyncio.gather(*(socket.close() for socket in sockets))
        await asyncio.gather(*(http.close() for http in self._https))

    async def progress(self, count: int, timeout_s: float) -> None:
        """Wait until so many more gifts are acknowledged."""
        wanted = len(self._tally.acknowledged) + count
        try:
            async with asyncio.timeout(timeout_s):
                while len(self._tally.acknowledged) < wanted:
                    self._fail_early()
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise NotAnswered(f"no {count} gifts were acknowledged in {timeout_s:.0f} s") from None

    def _fail_early(self) -> None:
        for line in self._lines:
            if line.done():
                line.result()

    async def _line(self, viewer: Viewer) -> None:
        while True:
            await self._going.wait()
            self._busy += 1
            await self._give(viewer)
            self._busy -= 1
            await asyncio.sleep(self._chance.uniform(0, _PAUSE_S))

    async def _shop(self, buyer: Viewer) -> None:
        while True:
            await self._going.wait()
            self._busy += 1
            await buy(self._chance.choice(self._https), buyer, self._tally, self._chance)
            self._busy -= 1
            await asyncio.sleep(self._chance.uniform(0.5, 1.5))

    async def _give(self, viewer: Viewer) -> None:
        wish, dice = self._wish(viewer), self._chance.random()
        self._tally.sent[wish.id] = wish
        if dice < _TWINS:
            self._tally.repeats += 1
            await asyncio.gather(self._settle(wish), self._settle(wish))
            return
        await self._settle(wish)
        if dice > 1 - _AGAIN:
            self._tally.repeats += 1
            await self._settle(wish)
        elif dice > 1 - _AGAIN - _OTHER_UNDER_SAME_ID and wish.id in self._tally.acknowledged:
            await self._try_other(wish)

    def _wish(self, viewer: Viewer) -> Wish:
        stream = self._chance.choice(self._stage.streams)
        gift, price = self._chance.choice(list(GIFTS.items()))
        count = self._chance.randint(1, COUNT_MAX)
        return Wish(
            id=new_id(),
            sender_id=viewer.id,
            token=viewer.token,
            stream_id=stream.id,
            recipient_id=stream.recipient_id,
            gift=gift,
            count=count,
            coins=price * count,
        )

    async def _settle(self, wish: Wish) -> None:
        self._tally.settle(wish, await self._ask(wish))

    async def _try_other(self, wish: Wish) -> None:
        """Another gift under a used id must not go through."""
        answer = await self._ask(replace(wish, count=wish.count + 1))
        self._tally.conflicts += 1
        if answer.code != "idempotency_conflict":
            self._tally.surprise(f"another gift under the id {wish.id} was answered with {answer}")

    async def _ask(self, wish: Wish) -> Answer:
        """Ask, at whichever server and way, until the answer is definite."""
        while not (answer := await self._channel(wish).give(wish)).definite:
            self._tally.retries += 1
            await asyncio.sleep(self._chance.uniform(0, 2 * _RETRY_S))
        return answer

    def _channel(self, wish: Wish) -> HttpClient | SocketClient:
        server = self._chance.randrange(len(self._https))
        if self._chance.random() < _BY_HTTP:
            return self._https[server]
        return self._sockets[wish.sender_id, wish.stream_id][server]
