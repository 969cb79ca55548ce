"""Gives gifts at a steady rate and times them: a process of its own, with some sockets that give and some that watch.

A gift's time is from when it was due to be sent until a watcher has its event, so that a giver held up counts as slow.
"""

import asyncio
import json
import random
import re
import sys
import time
from typing import Any, cast

import uuid_utils
import uvloop

from bench.rooms_dialects import (
    CLOSE,
    DIALECTS,
    LONG,
    PING,
    PONG,
    TEXT,
    VERY_LONG,
    Dialect,
    client_frame,
)

_STEP_S = 0.002
_EVENT = re.compile(rb'"type":"gift","seq":\d+,"at":"[^"]*","id":"([0-9a-f-]{36})"')


class Tally:
    """The gifts of one level."""

    def __init__(self) -> None:
        self.due_s: dict[bytes, float] = {}
        self.times_s: list[float] = []
        self.acknowledged = 0
        self.refused: list[str] = []

    def seen(self, id_: bytes, at_s: float) -> None:
        """A watcher has the event; gifts of an earlier level count no more."""
        due_s = self.due_s.get(id_)
        if due_s is not None:
            self.times_s.append(at_s - due_s)


class Client(asyncio.Protocol):
    """One socket."""

    def __init__(self, dialect: Dialect, tally: Tally, token: str, room: str, port: int) -> None:
        self.tally = tally
        self.watches = False
        self.joined = asyncio.get_running_loop().create_future()
        self._dialect = dialect
        self._token, self._room, self._port = token, room, port
        self._rest = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._dialect.upgrade(self._room, self._port))

    def give(self, gifts: list[tuple[str, str]]) -> None:
        """Send gifts in one write: id and kind of each."""
        self._transport.write(b"".join(self._dialect.gift_of(*gift) for gift in gifts))

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at, end = 0, len(data)
        if not self._upgraded:
            at = data.find(b"\r\n\r\n") + 4
            if at < 4:
                self._rest = data
                return
            self._upgraded = True
            self._transport.write(self._dialect.greeting(self._token))
        while end - at >= 2:
            length, head = data[at + 1], 2
            if length == LONG:
                length, head = int.from_bytes(data[at + 2 : at + 4]), 4
            elif length == VERY_LONG:
                length, head = int.from_bytes(data[at + 2 : at + 10]), 10
            start = at + head
            if end - start < length:
                break
            self._message(data[at] & 15, data[start : start + length])
            at = start + length
        self._rest = data[at:]

    def _message(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._transport.write(client_frame(payload, PONG))
        elif opcode == CLOSE:
            raise ConnectionError(f"closed: {payload!r}")
        elif opcode == TEXT and payload.startswith(b'{"op":"ack"'):
            self.tally.acknowledged += 1
        elif opcode == TEXT and payload.startswith(b'{"op":"error"'):
            self.tally.refused.append(json.loads(payload)["code"])
        elif not self.joined.done() and self._dialect.ready in payload:
            self.joined.set_result(None)
        elif self.watches:
            at_s = time.perf_counter()
            for id_ in _EVENT.findall(payload):
                self.tally.seen(id_, at_s)


class Givers:
    """All sockets of this process: the first ones give, the last ones watch."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._tally = Tally()
        self._clients: list[Client] = []
        self._watching: int = plan["watchers"]

    async def connect(self) -> None:
        """Everybody into their rooms; in an order drawn by chance, so that watchers are not the first served."""
        loop = asyncio.get_running_loop()
        dialect, port = DIALECTS[self._plan["dialect"]], self._plan["port"]
        for token, room in self._plan["seats"]:
            client = Client(dialect, self._tally, token, room, port)
            await loop.create_connection(lambda made=client: made, "127.0.0.1", port)  # type: ignore[misc]
            await asyncio.wait_for(client.joined, 60)
            self._clients.append(client)
        random.Random(5).shuffle(self._clients)
        for client in self._clients[len(self._clients) - self._watching :]:
            client.watches = True

    async def level(
        self, rate_per_s: float, duration_s: float, patience_s: float
    ) -> dict[str, Any]:
        """Give for a while, then wait until every watcher has every event, or patience ends."""
        tally = self._tally
        tally.due_s, tally.times_s, tally.acknowledged, tally.refused = {}, [], 0, []
        cpu_before_s, started_s = time.process_time(), time.perf_counter()
        await self._give(rate_per_s, int(rate_per_s * duration_s), started_s)
        given, gave_s = len(tally.due_s), time.perf_counter() - started_s
        deadline_s = time.perf_counter() + patience_s
        wanted = given * max(1, self._watching)
        acknowledges = self._plan["dialect"] == "largesse"
        while time.perf_counter() < deadline_s:
            seen = len(tally.times_s) if self._watching else wanted
            heard = tally.acknowledged + len(tally.refused) if acknowledges else given
            if seen >= wanted and heard >= given:
                break
            await asyncio.sleep(0.01)
        times_s = sorted(tally.times_s) or [0.0]
        return {
            "given": given,
            "gave_s": gave_s,
            "acknowledged": tally.acknowledged,
            "refused": len(tally.refused),
            "codes": sorted(set(tally.refused)),
            "seen": len(tally.times_s),
            "missing": max(0, wanted - len(tally.times_s)) if self._watching else 0,
            "p50_ms": round(times_s[len(times_s) // 2] * 1000, 1),
            "p99_ms": round(times_s[int(len(times_s) * 0.99)] * 1000, 1),
            "cpu_s": time.process_time() - cpu_before_s,
        }

    async def _give(self, rate_per_s: float, count: int, started_s: float) -> None:
        """Each gift at its time; those that are due at once go out together."""
        givers = self._clients[: len(self._clients) - self._watching]
        kinds, sent = self._plan["gifts"], 0
        while sent < count:
            now_s = time.perf_counter()
            due = min(count, int((now_s - started_s) * rate_per_s) + 1)
            batches: dict[Client, list[tuple[str, str]]] = {}
            for number in range(sent, due):
                id_ = str(uuid_utils.uuid7())
                self._tally.due_s[id_.encode()] = started_s + number / rate_per_s
                gift = id_, kinds[number % len(kinds)]
                batches.setdefault(givers[number % len(givers)], []).append(gift)
            for client, gifts in batches.items():
                client.give(gifts)
            sent = due
            await asyncio.sleep(max(_STEP_S, started_s + sent / rate_per_s - time.perf_counter()))


async def _main() -> None:
    lines = iter(sys.stdin.readline, "")
    plan = json.loads(next(lines))
    givers = Givers(plan)
    await givers.connect()
    print(json.dumps({"ready": len(plan["seats"])}), flush=True)
    while line := await asyncio.to_thread(next, lines, ""):
        print(json.dumps(await givers.level(**json.loads(line))), flush=True)


if __name__ == "__main__":
    uvloop.run(_main())
