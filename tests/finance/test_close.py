"""What closing a day recognises: coins by lot and currency, creators by diamonds and rate."""

from datetime import UTC, date, datetime, timedelta

import pytest

from largesse import ledger
from largesse.types import PLATFORM_ID, new_id
from tests.finance.books import DAY, DAYS, JPY, KWD, USD, Books, Price, at
from tests.ledger.world import Room

MIDNIGHT = at(DAY + DAYS, 0)
INSTANT = timedelta(microseconds=1)


async def test_a_day_recognises_the_net_value_of_the_coins_given(books: Books) -> None:
    viewer = new_id()
    await books.buy(viewer, 100, USD)
    await books.give(viewer, 33)
    day = await books.figures(DAY)
    assert day["USD"].coins == 33
    assert day["USD"].revenue_minor == 999 * 33 // 100
    assert await books.balance(DAY, "USD", "revenue") == -329
    assert await books.balance(DAY, "USD", "deferred_revenue") == -(999 - 329)


async def test_the_parts_of_a_lot_add_up_to_it(books: Books) -> None:
    viewer = new_id()
    await books.buy(viewer, 7, Price("USD", 10))
    revenue = []
    for number in range(7):
        day = DAY + number * DAYS
        books.clock.moment = at(day)
        await books.give(viewer, 1)
        revenue.append((await books.figures(day))["USD"].revenue_minor)
    assert revenue == [1, 1, 2, 1, 2, 1, 2]
    assert await books.balance(DAY + 6 * DAYS, "USD", "deferred_revenue") == 0


async def test_a_gift_across_lots_recognises_each_in_its_currency(books: Books) -> None:
    viewer = new_id()
    await books.buy(viewer, 10, USD)
    await books.buy(viewer, 10, JPY)
    await books.buy(viewer, 10, KWD)
    await books.give(viewer, 25)
    day = await books.figures(DAY)
    assert {code: (row.coins, row.revenue_minor) for code, row in day.items()} == {
        "USD": (10, 999),
        "JPY": (10, 146),
        "KWD": (5, 1_666),
    }
    assert await books.balance(DAY, "KWD", "deferred_revenue") == -(3_333 - 1_666)
    assert await books.balance(DAY, "JPY", "revenue") == -146
    assert day["JPY"].redemption_rate_id is None


@pytest.mark.parametrize("day", [DAY, date(2026, 9, 30), date(2027, 2, 28), date(2027, 12, 31)])
async def test_midnight_belongs_to_the_next_day(books: Books, day: date) -> None:
    viewer = new_id()
    midnight = at(day + DAYS, 0)
    books.clock.moment = at(day)
    await books.buy(viewer, 100, Price("USD", 1_000))
    for moment, coins in ((midnight - INSTANT, 1), (midnight, 10), (midnight + INSTANT, 20)):
        books.clock.moment = moment
        await books.give(viewer, coins)
    assert (await books.figures(day))["USD"].coins == 1
    assert (await books.figures(day + DAYS))["USD"].coins == 30
    assert await books.balance(day, "USD", "deferred_revenue") == -990
    assert await books.balance(day, "COIN", "coins_paid") == 99
    assert await books.balance(day + DAYS, "USD", "deferred_revenue") == -690


async def test_rows_count_for_the_day_of_their_own_time(books: Books) -> None:
    """A clock that was ahead is set back: the batches of two days lie mixed on one lane."""
    viewer = new_id()
    await books.buy(viewer, 100, Price("USD", 1_000))
    for moment, coins in (
        (MIDNIGHT - 2 * INSTANT, 1),
        (MIDNIGHT, 10),
        (MIDNIGHT - INSTANT, 2),
        (MIDNIGHT + INSTANT, 20),
    ):
        books.clock.moment = moment
        await books.give(viewer, coins)
    assert (await books.figures(DAY))["USD"].coins == 3
    assert (await books.figures(DAY + DAYS))["USD"].coins == 30
    assert await books.balance(DAY, "USD", "deferred_revenue") == -970
    assert await books.balance(DAY + DAYS, "USD", "deferred_revenue") == -670


async def test_a_dispute_and_its_end_are_booked_on_their_days(books: Books) -> None:
    """Unused coins leave deferred revenue, reversed diamonds leave what creators are owed, and both come back."""
    viewer, (second, third) = new_id(), (DAY + DAYS, DAY + 2 * DAYS)
    order_id = await books.buy(viewer, 100, USD)
    await books.give(viewer, 33)
    await books.close(DAY)
    books.clock.moment = at(second)
    await books.world.take_back(viewer, order_id)
    row = (await books.figures(second))["USD"]
    assert (row.revenue_minor, row.milli_diamonds) == (0, 0)
    assert (row.creator_payable_minor, row.creator_cost_minor) == (0, -16)
    books.clock.moment = at(third)
    await books.world.cancel(viewer, order_id)
    row = (await books.figures(third))["USD"]
    assert (row.creator_payable_minor, row.creator_cost_minor) == (16, 16)
    for account, balances in {
        "deferred_revenue": (-670, 0, -670),
        "revenue": (-329, -329, -329),
        "chargeback_loss": (0, 329, 0),
        "tax_payable": (-100, 0, -100),
        "creator_payable": (-16, 0, -16),
    }.items():
        days = (DAY, second, third)
        assert tuple([await books.balance(day, "USD", account) for day in days]) == balances


async def test_coins_that_pay_back_a_debt_are_no_revenue(books: Books) -> None:
    """Diamonds are out of reach, so the viewer owes; the next purchase pays, and makes up for the loss."""
    viewer = new_id()
    await books.world.set_steps("owe")
    books.clock.moment = datetime.now(UTC)  # the rule holds for orders from now on
    today = books.clock.moment.date()
    order_id = await books.buy(viewer, 100, USD)
    await books.give(viewer, 40)
    await books.world.take_back(viewer, order_id)
    await books.buy(viewer, 50, JPY)
    row = await books.figures(today)
    assert (row["USD"].revenue_minor, "JPY" in row) == (399, False)
    assert await books.balance(today, "USD", "chargeback_loss") == 399
    assert await books.balance(today, "JPY", "deferred_revenue") == -(146 - 146 * 40 // 50)
    assert await books.balance(today, "JPY", "chargeback_loss") == -(146 * 40 // 50)


async def test_creators_are_owed_the_value_of_their_diamonds(books: Books) -> None:
    viewer = new_id()
    await books.buy(viewer, 100, USD, bonus=21)
    await books.give(
        viewer, 35
    )  # 21 bonus and 14 paid coins: 17.5 diamonds, 10.5 of them for bonus coins
    row = (await books.figures(DAY))["USD"]
    assert (row.milli_diamonds, row.bonus_milli_diamonds) == (17_500, 10_500)
    assert (row.creator_payable_minor, row.promotion_cost_minor, row.creator_cost_minor) == (
        17,
        10,
        7,
    )
    assert await books.balance(DAY, "USD", "creator_payable") == -17
    books.clock.moment += DAYS
    await books.give(viewer, 1)  # half a diamond more: the halves of two days make a cent
    row = (await books.figures(DAY + DAYS))["USD"]
    assert (row.creator_payable_minor, row.creator_cost_minor) == (18, 1)


async def test_an_odd_rate_never_promises_more_than_the_floor(books: Books) -> None:
    await set_rate(books, 3_333, DAY - DAYS)
    viewer = new_id()
    await books.buy(viewer, 1_000)
    total = 0
    for number in range(5):
        books.clock.moment = at(DAY + number * DAYS)
        await books.give(viewer, 7)
        total += (await books.figures(DAY + number * DAYS))["USD"].creator_cost_minor
    assert total == 5 * 3_500 * 3_333 // 10_000_000


async def test_a_rate_change_within_a_day_counts_from_its_end(books: Books) -> None:
    viewer = new_id()
    await books.buy(viewer, 1_000)
    await books.give(viewer, 200)
    await books.close(DAY)
    await set_rate(books, 20_000, DAY + DAYS, hour=15)
    await set_rate(
        books, 30_000, DAY + 2 * DAYS, hour=0, id=3
    )  # not yet at the end of the second day
    books.clock.moment = at(DAY + DAYS, 10)
    await books.give(viewer, 100)
    row = (await books.figures(DAY + DAYS))["USD"]
    assert row.redemption_rate_id == 2
    assert row.creator_payable_minor == 300
    assert (
        row.creator_cost_minor == 200
    )  # 100 for the day, 100 because the first day's diamonds are worth more
    assert await books.balance(DAY, "USD", "creator_payable") == -100
    assert await books.balance(DAY + DAYS, "USD", "creator_payable") == -300


async def test_a_lower_rate_gives_cost_back(books: Books) -> None:
    viewer = new_id()
    await books.buy(viewer, 1_000)
    await books.give(viewer, 200)
    await books.close(DAY)
    await set_rate(books, 5_000, DAY + DAYS)
    row = (await books.figures(DAY + DAYS))["USD"]
    assert (row.creator_payable_minor, row.creator_cost_minor) == (50, -50)
    assert await books.balance(DAY + DAYS, "USD", "creator_cost") == 50


async def test_a_changed_share_changes_what_is_owed(books: Books) -> None:
    async with books.db.transaction() as conn:
        await conn.execute("INSERT INTO share VALUES (2, 6000, '2026-09-29 18:00Z')")
    viewer = new_id()
    await books.buy(viewer, 1_000)
    await books.give(viewer, 100)
    await books.give(viewer, 100, share_id=2, milli_diamonds=60_000)
    row = (await books.figures(DAY))["USD"]
    assert (row.milli_diamonds, row.creator_payable_minor) == (110_000, 110)


async def test_payouts_are_no_cost_of_the_day(books: Books) -> None:
    viewer = new_id()
    await books.buy(viewer, 1_000, hold_days=0)
    await books.give(viewer, 200, hold_min_days=0)
    await books.close(DAY)
    books.clock.moment = at(DAY + DAYS)
    await ledger.mature(books.db, DAY, at=books.clock())
    await pay_out(books, books.room, milli_diamonds=40_000, minor=40)
    row = (await books.figures(DAY + DAYS))["USD"]
    assert (row.milli_diamonds, row.creator_payable_minor, row.creator_cost_minor) == (
        60_000,
        60,
        0,
    )
    assert await books.balance(DAY + DAYS, "USD", "creator_payable") == -60
    assert await books.balance(DAY, "USD", "creator_payable") == -100


async def test_huge_amounts_are_exact(books: Books) -> None:
    viewer, gross, tax = new_id(), 2**62 + 1, 2**60 + 1
    await books.buy(viewer, 2**61, Price("KWD", gross, tax))
    await books.buy(viewer, 5, USD)
    await books.give(viewer, 10**12)
    await books.give(viewer, 10**12 - 1)
    day = await books.figures(DAY)
    assert day["KWD"].revenue_minor == (gross - tax) * (2 * 10**12 - 1) // 2**61
    left = (gross - tax) - day["KWD"].revenue_minor
    assert await books.balance(DAY, "KWD", "deferred_revenue") == -left


async def set_rate(books: Books, micro: int, day: date, *, hour: int = 0, id: int = 2) -> None:
    async with books.db.transaction() as conn:
        await conn.execute(
            "INSERT INTO redemption_rate (id, currency, micro_per_diamond, valid_from) VALUES (%s, 'USD', %s, %s)",
            (id, micro, at(day, hour)),
        )


async def pay_out(books: Books, room: Room, *, milli_diamonds: int, minor: int) -> None:
    """What a payout will book."""
    creator, bank, payable = room.recipient_id, ledger.Code.BANK, ledger.Code.CREATOR_PAYABLE
    available, redeemed = ledger.Code.DIAMONDS_AVAILABLE, ledger.Code.DIAMONDS_REDEEMED
    transfers = [
        ledger.Transfer("MDIA", creator, available, PLATFORM_ID, redeemed, milli_diamonds),
        ledger.Transfer("USD", PLATFORM_ID, bank, PLATFORM_ID, payable, minor),
    ]
    async with books.db.transaction() as conn:
        await ledger.post(conn, [ledger.Entry(creator, new_id(), "payout", transfers)])
