"""A monthly budget: lowered at once, raised after a day, enforced on the gift path."""

from datetime import UTC, datetime, timedelta

import pytest

from largesse import ledger
from largesse.ledger.budgets import Budget, decide_budget
from largesse.ledger.model import EMPTY_WALLET
from tests.ledger.world import World, entries_of, gift, send_together

NOON = datetime(2025, 12, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    """Time that stands still until a test moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.mark.parametrize(
    ("stored", "wanted", "decided"),
    [
        (Budget(None, None, None), 100, Budget(100, None, None)),
        (Budget(None, None, None), None, Budget(None, None, None)),
        (Budget(100, None, None), 0, Budget(0, None, None)),
        (Budget(100, None, None), 200, Budget(100, 200, NOON + DAY)),
        (Budget(100, None, None), None, Budget(100, None, NOON + DAY)),
        (Budget(100, 200, NOON + DAY / 2), 200, Budget(100, 200, NOON + DAY / 2)),
        (Budget(100, 200, NOON + DAY / 2), 300, Budget(100, 300, NOON + DAY)),
        (Budget(100, 200, NOON + DAY / 2), 100, Budget(100, None, None)),
        (Budget(100, 200, NOON), 150, Budget(150, None, None)),
        (Budget(100, 200, NOON), 300, Budget(200, 300, NOON + DAY)),
    ],
)
def test_lower_now_and_raise_tomorrow(stored: Budget, wanted: int | None, decided: Budget) -> None:
    wallet = EMPTY_WALLET._replace(**stored._asdict())
    assert decide_budget(wallet, wanted, NOON) == decided


async def test_a_gift_over_the_budget_is_refused_with_the_figures(world: World) -> None:
    sender, room = await world.viewer(100, 50), await world.room()
    await world.set_budget(sender, 20, NOON)
    async with world.writer(clock=lambda: NOON) as writer:
        await writer.submit(gift(sender, room, 15))
        with pytest.raises(ledger.BudgetExceeded) as refusal:
            await writer.submit(gift(sender, room, 6))
        await writer.submit(gift(sender, room, 5))
    assert refusal.value.fields == {
        "monthly_coins": 20,
        "spent_coins": 15,
        "resets_at": "2026-01-01T00:00:00Z",
    }


async def test_gifts_that_together_break_the_budget_are_taken_in_order(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    await world.set_budget(sender, 10, NOON)
    async with world.writer(clock=lambda: NOON) as writer:
        wishes = [gift(sender, room, 7), gift(sender, room, 7), gift(sender, room, 3)]
        first, second, third = await send_together(writer, wishes)
    entries_of([first, third])
    assert isinstance(second, ledger.BudgetExceeded)


async def test_the_month_turns_and_the_budget_is_fresh(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    await world.set_budget(sender, 10, NOON)
    clock = Clock(NOON)
    async with world.writer(clock=clock) as writer:
        await writer.submit(gift(sender, room, 10))
        with pytest.raises(ledger.BudgetExceeded):
            await writer.submit(gift(sender, room))
        clock.at = datetime(2026, 1, 1, tzinfo=UTC)
        entry = await writer.submit(gift(sender, room, 4))
    assert entry.wallet.month_spent == 4
    assert entry.wallet.spent_this_month(datetime(2026, 2, 1, tzinfo=UTC)) == 0


async def test_a_raised_budget_takes_over_a_day_later_and_stays(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    await world.set_budget(sender, 10, NOON - DAY)
    state = await world.set_budget(sender, 30, NOON)
    assert state.pending_budget(NOON) == (30, NOON + DAY)
    clock = Clock(NOON)
    async with world.writer(clock=clock) as writer:
        with pytest.raises(ledger.BudgetExceeded):
            await writer.submit(gift(sender, room, 11))
        clock.at = NOON + DAY
        entry = await writer.submit(gift(sender, room, 11))
        with pytest.raises(ledger.BudgetExceeded):
            await writer.submit(gift(sender, room, 20))
    assert (entry.wallet.budget, entry.wallet.budget_next_at) == (30, None)
    assert entry.wallet == await world.wallet(sender)


async def test_a_removed_budget_is_gone_a_day_later(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    await world.set_budget(sender, 0, NOON)
    await world.set_budget(sender, None, NOON)
    clock = Clock(NOON + DAY - timedelta(microseconds=1))
    async with world.writer(clock=clock) as writer:
        with pytest.raises(ledger.BudgetExceeded):
            await writer.submit(gift(sender, room))
        clock.at = NOON + DAY
        assert (await writer.submit(gift(sender, room, 50))).wallet.budget is None


async def test_a_budget_can_be_set_before_the_first_coin(world: World) -> None:
    owner_id = await world.viewer()
    assert (await world.set_budget(owner_id, 5, NOON)).budget == 5
    await world.top_up(owner_id, 100)
    assert (await world.wallet(owner_id)).budget == 5


@pytest.mark.parametrize("coins", [-1, 2**63])
async def test_a_budget_out_of_range_is_refused(world: World, coins: int) -> None:
    with pytest.raises(ledger.AmountTooLarge):
        await world.set_budget(await world.viewer(), coins, NOON)


async def test_a_clock_that_lags_behind_does_not_give_the_month_again(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    december = datetime(2025, 12, 1, tzinfo=UTC)
    clock = Clock(december)
    await world.set_budget(sender, 10, NOON - 30 * DAY)
    async with world.writer(clock=clock) as writer:
        await writer.submit(gift(sender, room, 10))
        for clock.at in (december - timedelta(seconds=1), december):
            refused = await send_together(writer, [gift(sender, room, 6) for _ in range(2)])
            assert [type(error) for error in refused] == [ledger.BudgetExceeded] * 2
