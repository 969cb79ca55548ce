"""Discounts are promotion cost from the day they are credited, and the balance sheet agrees to the minor unit."""

from collections.abc import AsyncIterator

import pytest

from largesse import ledger
from largesse.ledger import BonusGrant, BonusPart
from largesse.types import new_id
from tests.finance.books import DAY, DAYS, JPY, USD, Books, Clock, at
from tests.finance.conftest import clock
from tests.ledger.world import World

__all__ = ["clock"]
NEXT = DAY + DAYS


@pytest.fixture
async def books(world: World, clock: Clock) -> AsyncIterator[Books]:
    async with world.writer(clock=clock) as writer:
        yield Books(world, writer, clock, await world.room())


async def test_a_discount_is_revenue_and_promotion_cost_until_it_is_refunded(books: Books) -> None:
    buyer = new_id()
    order = await books.buy(buyer, 100, USD, discount_minor=111)
    await books.buy(new_id(), 7, JPY, discount_minor=17)
    await books.close(DAY)
    assert await books.balance(DAY, "USD", "promotion_cost") == 111
    assert await books.balance(DAY, "USD", "revenue") == -111
    assert await books.balance(DAY, "JPY", "promotion_cost") == 17
    assert await books.balance(DAY, "USD", "deferred_revenue") == -999

    books.clock.moment = at(NEXT)
    await books.world.take_back(buyer, order, "refund", amount_minor=500)
    await books.close(NEXT)
    left = 111 - 111 * 500 // 1_099
    assert await books.balance(NEXT, "USD", "promotion_cost") == left
    assert await books.balance(NEXT, "USD", "revenue") == -left
    assert await books.balance(DAY, "USD", "promotion_cost") == 111  # as it was that day

    books.clock.moment = at(NEXT + DAYS)
    await books.world.cancel(buyer, order, "refund")
    await books.close(NEXT + DAYS)
    assert await books.balance(NEXT + DAYS, "USD", "promotion_cost") == 111


async def test_a_whole_refund_leaves_no_cost(books: Books) -> None:
    buyer = new_id()
    order = await books.buy(buyer, 100, USD, bonus=10, discount_minor=111)
    await books.world.take_back(buyer, order, "refund")
    await books.close(DAY)
    assert await books.balance(DAY, "USD", "promotion_cost") == 0
    assert await books.balance(DAY, "USD", "revenue") == 0
    assert await books.balance(DAY, "COIN", "coins_bonus") == 0


async def test_free_coins_cost_what_their_diamonds_do_once_they_are_given(books: Books) -> None:
    viewer = new_id()
    expires_at = books.clock.moment + 2 * DAYS
    async with books.db.transaction() as conn:
        await ledger.grant_bonus(conn, BonusGrant(viewer, new_id(), BonusPart(1_000, expires_at)))
    await books.give(viewer, 400)
    await books.buy(viewer, 100, USD, discount_minor=50)
    await books.close(DAY)
    assert await books.balance(DAY, "USD", "promotion_cost") == 50 + 200  # 200 diamonds at a cent
    assert await books.balance(DAY, "COIN", "coins_bonus") == 600
    books.clock.moment = at(DAY + 3 * DAYS)
    assert (await ledger.lapse_due(books.db, books.clock.moment)).coins == 600
    await books.close(DAY + 3 * DAYS)
    assert await books.balance(DAY + 3 * DAYS, "COIN", "coins_bonus") == 0
    assert await books.balance(DAY, "COIN", "coins_bonus") == 600
