"""Processes that send each other the events themselves: the log is read only where something is missing."""

import asyncio
from typing import Any

import pytest

from largesse.realtime.outbox import Outbox
from largesse.realtime.told import read_told, tell_event
from largesse.types import new_id
from tests.realtime.conftest import CREATOR, Log, chat, drained, gift, seqs, stream_end, until
from tests.realtime.test_link import Wire, linked, slow_beats

__all__ = ["slow_beats"]

pytestmark = pytest.mark.usefixtures("slow_beats")


@pytest.fixture
def wire() -> Wire:
    made = Wire()
    made.carries_events = True
    return made


def logged(outbox: Outbox) -> list[dict[str, Any]]:
    events = [event for frame in drained(outbox) for event in frame.get("events", ())]
    return [event for event in events if event["seq"] is not None]


async def test_viewers_elsewhere_see_the_same_events_and_the_log_is_not_read(
    wire: Wire, log: Log
) -> None:
    async with linked(wire, log) as one, linked(wire, log) as two:
        left, right = Outbox(limit=1000), Outbox(limit=1000)
        await one.enter(log.room_id, left, "left")
        room = await two.enter(log.room_id, right, "right")
        log.events = [chat(1), gift(2, CREATOR, coins=5), gift(3, CREATOR, coins=7), stream_end(4)]
        one.publish(log.room_id, log.events[:2])
        two.publish(log.room_id, log.events[2:])
        await until(lambda: room.seq == 4)
        await asyncio.sleep(0.05)
        here, there = logged(left), logged(right)
    assert here == there
    assert [event["seq"] for event in there] == [1, 2, 3, 4]
    assert room.projection.supporters()[0].coins == 12
    assert room.projection.state == "ended"
    assert log.reads == 0


async def test_what_comes_twice_or_late_is_shown_once_and_in_order(wire: Wire, log: Log) -> None:
    async with linked(wire, log) as one, linked(wire, log) as two:
        outbox = Outbox()
        await two.enter(log.room_id, outbox, "viewer")
        log.events = [chat(seq) for seq in range(1, 5)]
        for event in (log.events[1], log.events[0], log.events[1], log.events[3], log.events[2]):
            one.publish(log.room_id, [event])
        one.expect(log.room_id, 4)  # the follower of the journal tells it again
        await until(lambda: outbox._frames != [])
        await asyncio.sleep(0.05)
        assert seqs(drained(outbox)) == [1, 2, 3, 4]
    assert log.reads == 0


async def test_a_lost_message_is_read_in_the_log(wire: Wire, log: Log) -> None:
    async with linked(wire, log) as one, linked(wire, log) as two:
        outbox = Outbox()
        await two.enter(log.room_id, outbox, "viewer")
        log.events = [chat(1), chat(2)]
        wire.cut = True
        one.publish(log.room_id, log.events[:1])
        wire.cut = False
        one.publish(log.room_id, log.events[1:])
        seen: list[int] = []

        def both() -> bool:
            seen.extend(seqs(drained(outbox)))
            return seen == [1, 2]

        await until(both)
    assert log.reads == 1


async def test_an_event_that_this_release_does_not_know_is_read_in_the_log(
    wire: Wire, log: Log
) -> None:
    async with linked(wire, log) as two:
        outbox = Outbox()
        await two.enter(log.room_id, outbox, "viewer")
        log.events = [chat(1)]
        newer = tell_event(chat(1)).text.replace('"chat"', '"hologram"')
        assert read_told(newer) is None
        two.hear(log.room_id, 1, [newer])
        await until(lambda: seqs(drained(outbox)) == [1])
    assert log.reads == 1


async def test_rooms_are_listened_to_while_somebody_is_in_them(wire: Wire, log: Log) -> None:
    async with linked(wire, log) as hub:
        heard: Any = hub.bus
        outbox = Outbox()
        room = await hub.enter(log.room_id, outbox, "viewer")
        assert heard.rooms == {log.room_id}
        with pytest.raises(Exception, match="no such room"):
            await hub.enter(new_id(), Outbox(), "lost")
        assert heard.rooms == {log.room_id}
        hub.leave(room, outbox)
        assert heard.rooms == set()


async def test_events_of_rooms_that_nobody_is_in_here_are_told_all_the_same(
    wire: Wire, log: Log
) -> None:
    """Somebody gives over HTTP at a process without viewers."""
    async with linked(wire, log) as one, linked(wire, log) as two:
        outbox = Outbox()
        await two.enter(log.room_id, outbox, "viewer")
        assert one.wants(log.room_id)
        log.events = [chat(1)]
        one.publish(log.room_id, log.events)
        await until(lambda: seqs(drained(outbox)) == [1])
    assert log.reads == 0


async def test_a_room_is_compared_as_soon_as_it_is_listened_to(wire: Wire, log: Log) -> None:
    async with linked(wire, log) as hub:
        outbox = Outbox()
        await hub.enter(log.room_id, outbox, "viewer")
        log.events = [chat(1)]  # told before we listened, and after we had read the room
        (listener,) = wire.listeners.values()
        listener.opened([log.room_id])
        await until(lambda: seqs(drained(outbox)) == [1])
