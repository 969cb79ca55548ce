"""The hub delivers each room's events once, in order, and to whoever is there."""

import asyncio
import random
from typing import Any

import pytest

from largesse.identity import Person
from largesse.realtime import Hub
from largesse.realtime.errors import RoomUnknown, TooManyRooms, TooManySockets
from largesse.realtime.outbox import Outbox
from largesse.types import new_id
from tests.realtime.conftest import (
    FRAME_INTERVAL_MS,
    Log,
    chat,
    drained,
    gift,
    seqs,
    stream_end,
    told,
    until,
)


async def test_events_that_arrive_swapped_are_delivered_in_order(hub: Hub, log: Log) -> None:
    outbox = Outbox()
    await hub.enter(log.room_id, outbox, "viewer")
    log.events = [chat(seq) for seq in range(1, 101)]
    shuffled = random.Random(7).sample(log.events, len(log.events))
    for event in shuffled:
        hub.publish(log.room_id, [event])
    assert await told(outbox, to=100) == list(range(1, 101))
    assert log.reads == 0


async def test_a_gap_is_filled_from_the_log(hub: Hub, log: Log) -> None:
    outbox = Outbox()
    await hub.enter(log.room_id, outbox, "viewer")
    log.events = [chat(seq) for seq in range(1, 6)]
    hub.publish(log.room_id, [log.events[0], log.events[4]])
    assert await told(outbox, to=1) == [1]
    assert await told(outbox, to=5) == [2, 3, 4, 5]


async def test_an_event_that_could_not_be_told_is_read_from_the_log(hub: Hub, log: Log) -> None:
    outbox = Outbox()
    await hub.enter(log.room_id, outbox, "viewer")
    log.events = [chat(1)]
    hub.expect(log.room_id, 1)
    assert await told(outbox, to=1) == [1]


async def test_a_gap_survives_a_database_that_is_away(
    hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.room.GAP_RETRY_S", 0.05)
    outbox = Outbox()
    await hub.enter(log.room_id, outbox, "viewer")
    log.events = [chat(1), chat(2)]
    log.failures = 2
    hub.publish(log.room_id, log.events[1:])
    assert await told(outbox, to=2) == [1, 2]
    assert log.reads == 3


async def test_repeated_events_are_delivered_once(hub: Hub, log: Log) -> None:
    outbox = Outbox()
    await hub.enter(log.room_id, outbox, "viewer")
    events = [chat(1), chat(2)]
    hub.publish(log.room_id, events)
    hub.publish(log.room_id, events)
    assert await told(outbox, to=2) == [1, 2]


async def test_what_happens_while_a_room_loads_is_not_lost(hub: Hub, log: Log) -> None:
    log.events = [chat(1)]
    log.loaded.clear()
    outbox = Outbox()
    entering = asyncio.ensure_future(hub.enter(log.room_id, outbox, "viewer"))
    await asyncio.sleep(0.01)
    hub.publish(log.room_id, [chat(2)])
    log.loaded.set()
    room = await entering
    assert room.seq == 2
    hub.publish(log.room_id, [chat(3)])
    assert await told(outbox, to=3) == [3]


async def test_a_snapshot_is_not_followed_by_what_it_holds(hub: Hub, log: Log) -> None:
    early, late = Outbox(), Outbox()
    await hub.enter(log.room_id, early, "early")
    for seq in range(1, 4):
        hub.publish(log.room_id, [chat(seq)])
    room = await hub.enter(log.room_id, late, "late")
    assert room.seq == 3
    hub.publish(log.room_id, [chat(4)])
    assert await told(early, to=4) == [1, 2, 3, 4]
    assert seqs(drained(late)) == [4]


async def test_many_events_become_few_frames(hub: Hub, log: Log) -> None:
    outbox, loop = Outbox(), asyncio.get_running_loop()
    await hub.enter(log.room_id, outbox, None)
    began_s = loop.time()
    for seq in range(1, 201):
        hub.publish(log.room_id, [chat(seq)])
        if seq % 20 == 0:
            await asyncio.sleep(0.001)
    took_s = loop.time() - began_s
    frames = drained(outbox)
    async with asyncio.timeout(20):
        while not seqs(frames) or seqs(frames)[-1] < 200:
            await asyncio.sleep(0.01)
            frames += drained(outbox)
    assert seqs(frames) == list(range(1, 201))
    # The first at once, one at each of the intervals that passed (the machine may be busy), and the rest.
    assert len(frames) <= 2 + took_s * 1000 / FRAME_INTERVAL_MS


async def test_a_quiet_room_does_not_wait_for_a_tick(log: Log) -> None:
    hub = Hub(load=log.load, read_events=log.read, frame_interval_ms=1000)
    outbox = Outbox()
    await hub.enter(log.room_id, outbox, None)
    hub.publish(log.room_id, [chat(1)])
    assert await told(outbox, to=1) == [1]
    hub.publish(log.room_id, [chat(2)])
    await asyncio.sleep(0.01)
    assert drained(outbox) == []
    await hub.close()


async def test_supporters_and_viewers_are_told_when_they_change(
    hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.room.SUMMARY_INTERVAL_S", 0.05)
    outbox = Outbox()
    people = [Person(id=new_id(), display_name=f"P{number}") for number in range(5)]
    await hub.enter(log.room_id, outbox, "first")
    await hub.enter(log.room_id, Outbox(), "second")
    await hub.enter(log.room_id, Outbox(), "second")
    hub.publish(
        log.room_id,
        [gift(seq, people[seq % 5], coins=seq) for seq in range(1, 51)],
    )
    events: list[dict[str, Any]] = []

    def both_told() -> bool:
        events.extend(event for frame in drained(outbox) for event in frame["events"])
        return {"supporters", "viewer_count"} <= {event["type"] for event in events}

    await until(both_told)
    await asyncio.sleep(0.2)
    both_told()
    counts = [event["count"] for event in events if event["type"] == "viewer_count"]
    assert counts[-1] == 2
    assert len(set(counts)) == len(counts), "told when it changed"
    rankings = [event["items"] for event in events if event["type"] == "supporters"]
    assert len(rankings) == 1
    totals = {p.id: sum(s for s in range(1, 51) if s % 5 == n) for n, p in enumerate(people)}
    expected = sorted(totals.values(), reverse=True)[:3]
    assert [place["coins"] for place in rankings[0]] == expected
    assert [place["rank"] for place in rankings[0]] == [1, 2, 3]


async def test_the_end_closes_the_state(hub: Hub, log: Log) -> None:
    room = await hub.enter(log.room_id, Outbox(), None)
    hub.publish(log.room_id, [stream_end(1)])
    assert (room.projection.state, room.projection.gifting) == ("ended", False)


async def test_a_room_without_sockets_is_forgotten(hub: Hub, log: Log) -> None:
    outbox = Outbox()
    room = await hub.enter(log.room_id, outbox, "viewer")
    assert hub.wants(log.room_id)
    assert hub.viewers(log.room_id) == 1
    hub.leave(room, outbox)
    assert not hub.wants(log.room_id)
    assert hub.viewers(log.room_id) == 0


async def test_a_room_nobody_waited_for_is_forgotten(
    hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.hub.IDLE_ROOM_S", 0.02)
    log.loaded.clear()
    entering = asyncio.ensure_future(hub.enter(log.room_id, Outbox(), "viewer"))
    await asyncio.sleep(0.01)
    entering.cancel()
    log.loaded.set()
    await until(lambda: not hub.wants(log.room_id))


async def test_an_unknown_room_is_refused(hub: Hub) -> None:
    with pytest.raises(RoomUnknown):
        await hub.enter(new_id(), Outbox(), "viewer")


async def test_rooms_and_users_have_limits(
    hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.hub.SOCKETS_PER_ROOM_MAX", 1)
    monkeypatch.setattr("largesse.realtime.open_sockets.SOCKETS_PER_USER_MAX", 1)
    await hub.enter(log.room_id, Outbox(), "first")
    with pytest.raises(TooManySockets):
        await hub.enter(log.room_id, Outbox(), "second")
    user_id = new_id()
    hub.sockets.count_user(user_id)
    with pytest.raises(TooManySockets):
        hub.sockets.count_user(user_id)
    hub.sockets.uncount_user(user_id)
    hub.sockets.count_user(user_id)


async def test_a_process_has_a_limited_number_of_rooms(
    hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.hub.ROOMS_MAX", 1)
    first = Outbox()
    room = await hub.enter(log.room_id, first, "first")
    with pytest.raises(TooManyRooms):
        await hub.enter(new_id(), Outbox(), "second")
    await hub.enter(log.room_id, Outbox(), "third")
    for outbox in tuple(room.outboxes):
        hub.leave(room, outbox)
    with pytest.raises(RoomUnknown):
        await hub.enter(new_id(), Outbox(), "second")


async def test_a_replay_reaches_back_as_far_as_asked(hub: Hub, log: Log) -> None:
    log.events = [chat(seq) for seq in range(1, 1501)]
    room = await hub.enter(log.room_id, Outbox(), None)
    from_memory = await hub.replay(room, 1470)
    assert len(from_memory) == 30
    assert log.reads == 0
    from_log = await hub.replay(room, 600)
    assert len(from_log) == 900
    assert len(await hub.replay(room, 3)) == 1000
    assert await hub.replay(room, 1500) == []
    assert await hub.replay(room, 9999) == []
