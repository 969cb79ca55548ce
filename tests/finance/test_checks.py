"""`ledger check` finds closed days that the journal does not hold as they were computed."""

from typing import LiteralString

import pytest

from largesse import ledger
from largesse.types import new_id
from tests.finance.books import DAY, DAYS, KWD, USD, Books, at

BREAKAGES: list[tuple[LiteralString, str]] = [
    ("UPDATE close_day SET revenue_minor = revenue_minor + 1 WHERE currency = 'KWD'", "KWD"),
    ("UPDATE close_day SET creator_cost_minor = creator_cost_minor - 1", "USD"),
    ("UPDATE close_day SET promotion_cost_minor = 0", "USD"),
    ("UPDATE close_day SET entry_id = gen_random_uuid()", "close of"),
    ("UPDATE close_day SET currency = 'EUR' WHERE currency = 'KWD'", "EUR"),
    ("DELETE FROM close_day WHERE currency = 'KWD'", "close of entry"),
    ("DELETE FROM close_day WHERE date = '2026-09-30'", "close of 2026-10-01"),
    ("UPDATE close_day SET creator_payable_minor = 0 WHERE date = '2026-09-29'", "2026-09-29"),
    ("UPDATE transfer SET amount = amount + 1 WHERE kind = 'close'", "close of"),
    ("UPDATE transfer SET to_code = 46 WHERE kind = 'close' AND to_code = 47", "USD"),
]


@pytest.mark.breaks_ledger
@pytest.mark.parametrize(("breakage", "place"), BREAKAGES)
async def test_a_broken_close_is_found_and_named(
    books: Books, breakage: LiteralString, place: str
) -> None:
    viewer = new_id()
    await books.buy(viewer, 20, USD, bonus=7)
    await books.buy(viewer, 20, KWD)
    for day in (DAY, DAY + DAYS, DAY + 2 * DAYS):
        books.clock.moment = at(day)
        await books.give(viewer, 14)
        await books.close(day)
    assert await problems(books) == []
    async with books.db.transaction() as conn:
        await conn.execute(breakage)
    found = [problem for problem in await problems(books) if problem.invariant == 12]
    assert any(place in problem.place for problem in found), found


async def problems(books: Books) -> list[ledger.Problem]:
    async with books.db.read() as conn:
        return (await ledger.check(conn)).problems
