"""Viewers who lose their server and come back elsewhere: a process of its own, with clients that wait as the web's do.

It gets its plan as one line of JSON and answers once everybody is in a room. The next line, of the moment when the
server is told to go, is answered when everybody is back, and every gift that was sent has its answer.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast

import uuid_utils
import uvloop

from bench.rooms_dialects import CLOSE, DIALECTS, LONG, PING, PONG, VERY_LONG, client_frame

_DIALECT = DIALECTS["largesse"]
_AT_ONCE = 100
"""Connections that are being opened at the start."""
_GIFTS_EACH_TIME = 5
_GIFT_PAUSE_S = 0.25
_BACKOFF_LEAST_S, _BACKOFF_FIRST_S, _BACKOFF_MAX_S = 0.1, 0.5, 20.0
"""As in web/src/lib/live/backoff.ts."""
_AGAIN_S = 1.0
PASSING = frozenset({"too_fast", "unavailable"})
"""Refusals after which the same gift may be sent again."""
_PATIENCE_S = 120.0


@dataclass(slots=True)
class Seen:
    """What became of all of them. Moments are of the monotonic clock, which processes share."""

    codes: Counter[int] = field(default_factory=Counter)
    told_at_s: list[float] = field(default_factory=list)
    back_at_s: list[float] = field(default_factory=list)
    away_s: list[float] = field(default_factory=list)
    tries: int = 0
    gifts: int = 0
    sent_again: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    over: bool = False
    """Nobody gives any more."""


class Viewer:
    """Somebody who stays, whichever connection he has."""

    def __init__(self, token: str, room: str, ports: list[int], seen: Seen, *, gives: bool) -> None:
        self.token = token
        self.room = room
        self.port, self._next_port = ports
        self.seen = seen
        self.gives = gives
        self.open_gifts: set[str] = set()
        self.joined = asyncio.Event()
        self._told_at_s: float | None = None
        self._tries = 0

    async def connect(self) -> None:
        """One try."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: Line(self), "127.0.0.1", self.port)

    def closed(self, code: int) -> None:
        """The server said goodbye."""
        self.seen.codes[code] += 1
        self._told_at_s = time.monotonic()
        self.seen.told_at_s.append(self._told_at_s)

    def lost(self) -> None:
        """Come back after a wait, where the load balancer sends everybody now."""
        if self.joined.is_set() and self._told_at_s is None:
            self.closed(1006)
        self.joined.clear()
        self.port = self._next_port
        bound_s = min(_BACKOFF_MAX_S, _BACKOFF_FIRST_S * 2 ** (self._tries + 1))
        self._tries += 1
        wait_s = _BACKOFF_LEAST_S + random.random() * (bound_s - _BACKOFF_LEAST_S)
        asyncio.get_running_loop().call_later(wait_s, self._return)

    def _return(self) -> None:
        self.seen.tries += 1
        asyncio.ensure_future(self._try())  # noqa: RUF006 - it ends by itself, or tries again

    async def _try(self) -> None:
        try:
            await self.connect()
        except OSError:
            self.lost()

    def welcome(self) -> None:
        """In the room: for the first time, or again."""
        self.joined.set()
        if self._told_at_s is None:
            return
        now_s = time.monotonic()
        self.seen.back_at_s.append(now_s)
        self.seen.away_s.append(now_s - self._told_at_s)
        self._told_at_s, self._tries = None, 0


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._upgraded = False
        self._rest = b""
        self._giving: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class
        self._transport.write(_DIALECT.upgrade(self._viewer.room, self._viewer.port))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._giving is not None:
            self._giving.cancel()
        self._viewer.lost()

    def data_received(self, data: bytes) -> None:
        data, at = self._rest + data, 0
        if not self._upgraded:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._rest = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                self._transport.close()
                return
            self._upgraded, at = True, end + 4
            self._transport.write(_DIALECT.greeting(self._viewer.token))
        while len(data) - at >= 2:
            length, start = data[at + 1], at + 2
            if length in (LONG, VERY_LONG):
                start += 2 if length == LONG else 8
                length = int.from_bytes(data[at + 2 : start])
            if len(data) < start + length:
                break
            self._message(data[at] & 15, data[start : start + length])
            at = start + length
        self._rest = data[at:]

    def _message(self, opcode: int, payload: bytes) -> None:
        viewer = self._viewer
        if opcode == CLOSE:
            viewer.closed(int.from_bytes(payload[:2]))
            self._transport.write(client_frame(payload[:2], CLOSE))
            self._transport.close()
        elif opcode == PING:
            self._transport.write(client_frame(payload, PONG))
        elif payload.startswith(b'{"op":"snapshot"'):
            viewer.welcome()
            if viewer.gives:
                viewer.seen.sent_again += len(viewer.open_gifts)
                self._send(viewer.open_gifts)
                self._give()
        elif viewer.gives and payload.startswith(b'{"op":"ack"'):
            viewer.open_gifts.discard(json.loads(payload)["id"])
        elif viewer.gives and payload.startswith(b'{"op":"error"'):
            self._refused(json.loads(payload))

    def _refused(self, answer: dict[str, Any]) -> None:
        """For good, or it is sent again a little later: from this connection, or when there is another one."""
        self._viewer.seen.refused[answer["code"]] += 1
        if answer["code"] not in PASSING:
            self._viewer.open_gifts.discard(answer["id"])
        elif not self._transport.is_closing():
            later = asyncio.get_running_loop().call_later
            later(_AGAIN_S, self._send, {answer["id"]})

    def _give(self) -> None:
        viewer = self._viewer
        if viewer.seen.over:
            return
        more = {str(uuid_utils.uuid7()) for _ in range(_GIFTS_EACH_TIME)}
        viewer.seen.gifts += len(more)
        viewer.open_gifts |= more
        self._send(more)
        self._giving = asyncio.get_running_loop().call_later(_GIFT_PAUSE_S, self._give)

    def _send(self, ids: set[str]) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(b"".join(_DIALECT.gift_of(id_, "rose") for id_ in sorted(ids)))


async def _arrive(viewers: list[Viewer]) -> None:
    for first in range(0, len(viewers), _AT_ONCE):
        some = viewers[first : first + _AT_ONCE]
        await asyncio.gather(*(viewer.connect() for viewer in some))
        await asyncio.gather(*(viewer.joined.wait() for viewer in some))


async def _lose_and_find(viewers: list[Viewer], seen: Seen) -> None:
    """Until everybody is back, and has given for the last time."""
    async with asyncio.timeout(_PATIENCE_S):
        while len(seen.back_at_s) < len(viewers):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        seen.over = True
        while any(viewer.open_gifts for viewer in viewers):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def _told(seen: Seen, began_s: float) -> dict[str, Any]:
    return {
        "codes": {str(code): count for code, count in seen.codes.items()},
        "told_s": sorted(at_s - began_s for at_s in seen.told_at_s),
        "back_s": sorted(at_s - began_s for at_s in seen.back_at_s),
        "away_s": sorted(seen.away_s),
        "tries": seen.tries,
        "gifts": seen.gifts,
        "sent_again": seen.sent_again,
        "refused": dict(seen.refused),
    }


async def main() -> None:
    """Read the plan, arrive, answer, lose the server, come back, answer."""
    plan = json.loads(sys.stdin.buffer.readline())
    seen = Seen()
    viewers = [
        Viewer(token, room, plan["ports"], seen, gives=number < plan["givers"])
        for number, (token, room) in enumerate(plan["seats"])
    ]
    await _arrive(viewers)
    print(json.dumps({"ready": len(viewers)}), flush=True)
    line = await asyncio.to_thread(sys.stdin.buffer.readline)
    began_s: float = json.loads(line)["at_s"]
    await _lose_and_find(viewers, seen)
    print(json.dumps(_told(seen, began_s)), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
