"""Hubs of several processes: each viewer sees every event once, whatever is lost on the way."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from largesse.realtime import Hub, Link, RoomHead
from largesse.realtime.bus import Listener
from largesse.realtime.notices import Moved, Notice, Watched
from largesse.realtime.outbox import Outbox
from largesse.realtime.told import Told
from largesse.types import new_id
from tests.realtime.conftest import CREATOR, Log, chat, drained, seqs, stream_end, until


class Wire:
    """A bus in memory: two hubs, and a switch that loses what is told."""

    def __init__(self) -> None:
        self.listeners: dict[UUID, Listener] = {}
        self.cut = False
        self.carries_events = False

    def bus(self) -> "WireBus":
        return WireBus(self, carries_events=self.carries_events)


class WireBus:
    trouble = None

    def __init__(self, wire: Wire, *, carries_events: bool) -> None:
        self.carries_events = carries_events
        self.origin = uuid4()
        self.told: list[Notice] = []
        self.rooms: set[UUID] = set()
        self._wire = wire

    @property
    def connected(self) -> bool:
        return not self._wire.cut

    async def start(self, listener: Listener) -> None:
        self._wire.listeners[self.origin] = listener

    async def stop(self) -> None:
        self._wire.listeners.pop(self.origin, None)

    def open_room(self, room_id: UUID) -> None:
        self.rooms.add(room_id)

    def close_room(self, room_id: UUID) -> None:
        self.rooms.remove(room_id)

    def publish(self, room_id: UUID, events: Sequence[Told]) -> None:
        seq = max(told.seq for told in events)
        if not self.carries_events:
            self.tell(Moved(room_id, seq))
            return
        texts = [told.text for told in events]
        for origin, listener in self._wire.listeners.items():
            if origin != self.origin and not self._wire.cut:
                listener.heard_events(self.origin, room_id, seq, texts)

    def tell(self, notice: Notice) -> None:
        self.told.append(notice)
        self._send([notice])

    def touch(self) -> None:
        self._send([])

    def _send(self, notices: list[Notice]) -> None:
        for origin, listener in self._wire.listeners.items():
            if origin != self.origin and not self._wire.cut:
                listener.heard(self.origin, notices)


@asynccontextmanager
async def linked(wire: Wire, log: Log) -> AsyncIterator[Hub]:
    """A process's hub; the log is what all of them read."""

    async def read_heads(room_ids: Sequence[UUID]) -> Mapping[UUID, RoomHead]:
        last = log.events[-1].seq if log.events else 0
        return {room_id: RoomHead(last, log.gifting) for room_id in room_ids}

    bus = wire.bus()
    hub = Hub(load=log.load, read_events=log.read, frame_interval_ms=20, bus=bus)
    async with Link(hub, bus, read_heads):
        yield hub
        await hub.close()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def slow_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only notices are left to tell anything."""
    for name in ("BEAT_S", "COMPARE_S"):
        monkeypatch.setattr(f"largesse.realtime.link.{name}", 1000)


@pytest.fixture
def quick_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BEAT_S", "COMPARE_S"):
        monkeypatch.setattr(f"largesse.realtime.link.{name}", 0.05)


@pytest.mark.usefixtures("slow_beats")
async def test_viewers_of_two_processes_see_the_same_once_and_in_order(
    wire: Wire, log: Log
) -> None:
    async with linked(wire, log) as one, linked(wire, log) as two:
        left, right = Outbox(limit=1000), Outbox(limit=1000)
        await one.enter(log.room_id, left, "left")
        await two.enter(log.room_id, right, "right")
        for seq in range(1, 201):
            event = chat(seq)
            log.events.append(event)
            (one if seq % 3 else two).publish(log.room_id, [event])
            if seq % 7 == 0:
                await asyncio.sleep(0.005)
        seen: dict[str, list[int]] = {"left": [], "right": []}

        def all_seen() -> bool:
            seen["left"] += seqs(drained(left))
            seen["right"] += seqs(drained(right))
            return len(seen["left"]) >= 200 and len(seen["right"]) >= 200

        await until(all_seen)
    assert seen == {"left": list(range(1, 201)), "right": list(range(1, 201))}


@pytest.mark.usefixtures("slow_beats")
async def test_a_notice_needs_no_waiting_for_the_gap(
    wire: Wire, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.room.GAP_WAIT_S", 1000)
    async with linked(wire, log) as one, linked(wire, log) as two:
        outbox = Outbox()
        await two.enter(log.room_id, outbox, "viewer")
        log.events.append(stream_end(1))
        one.expect(log.room_id, 1)
        await until(lambda: seqs(drained(outbox)) == [1])


@pytest.mark.usefixtures("slow_beats")
async def test_nobody_waits_between_notices_that_follow_each_other(
    wire: Wire, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the log is read for one number, the next is told: it is read at once, too."""
    monkeypatch.setattr("largesse.realtime.room.GAP_RETRY_S", 1000)
    async with linked(wire, log) as one, linked(wire, log) as two:
        outbox = Outbox()
        await two.enter(log.room_id, outbox, "viewer")
        for seq in range(1, 6):
            log.events.append(chat(seq))
            one.publish(log.room_id, log.events[-1:])
            await asyncio.sleep(0)
        seen: list[int] = []

        def all_seen() -> bool:
            seen.extend(seqs(drained(outbox)))
            return seen == [1, 2, 3, 4, 5]

        await until(all_seen)


@pytest.mark.usefixtures("quick_beats")
async def test_what_was_never_told_is_found_in_the_log(wire: Wire, log: Log) -> None:
    async with linked(wire, log) as one:
        outbox = Outbox()
        room = await one.enter(log.room_id, outbox, "viewer")
        log.events += [
            chat(1),
            chat(2),
        ]  # committed by a process that was killed before it could tell
        log.gifting = False
        await until(lambda: seqs(drained(outbox)) == [1, 2])
        await until(lambda: not room.projection.gifting)


@pytest.mark.usefixtures("slow_beats")
async def test_after_a_break_the_rooms_are_compared_at_once(wire: Wire, log: Log) -> None:
    async with linked(wire, log) as one, linked(wire, log) as two:
        outbox = Outbox()
        await two.enter(log.room_id, outbox, "viewer")
        watch = two.overlays.add(CREATOR.id, CREATOR.id, Outbox())
        wire.cut = True
        log.events.append(chat(1))
        one.publish(log.room_id, log.events)
        one.stream_changed(CREATOR.id)
        await asyncio.sleep(0.05)
        assert drained(outbox)[1:] == []
        assert not watch.changed.is_set()
        wire.cut = False
        for listener in wire.listeners.values():
            listener.resumed()
        assert watch.changed.is_set()
        await until(lambda: 1 in seqs(drained(outbox)))


@pytest.mark.usefixtures("slow_beats")
async def test_a_room_that_loads_meanwhile_misses_nothing(wire: Wire, log: Log) -> None:
    async with linked(wire, log) as one, linked(wire, log) as two:
        log.loaded.clear()
        outbox = Outbox()
        entering = asyncio.create_task(two.enter(log.room_id, outbox, "viewer"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        log.events.append(chat(1))
        one.publish(log.room_id, log.events)
        log.loaded.set()
        room = await entering
        await until(lambda: room.seq == 1)  # in the snapshot, or told after it


@pytest.mark.usefixtures("slow_beats")
async def test_switches_and_overlays_are_told(wire: Wire, log: Log) -> None:
    async with linked(wire, log) as one, linked(wire, log) as two:
        room = await two.enter(log.room_id, Outbox(), "viewer")
        overlay = Outbox()
        watch = two.overlays.add(CREATOR.id, CREATOR.id, overlay)
        one.gifting_changed(CREATOR.id, False)
        assert not room.projection.gifting
        one.stream_changed(CREATOR.id)
        assert watch.changed.is_set()
        watch.changed.clear()
        one.overlays_changed(CREATOR.id)
        assert watch.changed.is_set()
        one.try_overlay(CREATOR.id, CREATOR.id, '{"op":"test"}')
        one.try_overlay(CREATOR.id, new_id(), '{"op":"pong"}')
        assert drained(overlay) == [{"op": "test"}]


@pytest.mark.usefixtures("quick_beats")
async def test_viewers_are_counted_across_processes(
    wire: Wire, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.room.SUMMARY_INTERVAL_S", 0.05)
    async with linked(wire, log) as one, linked(wire, log) as two, linked(wire, log) as three:
        here, there, more = Outbox(), Outbox(), Outbox()
        await one.enter(log.room_id, here, "here")
        room = await two.enter(log.room_id, there, "there")
        await two.enter(log.room_id, more, "more")
        hubs = (one, two, three)
        await until(lambda: [hub.viewers(log.room_id) for hub in hubs] == [3, 3, 3])
        assert three.viewers_by_room() == {log.room_id: 3}
        await until(lambda: _last_count(here) == 3)
        two.leave(room, there)
        two.leave(room, more)
        await until(lambda: [hub.viewers(log.room_id) for hub in hubs] == [1, 1, 1])
        await until(lambda: _last_count(here) == 1)


@pytest.mark.usefixtures("quick_beats")
async def test_viewers_of_a_dead_process_are_forgotten(
    wire: Wire, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("audience", "link"):
        monkeypatch.setattr(f"largesse.realtime.{module}.TRUST_S", 0.3)
    async with linked(wire, log) as one:
        watch = one.overlays.add(CREATOR.id, CREATOR.id, Outbox())
        dead = wire.bus()
        dead.tell(Watched(log.room_id, 5))
        assert one.viewers(log.room_id) == 5
        await until(lambda: one.viewers(log.room_id) == 0)
        await until(watch.changed.is_set)


@pytest.mark.usefixtures("slow_beats")
async def test_a_hub_alone_tells_nobody(hub: Hub, log: Log) -> None:
    assert hub.bus is None
    await hub.enter(log.room_id, Outbox(), "viewer")
    hub.publish(log.room_id, [chat(1)])
    hub.expect(new_id(), 5)
    hub.stream_changed(CREATOR.id)
    assert hub.viewers(log.room_id) == 1


def _last_count(outbox: Outbox) -> int | None:
    counts = [
        event["count"]
        for frame in drained(outbox)
        for event in frame.get("events", ())
        if event["type"] == "viewer_count"
    ]
    return counts[-1] if counts else None
