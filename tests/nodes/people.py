"""Who is in the rooms of a run: viewers who come back, at their server or at the other one, and who give and talk."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence

from largesse.types import new_id
from tests.reconnecting import BROKEN, RETRIED, ReconnectingClient
from tests.rooms.conftest import Socket

_MOVE_AFTER_S = 2.0
_CHAT_RETRIED = {*RETRIED, "too_fast", "slow_mode"}
_RETRY_S = 0.1


class Viewer(ReconnectingClient):
    """Watches from the first event on. With several addresses it goes on at the next when one does not answer."""

    def __init__(self, urls: Sequence[str]) -> None:
        super().__init__(urls[0])
        self._urls = list(urls)

    async def socket(self) -> Socket:
        while True:
            if len(self._urls) == 1:
                return await super().socket()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_MOVE_AFTER_S):
                    return await super().socket()
            self._move()

    async def _broken(self) -> None:
        await super()._broken()
        self._move()

    def _move(self) -> None:
        self._urls.append(self._urls.pop(0))
        self._url = self._urls[0]

    def gaps(self, last: int) -> int:
        """Numbers up to the last one that never came."""
        return len(set(range(1, last + 1)) - set(self.seen))

    def repeats(self) -> int:
        """Numbers that came again, or after a higher one."""
        again = sum(times - 1 for times in Counter(self.seen).values())
        return again + sum(
            later < earlier for earlier, later in zip(self.seen, self.seen[1:], strict=False)
        )


class Talker(ReconnectingClient):
    """Says something again and again."""

    async def talk_until(self, enough: asyncio.Event, pause_s: float) -> int:
        """Until told to stop; how many messages were acknowledged."""
        said = 0
        while not enough.is_set():
            id_ = str(new_id())
            while not await self._said(id_):  # noqa: ASYNC110 - nobody tells when
                await asyncio.sleep(_RETRY_S)
            said += 1
            await asyncio.sleep(pause_s)
        return said

    async def _said(self, id_: str) -> bool:
        socket = await self.socket()
        try:
            answer = await socket.chat("Good evening", id_)
        except BROKEN:
            await self._broken()
            return False
        assert answer["op"] == "ack" or answer["code"] in _CHAT_RETRIED, answer
        return bool(answer["op"] == "ack")
