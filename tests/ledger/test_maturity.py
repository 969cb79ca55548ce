"""When pending diamonds become available."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from largesse import ledger
from largesse.ledger import Code, maturity
from largesse.ledger.queries import maturity as queries
from largesse.types import now
from tests.ledger.books import fetch
from tests.ledger.world import Room, World, gift

DAY = timedelta(days=1)
TODAY = now().date()  # also when it ends while the tests run
HOLD = 21  # of the world's lots


def noon(days_ago: int) -> datetime:
    return datetime.combine(TODAY - days_ago * DAY, datetime.min.time(), UTC) + DAY / 2


NOON = noon(0)


async def give(world: World, sender: UUID, room: Room, coins: int, at: datetime) -> None:
    async with world.writer(clock=lambda: at) as writer:
        await writer.submit(gift(sender, room, coins))


async def diamonds(world: World, room: Room) -> tuple[int, int]:
    """Pending and available milli-diamonds of a room's recipient."""
    found = await world.balances(room.recipient_id)
    return found.get(Code.DIAMONDS_PENDING, 0), found.get(Code.DIAMONDS_AVAILABLE, 0)


async def days_done(world: World) -> list[date]:
    return [row[0] for row in await fetch(world, "SELECT due_on FROM maturity_day ORDER BY due_on")]


async def test_diamonds_become_available_when_the_last_day_of_their_hold_has_ended(
    world: World,
) -> None:
    sender, room = await world.viewer(100), await world.room()
    await give(world, sender, room, 10, noon(HOLD + 1))
    await give(world, sender, room, 20, noon(HOLD))
    assert await ledger.mature_due(world.db, NOON) == ledger.Matured(HOLD + 1, 1, 5_000)
    assert await diamonds(world, room) == (10_000, 5_000)
    midnight = ledger.available_at(TODAY)
    early = await ledger.mature_due(world.db, midnight + maturity.GRACE - timedelta(seconds=1))
    assert early == ledger.Matured()
    assert await ledger.mature_due(world.db, midnight + maturity.GRACE) == ledger.Matured(
        1, 1, 10_000
    )
    assert await diamonds(world, room) == (0, 15_000)


async def test_each_hold_has_its_own_day(world: World) -> None:
    sender, room = await world.viewer(100, 5, hold_days=3), await world.room()
    await give(world, sender, room, 5, noon(9))  # bonus coins only: no hold
    await give(world, sender, room, 10, noon(9))  # the gift's minimum of 7 days
    async with world.db.read() as conn:
        due = [await ledger.due_milli_diamonds(conn, noon(days).date()) for days in (9, 6, 2)]
    assert due == [{room.recipient_id: 2_500}, {}, {room.recipient_id: 5_000}]
    await ledger.mature_due(world.db, NOON)
    assert await diamonds(world, room) == (0, 7_500)


async def test_missed_days_are_caught_up_and_done_once(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    for days_ago in (40, 35, 30):
        await give(world, sender, room, 10, noon(days_ago))
    first = await ledger.mature_due(world.db, NOON)
    assert (first.recipients, first.milli_diamonds) == (3, 15_000)
    done = await days_done(world)
    assert done == [noon(days).date() for days in range(40, 0, -1)]
    assert await ledger.mature_due(world.db, NOON) == ledger.Matured()
    again = await ledger.mature(world.db, noon(40 - HOLD).date(), at=NOON)
    assert again == ledger.Matured(1, 0, 0)
    assert await diamonds(world, room) == (0, 15_000)


async def test_nothing_is_due_on_a_day_that_has_not_ended(world: World) -> None:
    for day in (TODAY, TODAY + DAY):
        with pytest.raises(ledger.NotYetDue):
            await ledger.mature(world.db, day, at=NOON)
    assert await ledger.mature_due(world.db, NOON) == ledger.Matured()


async def test_what_is_reversed_does_not_mature(world: World) -> None:
    sender, room = await world.viewer(), await world.room()
    order = await world.top_up(sender, 100)
    await give(world, sender, room, 60, noon(HOLD + 1))
    await world.take_back(sender, order, amount_minor=550)
    await ledger.mature_due(world.db, NOON)
    assert await diamonds(world, room) == (0, 25_000)


async def test_a_wholly_reversed_day_is_done_too(world: World) -> None:
    sender, room = await world.viewer(), await world.room()
    order = await world.top_up(sender, 60)
    await give(world, sender, room, 60, noon(HOLD + 1))
    await world.take_back(sender, order)
    await ledger.mature_due(world.db, NOON)
    await world.cancel(sender, order)
    assert await diamonds(world, room) == (0, 30_000)


async def several(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Room]:
    """Seven recipients with something due, worked off two at a time."""
    monkeypatch.setattr(maturity, "RECIPIENTS_MAX", 2)
    sender = await world.viewer(100)
    rooms = [await world.room() for _ in range(7)]
    for room in rooms:
        await give(world, sender, room, 10, noon(HOLD + 1))
    return rooms


async def test_a_run_that_is_cut_off_is_finished_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = await several(world, monkeypatch)
    insert = queries.insert_maturities
    left = [2]

    async def fail(*args: object, **kwargs: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise RuntimeError("killed")
        await insert(*args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(queries, "insert_maturities", fail)
        with pytest.raises(RuntimeError, match="killed"):
            await ledger.mature_due(world.db, NOON)
    assert await world.count("maturity") == 4
    assert noon(1).date() not in await days_done(world)
    assert (await ledger.mature_due(world.db, NOON)).recipients == 3
    assert [await diamonds(world, room) for room in rooms] == [(0, 5_000)] * 7


async def test_several_runs_at_once_with_gifts_and_disputes_move_each_diamond_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = await several(world, monkeypatch)
    sender = await world.viewer()
    orders = [await world.top_up(sender, 10) for _ in range(len(rooms))]
    for room in rooms:
        await give(world, sender, room, 10, noon(HOLD + 1))
    other = await world.viewer(1_000)

    async def dispute() -> None:
        for order in orders:
            await world.take_back(sender, order)

    async with world.writer(batch_size_max=3) as one, world.writer(batch_size_max=3) as two:
        await asyncio.gather(
            *(ledger.mature_due(world.db, NOON) for _ in range(3)),
            dispute(),
            *((one, two)[n % 2].submit(gift(other, rooms[n % 7], 5)) for n in range(60)),
        )
    reversed_milli = await fetch(
        world, "SELECT coalesce(sum(milli_diamonds), 0) FROM gift_reversal"
    )
    owed = (await world.wallet(sender)).coins_owed
    assert reversed_milli[0][0] + owed * 500 == 70 * 500
    for order in orders:
        await world.cancel(sender, order)
    assert sum([(await diamonds(world, room))[1] for room in rooms]) == 7 * 10_000


async def test_a_forgotten_day_is_found_by_the_check(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    await give(world, sender, room, 10, noon(HOLD + 1))
    async with world.db.transaction() as conn:
        await queries.finish_day(conn, noon(1).date(), now())
    async with world.db.read() as conn:
        problems = (await ledger.check(conn)).problems
    assert [(problem.invariant, problem.detail) for problem in problems] == [
        (11, "gifts 5000, reversed before 0, matured not")
    ]
    async with world.db.transaction() as conn:
        await conn.execute("DELETE FROM maturity_day")
