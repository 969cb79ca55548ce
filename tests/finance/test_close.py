"""Closing days: what is recognised, in which order, and that it happens once."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from largesse import finance, ledger
from largesse.finance import queries
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


async def test_an_empty_day_is_closed_too(books: Books) -> None:
    row = (await books.figures(DAY))["USD"]
    assert (row.coins, row.revenue_minor, row.creator_payable_minor) == (0, 0, 0)
    assert row.redemption_rate_id == 1
    assert await books.transfers() == []
    assert (await books.sheet(DAY)).mismatches() == []


async def test_closing_again_changes_nothing(books: Books) -> None:
    await busy_days(books, 1)
    first, transfers = await books.close(DAY), await books.transfers()
    assert transfers
    assert await books.close(DAY) == first
    assert await books.transfers() == transfers


async def test_a_late_run_catches_up_in_order(books: Books) -> None:
    await busy_days(books, 5)
    seen: list[date] = []
    last = DAY + 4 * DAYS
    closed = await finance.close_day(
        books.db, last, at=at(last + 3 * DAYS), on_closed=lambda day: seen.append(day.date)
    )
    assert seen == [DAY + number * DAYS for number in range(5)]
    assert closed.date == last
    for day in seen:
        assert (await books.sheet(day)).mismatches() == []


async def test_two_at_once_close_once(books: Books) -> None:
    await busy_days(books, 3)
    last = DAY + 2 * DAYS
    closed = await asyncio.gather(*(books.close(last) for _ in range(4)))
    assert all(day == closed[0] for day in closed)
    assert await books.world.count("close_day") == 3 * 3
    assert (await books.sheet(last)).mismatches() == []


@pytest.mark.parametrize("writes_before", range(4))
async def test_killed_half_way_nothing_is_left_and_the_next_run_ends_it(
    books: Books, monkeypatch: pytest.MonkeyPatch, writes_before: int
) -> None:
    """Dies at each of the three rows of `close_day`, and when everything is written but not committed."""
    await busy_days(books, 2)
    left = writes_before
    insert_close, post = queries.insert_close, ledger.post

    async def dying_insert(*args: Any, **other: Any) -> Any:
        nonlocal left
        if left == 0:
            raise ConnectionError("killed")
        left -= 1
        return await insert_close(*args, **other)

    async def dying_post(*args: Any, **other: Any) -> None:
        await post(*args, **other)
        raise ConnectionError("killed")

    monkeypatch.setattr(queries, "insert_close", dying_insert)
    monkeypatch.setattr(ledger, "post", dying_post)
    with pytest.raises(ConnectionError):
        await books.close(DAY)
    assert left == 0
    monkeypatch.setattr(queries, "insert_close", insert_close)
    monkeypatch.setattr(ledger, "post", post)
    assert (await books.world.count("close_day"), await books.transfers()) == (0, [])
    await books.close(DAY + DAYS)
    assert (await books.sheet(DAY + DAYS)).mismatches() == []


async def test_a_day_that_has_not_ended_is_refused(books: Books) -> None:
    too_early = [at(DAY), MIDNIGHT - INSTANT, MIDNIGHT, MIDNIGHT + finance.GRACE - INSTANT]
    for moment in too_early:
        with pytest.raises(finance.DayNotEnded) as refusal:
            await finance.close_day(books.db, DAY, at=moment)
        assert refusal.value.code == "day_not_ended"
        assert refusal.value.fields == {"closes_at": (MIDNIGHT + finance.GRACE).isoformat()}
    for day in (DAY + 2 * DAYS, date.max):
        with pytest.raises(finance.DayNotEnded):
            await finance.close_day(books.db, day, at=MIDNIGHT + finance.GRACE)
    await finance.close_day(books.db, DAY, at=MIDNIGHT + finance.GRACE)


async def test_a_day_before_the_first_closed_one_is_refused(books: Books) -> None:
    await books.close(DAY)
    with pytest.raises(finance.DayBeforeBooks):
        await books.close(DAY - DAYS)


async def test_the_job_closes_what_has_ended_and_then_rests(books: Books) -> None:
    await busy_days(books, 2)
    morning = at(DAY + 2 * DAYS, 0, minutes=20)
    closed = await finance.close_due(books.db, morning)
    assert closed is not None
    assert closed.date == DAY + DAYS
    assert await finance.close_due(books.db, morning) is None
    assert await finance.close_due(books.db, at(DAY + 3 * DAYS, 0)) is None  # within the grace
    assert await books.world.count("close_day") == 3 + 3


async def test_a_gift_that_came_too_late_is_named(books: Books) -> None:
    await busy_days(books, 2)
    await books.close(DAY)
    viewer = new_id()
    await books.buy(viewer, 10, JPY)
    books.clock.moment = MIDNIGHT - INSTANT
    await books.give(viewer, 10)
    with pytest.raises(finance.BooksDisagree) as refusal:
        await books.close(DAY)
    assert refusal.value.code == "books_disagree"
    assert any("JPY: revenue_minor was" in each for each in refusal.value.fields["differences"])
    assert any(
        each.startswith("JPY deferred_revenue") for each in (await books.sheet(DAY)).mismatches()
    )


@pytest.mark.breaks_ledger
async def test_coins_that_no_lot_covers_are_named(books: Books) -> None:
    await busy_days(books, 1)
    async with books.db.transaction() as conn:
        await conn.execute("DELETE FROM lot WHERE currency = 'JPY'")
    with pytest.raises(finance.BooksDisagree, match="paid coins were given, lots cover"):
        await books.close(DAY)
    assert await books.world.count("close_day") == 0


async def busy_day(books: Books, day: date) -> None:
    """Three currencies, bonus coins, gifts across lots."""
    books.clock.moment = at(day, 9)
    viewer = new_id()
    for price, bonus in ((USD, 3), (JPY, 0), (KWD, 7)):
        await books.buy(viewer, 20, price, bonus)
    for coins in (13, 18, 22):
        books.clock.moment += timedelta(hours=1)
        await books.give(viewer, coins)


async def busy_days(books: Books, count: int) -> None:
    for number in range(count):
        await busy_day(books, DAY + number * DAYS)


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
