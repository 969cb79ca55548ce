"""Sums of supporters that are kept in order: always what adding up the days says, whatever happens at once."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from largesse import ledger, outbox
from largesse.outbox import ranking as kept
from largesse.outbox.followers import read_on
from largesse.outbox.queries import ranking, rollups, rooms, watermarks
from largesse.outbox.rollups import ROLLUPS
from largesse.types import new_id
from tests.ledger.world import Room, World, gift
from tests.outbox.test_ranges import nodes

FIRST = date(2025, 6, 1)
NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
WAIT_S = 30


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any supporter is many, and windows never rest."""
    monkeypatch.setattr(kept, "ROWS_MIN", 1)
    monkeypatch.setattr(kept, "PAUSE_S", 0)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


async def give(world: World, room: Room, at: datetime, gifts: Sequence[tuple[UUID, int]]) -> None:
    """Gifts of a moment, every third of them anonymous."""
    async with world.writer(clock=partial(at.replace)) as writer:
        for place, (sender, coins) in enumerate(gifts):
            wanted = gift(sender, room, coins)
            wanted.anonymous = place % 3 == 2
            await writer.submit(wanted)


async def assert_same(world: World, recipient_id: UUID, since: date, limit: int = 3) -> None:
    """What is answered is what the days say, and the sums are those of the window's days."""
    async with world.db.read() as conn:
        answered = await outbox.top_supporters(conn, recipient_id, since, limit)
        added_up = await rooms.top_supporters(conn, recipient_id, since, limit)
        assert list(answered.items()) == list(added_up.items())
        cursor = await conn.execute(
            "SELECT * FROM (SELECT r.sender_id, r.coins FROM ranked_supporter r"
            "  JOIN ranking_window USING (recipient_id) WHERE r.coins <> 0) kept FULL JOIN"
            " (SELECT sender_id, sum(coins)::bigint AS coins FROM supporter_day d"
            "  JOIN ranking_window w ON w.recipient_id = d.recipient_id AND d.day >= w.since"
            "  GROUP BY sender_id HAVING sum(coins) <> 0) days USING (sender_id, coins)"
            " WHERE kept.coins IS NULL OR days.coins IS NULL"
        )
        assert await cursor.fetchall() == []


async def assert_sound(world: World) -> None:
    async with world.db.read() as conn:
        assert not (await ledger.check(conn)).problems


async def test_it_is_what_adding_up_says_while_days_pass_and_coins_are_taken_back(
    world: World,
) -> None:
    draw = random.Random(7)
    await world.set_steps("reverse_diamonds")
    room = await world.room()
    people = [await world.viewer(1000) for _ in range(6)]
    orders = [(person, await world.top_up(person, 100)) for person in people]
    creator = room.recipient_id
    for number in range(8):
        at = NOON + timedelta(days=number)
        picked = [(draw.choice(people), draw.randint(1, 40)) for _ in range(8)]
        await give(world, room, at, picked)
        if number % 3 == 1:
            person, order = orders.pop()
            await world.take_back(person, order)
            await assert_same(world, creator, day(max(0, number - 3)))
            await world.cancel(person, order)
        since = day(max(0, number - 3))
        await assert_same(world, creator, since)
        await outbox.keep_ranking(world.db, creator, since)
        async with world.db.read() as conn:
            window = await ranking.window(conn, creator)
        assert window == (
            since if number else None
        )  # nothing was counted before the first day's end
        await assert_same(world, creator, since)
        if number % 2 == 0:
            await outbox.catch_up(world.db)
        for other in (since, day(0), day(number), day(number + 1)):
            await assert_same(world, creator, other)
    await outbox.rebuild(world.db)
    await assert_same(world, creator, day(4))
    await outbox.keep_ranking(world.db, creator, day(4))
    await assert_same(world, creator, day(4))
    await assert_sound(world)


async def until_waiting(world: World) -> None:
    """Until somebody waits for the windows' lock."""
    waiting = (
        "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    async with asyncio.timeout(WAIT_S):
        while True:
            async with world.db.read() as conn:
                if (await conn.execute(waiting)).rowcount:
                    return
            await asyncio.sleep(0.02)


async def lanes(world: World) -> set[int]:
    async with world.db.read() as conn:
        cursor = await conn.execute("SELECT lane FROM gift")
        return {row[0] for row in await cursor.fetchall()}


async def assert_window(world: World, room: Room, coins: dict[UUID, int]) -> None:
    async with world.db.read() as conn:
        assert await ranking.window(conn, room.recipient_id) == FIRST
        assert await outbox.top_supporters(conn, room.recipient_id, FIRST, 9) == coins
    await assert_same(world, room.recipient_id, FIRST)
    await assert_sound(world)


async def test_a_window_made_while_gifts_are_being_counted_has_each_of_them_once(
    world: World,
) -> None:
    room, sender = await world.room(), await world.viewer(100)
    await give(world, room, NOON, [(sender, 5)])
    await outbox.catch_up(world.db)
    await give(world, room, NOON, [(sender, 7)])
    added, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*args: Any) -> None:
        await ROLLUPS.apply(*args)
        added.set()
        await go_on.wait()

    async def count() -> None:
        for lane in await lanes(world):
            await read_on(world.db, type(ROLLUPS)(ROLLUPS.name, slow), lane)

    counting = asyncio.create_task(count())
    await asyncio.wait_for(added.wait(), WAIT_S)
    moving = asyncio.create_task(outbox.keep_ranking(world.db, room.recipient_id, FIRST))
    await until_waiting(world)  # it summed up days without what is not committed
    go_on.set()
    await asyncio.gather(moving, counting)
    await assert_same(world, room.recipient_id, FIRST)
    await outbox.catch_up(world.db)
    await assert_window(world, room, {sender: 12})


async def test_followers_go_on_while_days_are_summed_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, sender = await world.room(), await world.viewer(100)
    await give(world, room, NOON, [(sender, 5)])
    await outbox.catch_up(world.db)
    sum_up = ranking.sum_up

    async def meanwhile(*args: Any) -> dict[int, int]:
        summed = await sum_up(*args)
        await give(world, room, NOON, [(sender, 7)])
        async with asyncio.timeout(WAIT_S):
            await outbox.catch_up(world.db)
        return summed

    monkeypatch.setattr(ranking, "sum_up", meanwhile)
    await outbox.keep_ranking(world.db, room.recipient_id, FIRST)
    await assert_window(world, room, {sender: 12})


async def test_days_summed_up_while_the_followers_begin_again_make_no_window(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, sender = await world.room(), await world.viewer(100)
    await give(world, room, NOON, [(sender, 5)])
    await outbox.catch_up(world.db)
    sum_up = ranking.sum_up

    async def meanwhile(*args: Any) -> dict[int, int]:
        summed = await sum_up(*args)
        async with world.db.transaction() as conn:
            await watermarks.restart(conn, ROLLUPS.name)
            await rollups.clear(conn)
        return summed

    monkeypatch.setattr(ranking, "sum_up", meanwhile)
    await outbox.keep_ranking(world.db, room.recipient_id, FIRST)
    assert await world.count("ranked_supporter") == await world.count("ranking_window") == 0
    monkeypatch.setattr(ranking, "sum_up", sum_up)
    await outbox.catch_up(world.db)
    await outbox.keep_ranking(world.db, room.recipient_id, FIRST)
    assert await world.count("ranked_supporter") == 1
    await assert_same(world, room.recipient_id, FIRST)


async def test_counting_and_moving_at_once_lose_nothing(world: World) -> None:
    room = await world.room()
    people = [await world.viewer(1000) for _ in range(4)]
    creator = room.recipient_id

    async def giving() -> None:
        for number in range(12):
            at = NOON + timedelta(days=number // 3)
            await give(world, room, at, [(person, 1 + number) for person in people])

    async def counting() -> None:
        for _ in range(12):
            await outbox.catch_up(world.db)

    async def moving() -> None:
        for number in (0, 1, 0, 2, 1, 3):
            await outbox.keep_ranking(world.db, creator, day(number))
            await assert_same(world, creator, day(number))

    await asyncio.gather(giving(), counting(), counting(), moving(), moving())
    await outbox.catch_up(world.db)
    await outbox.keep_ranking(world.db, creator, day(2))
    await assert_same(world, creator, day(2), 9)
    await assert_sound(world)


async def test_a_follower_that_is_killed_has_counted_nothing(world: World) -> None:
    room, sender = await world.room(), await world.viewer(100)
    await give(world, room, NOON, [(sender, 5)])
    await outbox.catch_up(world.db)
    await outbox.keep_ranking(world.db, room.recipient_id, FIRST)
    await give(world, room, NOON, [(sender, 7)])

    async def dies(*args: Any) -> None:
        await ROLLUPS.apply(*args)
        raise ConnectionError("killed")

    dying = type(ROLLUPS)(ROLLUPS.name, dies)
    for lane in await lanes(world):
        with pytest.raises(ConnectionError):
            await read_on(world.db, dying, lane)
    await assert_same(world, room.recipient_id, FIRST)
    await outbox.catch_up(world.db)
    await assert_same(world, room.recipient_id, FIRST)


async def test_windows_are_for_the_crowded_rest_and_are_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, sender = await world.room(), await world.viewer(100)
    creator = room.recipient_id
    await give(world, room, NOON, [(sender, 5)])
    await outbox.catch_up(world.db)

    async def kept_since(since: date) -> date | None:
        await outbox.keep_ranking(world.db, creator, since)
        async with world.db.read() as conn:
            return await ranking.window(conn, creator)

    monkeypatch.setattr(kept, "ROWS_MIN", 2)
    assert await kept_since(FIRST) is None
    monkeypatch.setattr(kept, "ROWS_MIN", 1)
    assert await kept_since(FIRST) == FIRST
    async with world.db.transaction() as conn:
        await ranking.end(conn, creator)  # by a process that was killed then
    assert await kept_since(FIRST) == FIRST
    monkeypatch.setattr(kept, "PAUSE_S", 600)
    assert await kept_since(day(400)) == FIRST  # a clock that is a year ahead
    await assert_same(world, creator, day(400))
    assert await outbox.forget_rankings(world.db) == 0
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE ranking_window SET moved_at = moved_at - interval '4 days'")
    assert await outbox.forget_rankings(world.db) == 1
    assert await world.count("ranked_supporter") == 0


async def test_the_first_are_found_without_reading_the_others(world: World) -> None:
    mine = new_id()
    async with world.db.transaction() as conn:
        await conn.execute(
            "INSERT INTO ranked_supporter (recipient_id, sender_id, coins)"
            " SELECT r, gen_random_uuid(), s FROM unnest(%s::uuid[]) AS r, generate_series(1, 2000) AS s",
            ([mine, new_id()],),
        )
    async with world.db.transaction() as conn:
        await conn.execute("ANALYZE ranked_supporter")
        params = {"recipient_id": mine, "limit": 10}
        cursor = await conn.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {ranking._BEST}", params)
        row: Any = await cursor.fetchone()
    (read,) = [node for node in nodes(row[0][0]["Plan"]) if "Relation Name" in node]
    assert (read["Index Name"], read["Actual Rows"]) == ("ranked_supporter_rank", 10)
