"""Lanes: one writer each, and a stolen one does no harm."""

from largesse import ledger
from tests.ledger.world import World, entries_of, gift, send_together


async def expire_leases(world: World) -> None:
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE lane SET lease_until = now() - interval '1 second' WHERE id > 0")


async def test_each_writer_takes_a_lane_of_its_own(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as one, world.writer() as two:
        first = await one.submit(gift(sender, room))
        second = await two.submit(gift(sender, room))
    assert (first.lane, second.lane) == (1, 2)


async def test_a_lane_given_back_is_taken_again_and_its_chain_goes_on(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    places = []
    for _ in range(3):
        async with world.writer() as writer:
            entry = await writer.submit(gift(sender, room))
            places.append((entry.lane, entry.batch_no))
    assert places == [(1, 1), (1, 2), (1, 3)]


async def test_an_expired_lane_is_taken_over_and_its_old_holder_moves_on(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    async with world.writer() as old:
        assert (await old.submit(gift(sender, room))).lane == 1
        await expire_leases(world)
        async with world.writer() as thief:
            stolen = await thief.submit(gift(sender, room))
            wishes = [gift(sender, room), gift(sender, room)]
            moved = entries_of(await send_together(old, wishes))
            assert (stolen.lane, stolen.batch_no) == (1, 2)
            assert [(entry.lane, entry.batch_no, entry.duplicate) for entry in moved] == [
                (2, 1, False)
            ] * 2
            assert (await thief.submit(gift(sender, room))).batch_no == 3
            assert (await old.submit(gift(sender, room))).batch_no == 2


async def test_an_expired_lane_stays_with_its_holder_when_nobody_took_it(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        await expire_leases(world)
        assert (await writer.submit(gift(sender, room))).lane == 1


async def test_a_heartbeat_renews_the_lease(world: World) -> None:
    writer = ledger.GiftWriter(world.db, batch_size_max=1, on_commit=lambda entries: None)
    await writer.start()
    await expire_leases(world)
    committer = writer._committer
    committer.lease.mistrust()  # as if the last renewal were long ago
    await committer.beat()
    async with world.db.read() as conn:
        cursor = await conn.execute("SELECT lease_until > now() FROM lane WHERE id = 1")
        assert await cursor.fetchone() == (True,)
    await writer.stop()
