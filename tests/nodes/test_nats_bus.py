"""The bus over NATS: what is told arrives whole and once, also around servers that are away, die or do not keep up."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from nats.aio.client import Client

from largesse.realtime.bus import Listener
from largesse.realtime.nats_bus import NatsBus
from largesse.realtime.notices import LiveChanged, MomentTold, Moved, Notice, Watched
from largesse.realtime.told import tell_event
from largesse.types import new_id
from tests.nodes.cluster import Cluster, NatsServer, nats_server
from tests.realtime.conftest import chat, until

ROOM, OTHER = new_id(), new_id()


class Ear:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.events: list[tuple[UUID, int, list[str]]] = []
        self.origins: set[UUID] = set()
        self.breaks = 0
        self.openings = 0

    def heard(self, origin: UUID, notices: Sequence[Notice]) -> None:
        self.origins.add(origin)
        self.notices += notices

    def heard_events(self, origin: UUID, room_id: UUID, seq: int, texts: Sequence[str]) -> None:
        self.origins.add(origin)
        self.events.append((room_id, seq, list(texts)))

    def resumed(self) -> None:
        self.breaks += 1

    def opened(self, room_ids: Collection[UUID]) -> None:
        self.openings += len(room_ids)

    def texts(self, room_id: UUID) -> list[str]:
        return [text for room, _, texts in self.events if room == room_id for text in texts]

    def seq(self, room_id: UUID) -> int:
        return max((seq for room, seq, _ in self.events if room == room_id), default=0)


@asynccontextmanager
async def listening(
    server: NatsServer | str, ear: Listener, *rooms: UUID, name: str = "tests", there: bool = True
) -> AsyncIterator[NatsBus]:
    """A bus; connected, unless the server is not `there`."""
    addresses = server if isinstance(server, str) else server.address
    bus = NatsBus(addresses.split(","), name=name)
    for room_id in rooms:
        bus.open_room(room_id)
    await bus.start(ear)
    try:
        if there:
            await until(lambda: bus.connected)
        yield bus
    finally:
        await bus.stop()


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as server:
        yield server


async def test_events_travel_whole_to_those_who_have_the_room_open(nats: NatsServer) -> None:
    here, there, elsewhere = Ear(), Ear(), Ear()
    told = [tell_event(chat(seq, "line\nbreak ÄÖ\u2028")) for seq in (1, 2)]
    async with (
        listening(nats, here, ROOM) as one,
        listening(nats, there, ROOM),
        listening(nats, elsewhere, OTHER),
    ):
        one.publish(ROOM, told)
        one.tell(LiveChanged(OTHER))
        await until(lambda: len(there.texts(ROOM)) == 2 and bool(elsewhere.notices))
    assert there.texts(ROOM) == [event.text for event in told]
    assert there.seq(ROOM) == 2
    assert there.origins == {one.origin}
    assert there.notices == elsewhere.notices == [LiveChanged(OTHER)]
    assert elsewhere.events == []
    assert here.events == []
    assert here.notices == []


async def test_a_room_that_opens_later_is_heard_and_a_closed_one_is_not(nats: NatsServer) -> None:
    ear = Ear()
    async with listening(nats, Ear()) as one, listening(nats, ear) as two:
        two.open_room(ROOM)
        await until(lambda: ear.openings == 1)
        one.publish(ROOM, [tell_event(chat(1))])
        await until(lambda: ear.seq(ROOM) == 1)
        two.close_room(ROOM)
        two.open_room(OTHER)
        await until(lambda: ear.openings == 2)
        one.publish(ROOM, [tell_event(chat(2))])
        one.publish(OTHER, [tell_event(chat(7))])
        await until(lambda: ear.seq(OTHER) == 7)
    assert ear.seq(ROOM) == 1


async def test_more_than_one_message_holds_is_told(
    nats: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.nats_bus.MESSAGE_BYTES_MAX", 1000)
    ear = Ear()
    told = [tell_event(chat(seq)) for seq in range(1, 101)]
    too_long = tell_event(chat(101, "x" * 2000))
    notices = [Watched(new_id(), 1) for _ in range(100)]
    async with listening(nats, Ear()) as one, listening(nats, ear, ROOM):
        one.publish(ROOM, [*told, too_long])
        for notice in notices:
            one.tell(notice)
        await until(lambda: ear.seq(ROOM) == 101 and len(ear.notices) == 100)
    assert ear.texts(ROOM) == [event.text for event in told]  # the long one is read in the log
    assert len(ear.events) > 10
    assert ear.notices == notices


async def test_what_waits_is_told_before_it_stops(nats: NatsServer) -> None:
    ear = Ear()
    async with listening(nats, ear, ROOM):
        async with listening(nats, Ear()) as leaving:
            leaving.publish(ROOM, [tell_event(chat(1))])
        await until(lambda: ear.texts(ROOM) != [])


async def test_installations_that_share_a_server_do_not_hear_each_other(nats: NatsServer) -> None:
    ear, same = Ear(), Ear()
    async with (
        listening(nats, Ear()) as one,
        listening(nats, ear, ROOM, name="others"),
        listening(nats, same, ROOM),
    ):
        one.publish(ROOM, [tell_event(chat(1))])
        one.tell(LiveChanged(ROOM))
        await until(lambda: same.seq(ROOM) == 1 and bool(same.notices))
    assert ear.events == []
    assert ear.notices == []


async def test_a_server_that_comes_late_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("largesse.realtime.nats_bus.START_WAIT_S", 0.1)
    server = NatsServer(1, tmp_path)
    here, there = Ear(), Ear()
    async with (
        listening(server, here, ROOM, there=False) as one,
        listening(server, there, ROOM, there=False) as two,
    ):
        assert not one.connected
        one.publish(ROOM, [tell_event(chat(1)), tell_event(chat(2))])
        one.tell(MomentTold(OTHER, str(ROOM), "of a moment that is over by then"))
        one.tell(LiveChanged(OTHER))
        held = _hold_back(one, until_connected=two)  # notices go to those who listen by then
        await until(lambda: held.is_set() and two.trouble is not None)
        server.start()
        try:
            await until(lambda: one.connected and two.connected)
            assert (here.breaks, there.breaks) == (1, 1)
            one.publish(ROOM, [tell_event(chat(3))])
            await until(lambda: there.seq(ROOM) == 3 and LiveChanged(OTHER) in there.notices)
            assert not any(isinstance(notice, MomentTold) for notice in there.notices)
        finally:
            server.kill()
    said = [record for record in caplog.records if "no bus at" in record.message]
    assert len(said) == 2, "each says it once"


def _hold_back(bus: NatsBus, *, until_connected: NatsBus) -> asyncio.Event:
    """Set once it is held: an attempt that is under way may still meet a server that starts."""
    connect = bus._connect
    held = asyncio.Event()

    async def later(server: str) -> Client:
        held.set()
        await until_connected._connected.wait()
        return await connect(server)

    bus._connect = later  # type: ignore[method-assign]
    return held


async def test_it_goes_on_with_another_server_and_tells_again_what_may_be_lost(
    tmp_path: Path,
) -> None:
    cluster = Cluster(tmp_path)
    cluster.start()
    here, there = Ear(), Ear()
    try:
        async with (
            listening(cluster.addresses, here, ROOM) as one,
            listening(cluster.addresses, there, ROOM) as two,
        ):
            seq = 0
            for server in cluster.servers:
                server.kill()
                for _ in range(20):
                    seq += 1
                    one.publish(ROOM, [tell_event(chat(seq))])
                    await asyncio.sleep(0)
                cluster.start_server(server)
                await until(lambda: one.connected and two.connected)
                await until(partial(_told_again, one, there, seq))
    finally:
        cluster.stop()
    assert here.breaks > 1 or there.breaks > 1, "somebody was connected to one that died"


def _told_again(bus: NatsBus, ear: Ear, seq: int) -> bool:
    """Heard, at the latest when it is told again as the follower of the journal does: servers that have just started
    may not know yet what is listened to at the others."""
    bus.tell(Moved(ROOM, seq))
    return ear.seq(ROOM) == seq


async def test_wrong_credentials_are_no_connection_and_not_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("largesse.realtime.nats_bus.START_WAIT_S", 0.5)
    caplog.set_level(logging.DEBUG)
    with nats_server(tmp_path, "--user", "rooms", "--pass", "s3cret") as server:
        wrong = f"nats://rooms:let-me-in@127.0.0.1:{server.port}"
        async with listening(wrong, Ear(), there=False) as bus:
            assert not bus.connected
        right = f"nats://rooms:s3cret@127.0.0.1:{server.port}"
        async with listening(right, Ear()) as bus:
            assert bus.connected
    text = "\n".join(record.getMessage() for record in caplog.records)
    assert f"no bus at nats://127.0.0.1:{server.port}" in text
    assert "let-me-in" not in text
    assert "s3cret" not in text


async def test_a_message_that_is_none_is_left_out(nats: NatsServer) -> None:
    ear = Ear()
    async with listening(nats, ear, ROOM) as bus, listening(nats, Ear()) as other:
        client = other._client
        assert client is not None
        for payload in (b"", b"nonsense", b"\xff\xfe", b"x\ny\nz"):
            await client.publish(f"largesse.tests.room.{ROOM.hex}", payload)
            await client.publish("largesse.tests.notices", payload)
        other.publish(ROOM, [tell_event(chat(1))])
        other.tell(Moved(ROOM, 5))
        await until(lambda: ear.seq(ROOM) == 5)
        assert bus.connected
    assert len(ear.texts(ROOM)) == 1
