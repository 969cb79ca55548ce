"""Closing days in order and once: twice, at once, killed half-way, late, too early."""

import asyncio
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from largesse import finance, ledger
from largesse.finance import queries
from largesse.services import Services
from largesse.types import new_id, now
from tests.finance.books import DAY, DAYS, JPY, KWD, USD, Books, at

MIDNIGHT = at(DAY + DAYS, 0)
INSTANT = timedelta(microseconds=1)


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


async def test_the_worker_knows_the_job(books: Books) -> None:
    await busy_days(books, 1)
    app = App(connector=InMemoryConnector())
    finance.register_jobs(app, cast(Services, SimpleNamespace(db=books.db)))
    await app.tasks["finance.close"](timestamp=0)
    async with books.db.read() as conn:
        assert await finance.last_closed(conn) == (now() - finance.GRACE).date() - DAYS


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
