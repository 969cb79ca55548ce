"""Creators who go live and end, and viewers who come, follow, talk, give and go: a process of its own.

It gets its plan as one line of JSON and answers it once it has begun; each further line is answered with the counts so
far, and one that says `end` when the last room has ended and everybody has gone.
"""

import asyncio
import contextlib
import itertools
import json
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import uuid_utils
import uvloop
from websockets.asyncio.client import connect

from bench.soak_client import Client

STREAM_S = (8.0, 24.0)
"""How long streams last."""
STAY_S = (0.5, 8.0)
"""How long viewers do."""
_GUESTS_PART = 0.2
_FOLLOW_PART = 0.3
_RUDE_PART = 0.3
_PATIENCE_S = 60.0


@dataclass(slots=True)
class Done:
    """What happened so far."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    closed: Counter[int] = field(default_factory=Counter)


@dataclass(slots=True)
class Stream:
    """A live stream and who keeps it."""

    id: str
    creator_id: str
    token: str
    client: Client
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Crowd:
    """Everybody."""

    def __init__(self, plan: dict[str, Any], http: httpx.AsyncClient, done: Done) -> None:
        self._address = f"ws://127.0.0.1:{plan['port']}"
        self._visits_per_s: float = plan["visits_per_s"]
        self._rooms: int = plan["rooms"]
        self._creators: Iterator[list[str]] = itertools.cycle(plan["creators"])
        self._people: Iterator[str] = itertools.cycle(plan["people"])
        self._http = http
        self._done = done
        self._live: list[Stream] = []
        self._ending = asyncio.Event()
        self._visits: set[asyncio.Task[None]] = set()

    def end(self) -> None:
        """Streams end at once, and no more begin."""
        self._ending.set()

    async def run(self) -> None:
        """Until the end, and until nobody is there."""
        stages = [asyncio.ensure_future(self._stage()) for _ in range(self._rooms)]
        await self._keep_coming()
        await asyncio.gather(*stages)
        await asyncio.gather(*self._visits)

    async def _wait(self, least_s: float, most_s: float, over: asyncio.Event | None = None) -> bool:
        """Some time; false: it is over before."""
        event = over or self._ending
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), random.uniform(least_s, most_s))
        return not event.is_set()

    async def _call(self, method: str, path: str, token: str, body: Any = None) -> Any:
        """What the server answers; None where it refuses, or cannot now."""
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = await self._http.request(method, f"/v1{path}", json=body, headers=headers)
        except httpx.TransportError:  # an idle connection, which the server closed that very moment
            self._done.counts["lost"] += 1
            return None
        self._done.counts["calls"] += 1
        if answer.is_success:
            return answer.json() if answer.content else {}
        if answer.status_code >= 500 and answer.status_code != 503:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        self._done.refused[answer.json()["code"]] += 1
        return None

    # --- creators

    async def _stage(self) -> None:
        """One stream after the other, each of a creator of its own."""
        while not self._ending.is_set():
            creator_id, token = next(self._creators)
            overlay = await self._call("GET", "/creator/overlay", token)
            if overlay is not None:
                async with self._listening(f"/v1/overlays/{overlay['token']}/socket"):
                    await self._live_once(creator_id, token)
            await self._wait(0.0, 1.0)

    async def _live_once(self, creator_id: str, token: str) -> None:
        made = await self._call("POST", "/streams", token, {"title": "A soak"})
        if made is None:
            return
        goal = {
            "id": _id(),
            "title": "Rain",
            "parts": [{"target": 60}, {"gift": "rose", "target": 9}],
        }
        await self._call("POST", f"/streams/{made['id']}/goals", token, goal)
        async with self._listening(f"/v1/streams/{made['id']}/socket", token) as client:
            stream = Stream(made["id"], creator_id, token, client)
            self._live.append(stream)
            until_s = time.monotonic() + random.uniform(*STREAM_S)
            while time.monotonic() < until_s and await self._wait(0.5, 2.0):
                await self._keep_room(stream)
            self._live.remove(stream)
            await self._call("POST", f"/streams/{stream.id}/end", token)
            stream.over.set()
            self._done.counts["streams"] += 1

    async def _keep_room(self, stream: Stream) -> None:
        """Thank, pin, remove, mute or ban: whatever there is a reason for."""
        event = stream.client.take_event()
        if event is None:
            return
        path, seq, sender = f"/streams/{stream.id}", event["seq"], event["sender"]["id"]
        deed = random.choice(["thanks", "pins", "remove", "mutes", "bans"])
        if deed == "thanks" and event["type"] != "chat":
            await self._call("POST", f"{path}/thanks", stream.token, {"seq": seq, "text": "Thanks"})
        elif deed == "pins" and event["type"] == "chat":
            await self._call("POST", f"{path}/pins", stream.token, {"seq": seq})
        elif deed == "remove" and event["type"] != "gift":
            await self._call("POST", f"{path}/messages/{seq}/remove", stream.token)
        elif deed == "mutes":
            await self._call(
                "POST", f"{path}/mutes", stream.token, {"user_id": sender, "seconds": 60}
            )
        elif deed == "bans":
            await self._call("POST", f"{path}/bans", stream.token, {"user_id": sender})

    # --- viewers

    async def _keep_coming(self) -> None:
        while await self._wait(0.0, 2 / self._visits_per_s):
            if not self._live:
                continue
            token = next(self._people) if random.random() > _GUESTS_PART else None
            task = asyncio.ensure_future(self._visit(random.choice(self._live), token))
            self._visits.add(task)
            task.add_done_callback(self._visits.discard)

    async def _visit(self, stream: Stream, token: str | None) -> None:
        async with self._listening(f"/v1/streams/{stream.id}/socket", token) as client:
            self._done.counts["visits"] += 1
            until_s = time.monotonic() + random.uniform(*STAY_S)
            if token is not None and random.random() < _FOLLOW_PART:
                await self._call("PUT", f"/users/{stream.creator_id}/follow", token)
            while time.monotonic() < until_s and await self._wait(0.1, 1.5, stream.over):
                if token is not None:
                    await self._act(client, stream, token)
            client.leaves_rudely = random.random() < _RUDE_PART

    async def _act(self, client: Client, stream: Stream, token: str) -> None:
        count = self._done.counts
        match random.choice(["chat", "gift", "streak", "paid", "cheer", "http", "look"]):
            case "chat":
                count["chats"] += 1
                await client.send(op="chat", id=_id(), text=f"Hello {random.random()}")
            case "gift":
                count["gifts"] += 1
                await client.send(op="gift", id=_id(), gift="rose", count=1)
            case "streak":
                streak = _id()
                for _ in range(random.randint(1, 5)):
                    count["gifts"] += 1
                    await client.send(op="gift", id=_id(), gift="rose", count=1, streak=streak)
            case "paid":
                count["paid"] += 1
                await client.send(op="paid_message", id=_id(), text="Well done", coins=10)
            case "cheer":
                count["cheers"] += 1
                await client.send(op="cheer", id=_id(), text="cheer10 yes", coins=10)
            case "http":
                count["gifts"] += 1
                body = {"id": _id(), "gift": "rose", "count": 1}
                await self._call("POST", f"/streams/{stream.id}/gifts", token, body)
            case _:
                await self._call("GET", f"/streams/{stream.id}/events?after=0", token)

    @contextlib.asynccontextmanager
    async def _listening(self, path: str, token: str | None = None) -> AsyncIterator[Client]:
        """A socket that is read as long as the block lasts."""
        async with connect(
            self._address + path, compression=None, ping_interval=None, open_timeout=_PATIENCE_S
        ) as connection:
            client = Client(connection, self._done.refused)
            if "/streams/" in path:
                await client.send(op="join", token=token)
            reading = asyncio.ensure_future(client.read())
            try:
                await client.seated()
                yield client
            finally:
                if client.leaves_rudely:
                    connection.transport.abort()
                else:
                    await connection.close()
                await reading
                self._done.closed[connection.close_code or 0] += 1


def _id() -> str:
    return str(uuid_utils.uuid7())


async def _answer(crowd: Crowd, done: Done, running: "asyncio.Future[None]") -> None:
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        if json.loads(line).get("end"):
            crowd.end()
            await running
        elif running.done():
            running.result()  # what went wrong
        told = {"counts": done.counts, "refused": done.refused, "closed": done.closed}
        print(json.dumps(told), flush=True)


async def main() -> None:
    """Read the plan, begin, answer."""
    plan = json.loads(sys.stdin.buffer.readline())
    done = Done()
    address = f"http://127.0.0.1:{plan['port']}"
    async with httpx.AsyncClient(base_url=address, timeout=_PATIENCE_S) as http:
        crowd = Crowd(plan, http, done)
        running = asyncio.ensure_future(crowd.run())
        print(json.dumps({"ready": True}), flush=True)
        await _answer(crowd, done, running)


if __name__ == "__main__":
    uvloop.run(main())
