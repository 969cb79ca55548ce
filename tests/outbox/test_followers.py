"""Followers read each batch exactly once: killed anywhere, several at once, lanes that come late."""

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
import pytest

from largesse import outbox
from largesse.db import Connection
from largesse.outbox import followers
from largesse.outbox.queries import rollups, watermarks
from largesse.outbox.rollups import ROLLUPS
from tests.ledger.world import World, gift, send_together
from tests.outbox import naive

Apply = Callable[[Connection, outbox.Stretch], Awaitable[None]]


class Killed(Exception):
    """Stands for the end of the process."""


async def some_history(world: World, *, batches: int = 6, lanes: int = 1) -> None:
    """Gifts of two viewers in two rooms, in so many batches on each of so many lanes."""
    senders = [await world.viewer(1_000, 50) for _ in range(2)]
    rooms = [await world.room() for _ in range(2)]
    for _ in range(lanes):
        async with world.writer() as writer, world.writer() as other:
            for number in range(batches):
                one = [gift(senders[n % 2], rooms[n % 2], 1 + number + n) for n in range(4)]
                await send_together(writer, one)
                await other.submit(gift(senders[0], rooms[1], 1 + number))


def small(apply: Apply = rollups.add, rows_max: int = 8) -> outbox.Follower:
    """The rollups' follower, a few rows at a time."""
    return outbox.Follower(ROLLUPS.name, apply, rows_max)


async def test_a_stretch_has_at_most_so_many_rows(world: World) -> None:
    await some_history(world)
    seen: list[outbox.Stretch] = []

    async def apply(conn: Connection, stretch: outbox.Stretch) -> None:
        seen.append(stretch)
        await rollups.add(conn, stretch)

    await followers.read_all(world.db, [small(apply)])
    async with world.db.read() as conn:
        cursor = await conn.execute("SELECT lane, no, gifts + transfers FROM batch")
        sizes = {(lane, no): rows for lane, no, rows in await cursor.fetchall()}
    read = [(s.lane, no) for s in seen for no in range(s.after + 1, s.upto + 1)]
    assert sorted(read) == sorted(sizes)
    for stretch in seen:
        rows = [sizes[stretch.lane, no] for no in range(stretch.after + 1, stretch.upto + 1)]
        assert sum(rows) <= 8 or len(rows) == 1
    await naive.assert_readers_are_right(world.db)


@pytest.mark.parametrize("before", [True, False], ids=["before its work", "after its work"])
async def test_a_follower_killed_at_any_stretch_loses_and_doubles_nothing(
    world: World, before: bool
) -> None:
    await some_history(world)
    for survived in range(6):
        left = survived

        async def apply(conn: Connection, stretch: outbox.Stretch) -> None:
            nonlocal left
            if before and left == 0:
                raise Killed
            await rollups.add(conn, stretch)
            if left == 0:
                raise Killed
            left -= 1

        with pytest.raises(Killed):
            await followers.read_all(world.db, [small(apply)])
        await naive.assert_readers_are_right(world.db)
        async with world.db.transaction() as conn:
            await watermarks.restart(conn, ROLLUPS.name)
            await rollups.clear(conn)
    await outbox.catch_up(world.db)
    await naive.assert_readers_are_right(world.db)


async def test_two_at_once_share_the_work(world: World) -> None:
    await some_history(world, lanes=2)
    seen: list[tuple[int, int]] = []

    async def apply(conn: Connection, stretch: outbox.Stretch) -> None:
        await rollups.add(conn, stretch)
        seen.extend((stretch.lane, no) for no in range(stretch.after + 1, stretch.upto + 1))

    runs = [followers.read_all(world.db, [small(apply)]) for _ in range(3)]
    await asyncio.gather(*runs)
    assert len(seen) == len(set(seen)) == await world.count("batch")
    await naive.assert_readers_are_right(world.db)


async def test_a_lane_that_somebody_reads_is_passed_by(world: World) -> None:
    await some_history(world, batches=1)
    assert await followers.read_once(world.db, [small()])
    await some_history(world, batches=1)
    async with world.db.transaction() as conn:
        for lane in await watermarks.lanes_behind(conn, ROLLUPS.name):
            assert await watermarks.lock_watermark(conn, ROLLUPS.name, lane, wait=False) is not None
        assert not await followers.read_once(world.db, [small()])
    assert await followers.read_once(world.db, [small()])


async def test_a_stretch_ends_before_a_missing_batch(world: World) -> None:
    await some_history(world)
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE batch SET no = no + 100 WHERE lane = 1 AND no >= 3")
        stretch = await watermarks.next_stretch(conn, lane=1, after=0, rows_max=100)
        assert stretch == outbox.Stretch(1, 0, 2)
        assert await watermarks.next_stretch(conn, lane=1, after=2, rows_max=100) is None
        raise psycopg.Rollback


async def test_a_lane_that_comes_late_is_read_too(world: World) -> None:
    await some_history(world)
    await outbox.catch_up(world.db)
    before = await naive.rollups(world.db)
    await some_history(world, lanes=3)
    await naive.assert_readers_are_right(world.db)
    await outbox.catch_up(world.db)
    await naive.assert_readers_are_right(world.db)
    assert await naive.rollups(world.db) != before


async def test_rebuilding_gives_the_same_rollups(world: World) -> None:
    await some_history(world, lanes=2)
    await outbox.catch_up(world.db)
    before = await naive.rollups(world.db)
    assert all(before.values())
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE room_total SET coins = coins + 1")
    await outbox.rebuild(world.db)
    assert await naive.rollups(world.db) == before


async def test_a_snapshot_stays_right_while_the_rollups_are_rebuilt(world: World) -> None:
    await some_history(world)
    await outbox.catch_up(world.db)
    room = world.published[0].request.room_id
    async with world.db.read() as conn:
        await conn.execute("SELECT 1")  # the snapshot is taken
        await outbox.rebuild(world.db)
        totals = await outbox.room_totals(conn, [room])
    expected = sum(e.request.coins for e in world.published if e.request.room_id == room)
    assert totals[room].coins == expected


async def test_running_followers_catch_up_and_stop(world: World) -> None:
    await some_history(world)
    async with outbox.running_followers(world.db, outbox.FOLLOWERS):
        async with asyncio.timeout(20):
            while True:
                async with world.db.read() as conn:
                    if not await watermarks.lanes_behind(conn, ROLLUPS.name):
                        break
                await asyncio.sleep(0.02)
    assert await world.count("creator_day") > 0
    await naive.assert_readers_are_right(world.db)
