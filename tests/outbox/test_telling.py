"""A follower of the journal tells how far rooms have come, whoever committed it."""

from uuid import UUID

from largesse import outbox
from largesse.db import Database
from tests.ledger.world import Room, World, gift
from tests.realtime.conftest import until


class Ear:
    def __init__(self) -> None:
        self.heads: dict[UUID, int] = {}
        self.times = 0

    def __call__(self, room_id: UUID, seq: int) -> None:
        self.heads[room_id] = max(seq, self.heads.get(room_id, 0))
        self.times += 1


async def _give(world: World, rooms: list[Room], count: int) -> None:
    sender_id = await world.viewer(coins=1000)
    async with world.writer() as writer:
        for room in rooms * count:
            await writer.submit(gift(sender_id, room, 1))


async def test_it_begins_at_the_end_and_tells_every_room_of_what_follows(db: Database) -> None:
    world = World(db)
    before = await world.room()
    rooms = [await world.room(), await world.room()]
    await _give(world, [before], 3)
    ear = Ear()
    async with outbox.running_teller(db, ear):
        await _give(world, rooms, 4)
        await until(lambda: ear.heads == {room.id: 4 for room in rooms})


async def test_processes_share_the_work_and_what_was_told_is_not_told_again(db: Database) -> None:
    world = World(db)
    room = await world.room()
    await _give(world, [room], 1)
    one, two = Ear(), Ear()
    async with outbox.running_teller(db, one), outbox.running_teller(db, two):
        await _give(world, [room], 5)
        await until(lambda: 6 in {*one.heads.values(), *two.heads.values()})
    told = one.times + two.times
    three = Ear()
    async with outbox.running_teller(db, three):
        await _give(world, [room], 1)
        await until(lambda: three.heads == {room.id: 7})
    assert told <= 5
    assert three.times == 1
