"""The rows of streaks: what the follower adds, what is marked, and what is forgotten."""

from collections.abc import Callable

import pytest

from largesse import streaks
from largesse.db import Database
from largesse.gifts import StreakKey
from largesse.streaks import queries
from largesse.types import new_id
from tests.ledger.world import Room, World, gift, world
from tests.streaks.conftest import keep_up

__all__ = ["world"]


async def streak_of(
    world: World, gifts: int = 3, *, kept_up: Callable[[int], bool] = lambda _: False
) -> StreakKey:
    """A streak of so many gifts; the follower reads on after those that `kept_up` names."""
    room, sender, streak = await world.room(), await world.viewer(100), new_id()
    async with world.writer() as writer:
        for number in range(gifts):
            await writer.submit(gift(sender, room, streak_id=streak))
            await writer.submit(gift(sender, room))
            if kept_up(number):
                await keep_up(world.db)
    return StreakKey(room.id, sender, gift(sender, room).gift_type_no, streak, False)


async def standing(db: Database, key: StreakKey) -> list[tuple[int, int, int]]:
    async with db.read() as conn:
        found = await queries.standing(conn, key.room_id)
    assert all(streak.key == key for streak in found)
    return [(streak.gifts, streak.first_seq, streak.last_seq) for streak in found]


@pytest.mark.parametrize("kept_up_after", [(), (0,), (1,), (0, 1, 2)])
async def test_sums_are_exact_wherever_the_follower_stands(
    world: World, kept_up_after: tuple[int, ...]
) -> None:
    key = await streak_of(world, kept_up=lambda number: number in kept_up_after)
    assert await standing(world.db, key) == [(3, 1, 5)]
    assert await world.count("streak") == bool(kept_up_after)


async def test_a_streak_that_is_marked_stays_so_whatever_is_read_later(world: World) -> None:
    key = await streak_of(world, kept_up=lambda number: number == 0)
    other = await streak_of(world)
    async with world.db.transaction() as conn:
        await queries.mark_ended(conn, [key, other])
    await keep_up(world.db)
    assert (await standing(world.db, key), await standing(world.db, other)) == ([], [])
    async with world.db.read() as conn:
        assert await queries.stale(conn, 0, 10) == []


async def test_only_ended_rows_are_forgotten_and_only_old_ones(world: World) -> None:
    ended, still_open = await streak_of(world), await streak_of(world)
    await keep_up(world.db)
    async with world.db.transaction() as conn:
        await queries.mark_ended(conn, [ended])
    async with world.db.transaction() as conn:
        assert await queries.purge(conn, 3600) == 0
        assert await queries.purge(conn, 0) == 1
    assert await standing(world.db, still_open) == [(3, 1, 5)]


async def test_a_late_gift_after_the_row_was_forgotten_opens_nothing(world: World) -> None:
    """The end in the log is what counts."""
    key = await streak_of(world)
    ending = await streaks.end_streaks(world.db, key.room_id, {key: None})
    assert len(ending.rows) == 1
    async with world.db.read() as conn:
        recipient = await conn.execute(
            "SELECT recipient_id FROM room WHERE id = %s", (key.room_id,)
        )
        row = await recipient.fetchone()
    assert row is not None
    room = Room(key.room_id, row[0])
    async with world.writer() as writer:
        await writer.submit(gift(key.sender_id, room, streak_id=key.streak_id))
    await keep_up(world.db)
    async with world.db.read() as conn:
        start = await streaks.streaks_start(conn, key.room_id, 8)
        assert (list(start.open), len(start.ended)) == ([], 1)
        ((stale_key, last_seq),) = await queries.stale(conn, 0, 10)
    assert (stale_key, last_seq) == (key, 8)
    again = await streaks.end_streaks(world.db, key.room_id, {key: last_seq})
    assert (again.ended, again.rows) == ([key], [])


async def test_in_a_closed_room_there_is_nothing_to_end(world: World) -> None:
    key = await streak_of(world)
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE room SET open = false WHERE id = %s", (key.room_id,))
    ending = await streaks.end_streaks(world.db, key.room_id, {key: None})
    assert (ending.ended, ending.rows) == ([key], [])
