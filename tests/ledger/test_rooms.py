"""Rooms: numbers without gaps over gifts and everything else that happens."""

import asyncio

import pytest

from largesse import ledger
from largesse.types import new_id
from tests.ledger.world import World, gift


async def append(world: World, room_id: object, **other: object) -> ledger.RoomEventRow:
    event = {"id": new_id(), "type": "chat", "user_id": None, "data": {"text": "hi"}, **other}
    async with world.db.transaction() as conn:
        return await ledger.append_event(conn, room_id=room_id, **event)  # type: ignore[arg-type]


async def test_gifts_and_events_share_one_numbering(world: World) -> None:
    room, sender = await world.room(), await world.viewer(10)
    async with world.writer() as writer:
        await append(world, room.id)
        await writer.submit(gift(sender, room))
        await append(world, room.id)
        await writer.submit(gift(sender, room))
    async with world.db.read() as conn:
        events = await ledger.events_after(conn, room.id, 0, 10)
        assert [event.seq for event in events] == [1, 2, 3, 4]
        assert [isinstance(event, ledger.GiftRow) for event in events] == [False, True, False, True]
        assert [event.seq for event in await ledger.events_after(conn, room.id, 1, 2)] == [2, 3]
        assert [event.seq for event in await ledger.recent_events(conn, room.id, 3)] == [2, 3, 4]
        assert await ledger.last_seq(conn, room.id) == 4
        assert await ledger.last_seq(conn, new_id()) == 0


async def test_an_event_said_twice_is_written_once(world: World) -> None:
    room, id = await world.room(), new_id()
    first = await append(world, room.id, id=id, data={"text": "one"})
    async with world.db.transaction() as conn:
        await ledger.close_room(conn, room.id)
    again = await append(world, room.id, id=id, data={"text": "two"})
    assert (again.seq, again.data, again.duplicate) == (first.seq, {"text": "one"}, True)


async def test_the_same_event_from_two_connections_is_written_once(world: World) -> None:
    room, id = await world.room(), new_id()
    events = await asyncio.gather(*(append(world, room.id, id=id) for _ in range(6)))
    assert {event.seq for event in events} == {1}
    assert sum(not event.duplicate for event in events) == 1


async def test_a_closed_room_takes_no_event(world: World) -> None:
    room = await world.room()
    async with world.db.transaction() as conn:
        await ledger.close_room(conn, room.id)
    with pytest.raises(ledger.RoomClosed):
        await append(world, room.id)
    with pytest.raises(ledger.RoomClosed):
        await append(world, new_id())


async def test_opening_a_room_again_changes_nothing(world: World) -> None:
    room = await world.room()
    await append(world, room.id)
    async with world.db.transaction() as conn:
        await ledger.open_room(conn, room.id, new_id(), False)
        assert await ledger.room_state(conn, room.id) == ledger.RoomRow(
            room.id, room.recipient_id, open=True, gifting=True, last_seq=1
        )
        assert await ledger.room_state(conn, new_id()) is None


async def test_two_rooms_number_independently(world: World) -> None:
    one, two, sender = await world.room(), await world.room(), await world.viewer(10)
    async with world.writer() as writer:
        entries = await asyncio.gather(
            *(writer.submit(gift(sender, room)) for room in (one, two, one, two, two))
        )
    assert sorted(entry.seq for entry in entries if entry.request.room_id == one.id) == [1, 2]
    assert sorted(entry.seq for entry in entries if entry.request.room_id == two.id) == [1, 2, 3]


async def test_many_events_take_the_next_numbers_in_their_order(world: World) -> None:
    room, sender = await world.room(), await world.viewer(10)
    new = [ledger.NewEvent("streak_end", new_id(), None, {"place": place}) for place in range(5)]
    async with world.writer() as writer:
        await writer.submit(gift(sender, room))
        async with world.db.transaction() as conn:
            rows = await ledger.append_events(conn, room.id, new)
        await writer.submit(gift(sender, room))
    assert [(row.seq, row.id, row.data) for row in rows] == [
        (place + 2, event.id, {"place": place}) for place, event in enumerate(new)
    ]
    async with world.db.transaction() as conn:
        assert await ledger.last_seq(conn, room.id) == 7
        await ledger.close_room(conn, room.id)
        with pytest.raises(ledger.RoomClosed):
            await ledger.append_events(conn, room.id, [ledger.NewEvent("chat", new_id(), None, {})])
