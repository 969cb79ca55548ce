"""A hub without a database: rooms start as the test says, and the log is a list."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from largesse.identity import Person
from largesse.realtime import (
    BoardStart,
    ChatEvent,
    GiftEvent,
    Hub,
    LoggedEvent,
    RankingStart,
    RoomStart,
    StreamEndEvent,
)
from largesse.realtime.events import GiftVersion
from largesse.realtime.outbox import Outbox
from largesse.types import new_id, now

CREATOR = Person(id=new_id(), display_name="Nora")
FRAME_INTERVAL_MS = 20


def chat(seq: int, text: str = "hello") -> ChatEvent:
    return ChatEvent(type="chat", seq=seq, at=now(), id=new_id(), sender=CREATOR, text=text)


def gift(seq: int, sender: Person, coins: int) -> GiftEvent:
    rose = GiftVersion(id=new_id(), version=1, slug="rose", name="Rose")
    return GiftEvent(
        type="gift",
        seq=seq,
        at=now(),
        id=new_id(),
        sender=sender,
        gift=rose,
        animation_kind="hop",
        count=1,
        coins=coins,
        milli_diamonds=coins * 500,
        streak=None,
        message=None,
    )


def stream_end(seq: int) -> StreamEndEvent:
    return StreamEndEvent(type="stream_end", seq=seq, at=now())


@dataclass
class Log:
    """A room's log in memory; `reads` counts how often it was asked."""

    room_id: UUID = field(default_factory=new_id)
    events: list[LoggedEvent] = field(default_factory=list)
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    reads: int = 0
    gifting: bool = True
    failures: int = 0
    """So many reads fail first."""

    def __post_init__(self) -> None:
        self.loaded.set()

    async def load(self, room_id: UUID) -> RoomStart | None:
        if room_id != self.room_id:
            return None
        events = list(self.events)
        await self.loaded.wait()
        return RoomStart(
            id=room_id,
            kind="stream",
            title="A room",
            creator=CREATOR,
            state="live",
            gifting=self.gifting,
            seq=events[-1].seq if events else 0,
            ranking=RankingStart(giving={}, names={}, places_max=3),
            board=BoardStart(recent=events[-50:]),
        )

    async def read(self, room_id: UUID, after: int, limit: int) -> Sequence[LoggedEvent]:
        self.reads += 1
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        return [event for event in self.events if event.seq > after][:limit]


def drained(outbox: Outbox) -> list[dict[str, Any]]:
    """Every frame that waits now."""
    frames = []
    while outbox._frames:
        frames.append(json.loads(outbox._frames.popleft()))
    return frames


def seqs(frames: list[dict[str, Any]]) -> list[int]:
    """The numbers of the log events in frames, in the order they came."""
    events = [event for frame in frames for event in frame.get("events", ())]
    return [event["seq"] for event in events if event["seq"] is not None]


async def told(outbox: Outbox, *, to: int) -> list[int]:
    """The numbers of what is told until `to` is among them, and for two frames more."""
    found = seqs(drained(outbox))
    async with asyncio.timeout(20):
        while to not in found:
            await asyncio.sleep(0.01)
            found += seqs(drained(outbox))
    await asyncio.sleep(2 * FRAME_INTERVAL_MS / 1000)
    return found + seqs(drained(outbox))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that other tasks bring about; fails when it does not come."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - many things may make it true
            await asyncio.sleep(0.01)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
async def hub(log: Log) -> AsyncIterator[Hub]:
    made = Hub(load=log.load, read_events=log.read, frame_interval_ms=FRAME_INTERVAL_MS)
    yield made
    await made.close()
