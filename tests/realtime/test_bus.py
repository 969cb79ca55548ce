"""PostgreSQL as the bus: what is told arrives, also after its connections were cut."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import psycopg
import pytest

from largesse.realtime import PostgresBus
from largesse.realtime.bus import Listener
from largesse.realtime.notices import Moved, Notice
from largesse.types import new_id
from tests.realtime.conftest import until

ROOM, OTHER = new_id(), new_id()
KILL_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Ear:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.origins: set[UUID] = set()
        self.breaks = 0

    def heard(self, origin: UUID, notices: Sequence[Notice]) -> None:
        self.origins.add(origin)
        self.notices += notices

    def heard_events(self, origin: UUID, room_id: UUID, seq: int, texts: Sequence[str]) -> None:
        raise AssertionError("PostgreSQL carries no events")

    def opened(self, room_ids: Collection[UUID]) -> None:
        pass

    def resumed(self) -> None:
        self.breaks += 1


@asynccontextmanager
async def listening(
    url: str, ear: Listener, interval_s: float = 0.02
) -> AsyncIterator[PostgresBus]:
    bus = PostgresBus(url, interval_s=interval_s)
    await bus.start(ear)
    try:
        yield bus
    finally:
        await bus.stop()


async def test_others_hear_it_and_oneself_does_not(database_url: str) -> None:
    here, there = Ear(), Ear()
    async with listening(database_url, here) as one, listening(database_url, there):
        assert one.connected
        one.tell(Moved(ROOM, 1))
        await until(lambda: Moved(ROOM, 1) in there.notices)
    assert here.notices == []
    assert there.origins == {one.origin}


async def test_a_busy_process_tells_little(database_url: str) -> None:
    ear = Ear()
    async with listening(database_url, Ear(), 0.1) as busy, listening(database_url, ear):
        for seq in range(1, 1001):
            busy.tell(Moved(ROOM, seq))
            if seq % 100 == 0:
                await asyncio.sleep(0)
        await until(lambda: Moved(ROOM, 1000) in ear.notices)
    assert len(ear.notices) < 20


async def test_more_than_one_message_holds_is_told(database_url: str) -> None:
    ear = Ear()
    notices: list[Notice] = [Moved(new_id(), 1) for _ in range(1000)]
    async with listening(database_url, Ear()) as one, listening(database_url, ear):
        for notice in notices:
            one.tell(notice)
        await until(lambda: len(ear.notices) >= 1000)
    assert ear.notices == notices


async def test_what_waits_is_told_before_it_stops(database_url: str) -> None:
    ear = Ear()
    async with listening(database_url, ear):
        async with listening(database_url, Ear(), 0.2) as leaving:
            leaving.tell(Moved(ROOM, 1))
            await until(lambda: bool(ear.notices))
            leaving.tell(Moved(ROOM, 2))
        await until(lambda: Moved(ROOM, 2) in ear.notices)


async def test_it_comes_back_after_its_connections_were_cut(database_url: str) -> None:
    here, there = Ear(), Ear()
    async with listening(database_url, here) as one, listening(database_url, there) as two:
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(KILL_SESSIONS)
        one.tell(Moved(ROOM, 8))
        await until(lambda: here.breaks == 1 and there.breaks == 1)
        assert one.connected
        assert two.connected
        two.tell(Moved(OTHER, 9))
        await until(lambda: Moved(OTHER, 9) in here.notices)
        one.tell(Moved(ROOM, 9))
        await until(lambda: Moved(ROOM, 9) in there.notices)


async def test_a_connection_that_hears_nothing_is_replaced(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.postgres_bus.DEAF_S", 0.05)
    ear = Ear()
    async with listening(database_url, ear):
        await until(lambda: ear.breaks == 1)


async def test_a_message_that_is_none_is_left_out(database_url: str) -> None:
    ear = Ear()
    async with listening(database_url, ear), listening(database_url, Ear()) as other:
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute("SELECT pg_notify('largesse_rooms', 'nonsense')")
        other.tell(Moved(ROOM, 1))
        await until(lambda: bool(ear.notices))
    assert ear.notices == [Moved(ROOM, 1)]
