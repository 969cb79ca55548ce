"""The writer's clock stops, or jumps: gifts, budgets and the chain do not care."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest

from largesse import ledger
from tests.ledger.world import World, entries_of, gift, send_together

START = datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)
HOURS = {
    "stopped": [0],
    "backwards": [0, -1, -2, -24, -24 * 400],
    "forwards": [0, 1, 24 * 40, 24 * 400],
    "to and fro": [0, 24 * 40, -24 * 40, 24 * 400, 0, -24 * 400],
}
GIFTS = 30


def jumping(hours: list[int]) -> Callable[[], datetime]:
    moments: Iterator[datetime] = cycle(START + timedelta(hours=step) for step in hours)
    return lambda: next(moments)


@pytest.mark.parametrize("hours", HOURS.values(), ids=HOURS.keys())
async def test_a_wrong_clock_loses_and_doubles_nothing(world: World, hours: list[int]) -> None:
    room, senders = await world.room(), [await world.viewer(100, 5) for _ in range(3)]
    wishes = [gift(senders[number % 3], room, 2) for number in range(GIFTS)]
    async with world.writer(batch_size_max=4, clock=jumping(hours)) as writer:
        entries = entries_of(await send_together(writer, wishes))
        again = entries_of(await send_together(writer, wishes))
    assert sorted(entry.seq for entry in entries) == list(range(1, GIFTS + 1))
    assert {entry.batch_no for entry in entries} == set(range(1, 9))
    assert [entry.created_at for entry in again] == [entry.created_at for entry in entries]
    left = [await world.wallet(sender) for sender in senders]
    assert sum(wallet.coins_paid + wallet.coins_bonus for wallet in left) == 315 - 2 * GIFTS


async def test_a_clock_that_goes_back_to_last_month_renews_no_budget(world: World) -> None:
    """Jumping to and fro across the end of a month must not give a budget twice."""
    room, sender = await world.room(), await world.viewer(100)
    await world.set_budget(sender, 10, START)
    april, march = START + timedelta(hours=1), START - timedelta(days=2)
    moments = iter([april, march, april, march, april])
    async with world.writer(clock=lambda: next(moments)) as writer:
        await writer.submit(gift(sender, room, 6))
        for _ in range(3):
            with pytest.raises(ledger.BudgetExceeded):
                await writer.submit(gift(sender, room, 5))
    assert (await world.wallet(sender)).coins_paid == 94


async def test_writers_whose_clocks_differ_share_wallets_and_rooms(world: World) -> None:
    room, sender = await world.room(), await world.viewer(100)
    late, early = jumping([-24 * 30]), jumping([24 * 30])
    async with world.writer(clock=late) as one, world.writer(clock=early) as two:
        for _ in range(5):
            for writer in (one, two):
                entries_of(await send_together(writer, [gift(sender, room), gift(sender, room)]))
    assert (await world.wallet(sender)).coins_paid == 80
