"""Refunds and disputes: what they take, and what comes back when they are cancelled."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from largesse import ledger
from largesse.ledger import Code
from largesse.ledger.model import COINS_MAX
from largesse.types import new_id, now
from tests.ledger.books import fetch, give, held, journal
from tests.ledger.world import World

LONG_AGO = timedelta(days=30)
Fact = Callable[[], Awaitable[object]]


async def mature_all(world: World) -> date:
    """Let all that is due by now become available."""
    await ledger.mature_due(world.db)
    return now().date()


async def reversed_gifts(world: World) -> list[tuple[UUID, str, int, int]]:
    """Gift, state, coins and milli-diamonds of every line of the log."""
    rows = await fetch(
        world,
        "SELECT gift_id, state, coins, milli_diamonds FROM reversed_gift ORDER BY batch_no, gift_id",
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def test_a_refund_before_any_spend_takes_coins_bonus_and_money(world: World) -> None:
    owner = await world.viewer()
    order = await world.top_up(owner, 100, 5)
    done = await world.take_back(owner, order, "refund")
    assert done == ledger.Reversed(1_100, True, False, 100, 0, 0, 0, 5, duplicate=False)
    assert await held(world, [owner]) == [{}]
    assert await journal(world, "COIN") == {Code.COINS_ISSUED: -100, Code.COINS_REFUNDED: 100}
    assert await journal(world, "USD") == {Code.PROVIDER_CLEARING: -33, Code.PROVIDER_FEES: 33}
    assert not (await world.wallet(owner)).frozen


async def test_a_part_and_then_the_rest_take_all_of_it(world: World) -> None:
    owner = await world.viewer()
    order = await world.top_up(owner, 100, 5)
    part = await world.take_back(owner, order, "refund", 330, "r1")
    assert (part.coins_removed, part.coins_bonus, part.whole) == (30, 1, False)
    assert await journal(world, "USD") == {
        Code.PROVIDER_CLEARING: 1_100 - 33 - 330,
        Code.PROVIDER_FEES: 33,
        Code.TAX_PAYABLE: -70,
        Code.DEFERRED_REVENUE: -700,
    }
    rest = await world.take_back(owner, order, "refund", 770, "r2")
    assert (rest.coins_removed, rest.coins_bonus, rest.whole) == (100, 5, True)
    assert await journal(world, "USD") == {Code.PROVIDER_CLEARING: -33, Code.PROVIDER_FEES: 33}


async def test_pending_diamonds_of_the_last_gifts_pay_for_what_was_spent(world: World) -> None:
    owner, room, other = await world.viewer(), await world.room(), await world.room()
    order = await world.top_up(owner, 100)
    first, second = await give(world, owner, room, 30, 20)
    (third,) = await give(world, owner, other, 10)
    # 80 coins: the 40 that are left, the last gift, the one before it, and 10 of the first.
    done = await world.take_back(owner, order, "chargeback", 880)
    assert (done.coins_removed, done.coins_of_gifts, done.coins_owed) == (40, 40, 0)
    lost = [
        (third, "reversed", 10, 5_000),
        (second, "reversed", 20, 10_000),
        (first, "reversed", 10, 5_000),
    ]
    assert sorted(await reversed_gifts(world)) == sorted(lost)
    assert await held(world, [owner, room.recipient_id, other.recipient_id]) == [
        {},
        {Code.DIAMONDS_PENDING: 10_000},
        {},
    ]
    assert not (await world.wallet(owner)).frozen
    assert (await journal(world, "USD"))[Code.CHARGEBACK_LOSS] == 880 - 80 - 400
    async with world.db.read() as conn:
        assert await ledger.reversed_of(conn, owner, first) == 5_000
        assert await ledger.reversed_of(conn, owner, new_id()) == 0


async def test_diamonds_that_are_available_stay_and_the_viewer_owes(world: World) -> None:
    owner, room = await world.viewer(), await world.room()
    order = await world.top_up(owner, 100)
    await give(world, owner, room, 40, ago=LONG_AGO)
    await mature_all(world)
    await give(world, owner, room, 10)
    done = await world.take_back(owner, order)
    assert (done.coins_removed, done.coins_of_gifts, done.coins_owed) == (50, 10, 40)
    assert await held(world, [owner, room.recipient_id]) == [
        {Code.COINS_OWED: 40},
        {Code.DIAMONDS_AVAILABLE: 20_000},
    ]
    assert (await world.wallet(owner)).frozen


async def test_bonus_coins_and_their_diamonds_are_not_touched(world: World) -> None:
    owner, room = await world.viewer(), await world.room()
    order = await world.top_up(owner, 100, 10)
    (mixed,) = await give(world, owner, room, 30)  # 10 bonus and 20 paid
    done = await world.take_back(owner, order)
    assert (done.coins_removed, done.coins_of_gifts, done.coins_bonus) == (80, 20, 0)
    assert await reversed_gifts(world) == [(mixed, "reversed", 20, 10_000)]
    assert await held(world, [room.recipient_id]) == [{Code.DIAMONDS_PENDING: 5_000}]


@pytest.mark.parametrize("which", [0, 1])
async def test_of_a_gift_from_two_lots_only_the_reversed_ones_coins_count(
    world: World, which: int
) -> None:
    owner, room = await world.viewer(), await world.room()
    orders = [await world.top_up(owner, 10), await world.top_up(owner, 20)]
    await give(world, owner, room, 25)
    done = await world.take_back(owner, orders[which])
    assert (done.coins_removed, done.coins_of_gifts) == [(0, 10), (5, 15)][which]
    coins = 15 if which == 0 else 10
    assert await held(world, [room.recipient_id]) == [{Code.DIAMONDS_PENDING: coins * 500}]


@pytest.mark.parametrize(
    ("steps", "diamonds", "owed", "borne"),
    [
        ((), 0, 0, 40),
        (("owe",), 0, 40, 0),
        (("reverse_diamonds",), 40, 0, 0),
        (("reverse_diamonds", "owe"), 40, 0, 0),
        (("owe", "reverse_diamonds"), 0, 40, 0),
    ],
)
async def test_the_rule_says_who_pays(
    world: World, steps: tuple[str, ...], diamonds: int, owed: int, borne: int
) -> None:
    await world.set_steps(*steps)
    owner, room = await world.viewer(), await world.room()
    order = await world.top_up(owner, 100)
    await give(world, owner, room, 40)
    done = await world.take_back(owner, order)
    assert (done.coins_of_gifts, done.coins_owed, done.coins_borne) == (diamonds, owed, borne)
    assert (await world.wallet(owner)).coins_owed == owed
    won = await world.cancel(owner, order)
    assert (won.amount_minor, won.coins_of_gifts + won.coins_owed + won.coins_borne) == (0, 0)
    assert await held(world, [owner, room.recipient_id]) == [
        {Code.COINS_PAID: 60},
        {Code.DIAMONDS_PENDING: 20_000},
    ]


async def test_a_graver_kind_settles_spent_coins_by_its_own_rule(world: World) -> None:
    async with world.db.transaction() as conn:
        await conn.execute("INSERT INTO reversal_rule VALUES (9, 'refund', '{}', now())")
    owner, room = await world.viewer(), await world.room()
    order = await world.top_up(owner, 100)
    await give(world, owner, room, 100)
    assert (await world.take_back(owner, order, "refund", 550)).coins_borne == 50
    disputed = await world.take_back(owner, order, "chargeback", 330)
    assert (disputed.coins_borne, disputed.coins_of_gifts) == (0, 80)
    won = await world.cancel(owner, order)
    assert (won.coins_borne, won.coins_of_gifts) == (50, 0)


async def test_a_won_dispute_gives_everything_back(world: World) -> None:
    owner, room = await world.viewer(), await world.room()
    order = await world.top_up(owner, 100, 8)
    await give(world, owner, room, 48)
    people = [owner, room.recipient_id]
    before = [await held(world, people), await journal(world, "USD"), await journal(world, "COIN")]
    await world.take_back(owner, order)
    assert await held(world, people) == [{}, {Code.DIAMONDS_PENDING: 4_000}]
    won = await world.cancel(owner, order)
    assert won == ledger.Reversed(0, False, False, 0, 0, 0, 0, 0, duplicate=False)
    after = [await held(world, people), await journal(world, "USD"), await journal(world, "COIN")]
    assert after == before
    assert [line[1:] for line in await reversed_gifts(world)] == [
        ("reversed", 40, 20_000),
        ("restored", 40, 20_000),
    ]
    assert (await give(world, owner, room, 60)) != []


async def test_diamonds_won_back_after_their_day_are_available_at_once(world: World) -> None:
    owner, room = await world.viewer(), await world.room()
    order = await world.top_up(owner, 100)
    await give(world, owner, room, 40, ago=LONG_AGO)
    await world.take_back(owner, order, "chargeback", 770)  # 60 unused and 10 given coins
    await mature_all(world)
    assert await held(world, [room.recipient_id]) == [{Code.DIAMONDS_AVAILABLE: 15_000}]
    await world.cancel(owner, order)
    assert await held(world, [room.recipient_id]) == [{Code.DIAMONDS_AVAILABLE: 20_000}]
    again = await world.take_back(owner, order, "refund")
    assert (again.coins_removed, again.coins_of_gifts, again.coins_owed) == (60, 0, 40)


async def test_restored_coins_lie_behind_and_keep_their_place_in_the_price(world: World) -> None:
    owner, room = await world.viewer(), await world.room()
    order = await world.top_up(owner, 7, gross_minor=99, tax_minor=0)
    await world.top_up(owner, 10)
    await world.take_back(owner, order)
    await give(world, owner, room, 3)
    await world.cancel(owner, order)
    rows = await fetch(
        world, "SELECT start, coins, position FROM lot WHERE order_id = %s ORDER BY start", order
    )
    assert rows == [(0, 0, 0), (10, 7, 0)]
    part = await world.take_back(owner, order, "refund", 30, "r1")
    assert part.coins_removed == 2
    assert (await journal(world, "USD"))[Code.DEFERRED_REVENUE] == -1_000 - 99 * 5 // 7
    async with world.db.read() as conn:
        lots = (await ledger.lots(conn, owner)).items
    assert [(lot.coins_left, lot.coins_spent, lot.coins_refunded) for lot in lots] == [
        (7, 3, 0),
        (5, 0, 2),
    ]


async def test_duplicates_change_nothing_and_the_larger_amount_holds(world: World) -> None:
    owner = await world.viewer()
    order = await world.top_up(owner, 100)
    first = await world.take_back(owner, order, "refund", 330, "r1")
    again = await world.take_back(owner, order, "refund", 330, "r1")
    assert again == replace(first, duplicate=True)
    assert (await world.take_back(owner, order, "refund", 110, "r1")).amount_minor == 330
    assert (await world.take_back(owner, order, "refund", 550, "r1")).amount_minor == 550
    assert await world.count("batch") == 3
    await world.cancel(owner, order, "r1")
    assert (await world.cancel(owner, order, "r1")).duplicate
    assert (await world.take_back(owner, order, "refund", 550, "r1")).amount_minor == 0
    assert (await world.wallet(owner)).coins_paid == 100


async def test_a_refund_and_a_dispute_take_no_more_than_was_paid(world: World) -> None:
    owner = await world.viewer()
    order = await world.top_up(owner, 100)
    await world.take_back(owner, order, "refund", 440, "r1")
    both = await world.take_back(owner, order)
    assert (both.amount_minor, both.whole, both.disputed) == (1_100, True, True)
    won = await world.cancel(owner, order)
    assert (won.amount_minor, won.coins_removed, won.disputed) == (440, 40, False)


async def test_amounts_up_to_the_limit_and_beyond(world: World) -> None:
    owner = await world.viewer()
    order = await world.top_up(owner, COINS_MAX, gross_minor=2**63 - 1, tax_minor=2**61)
    third = await world.take_back(owner, order, "refund", 2**61, "r1")
    assert third.coins_removed == COINS_MAX * 2**61 // (2**63 - 1)
    whole = await world.take_back(owner, order, "refund", 2**80, "r2")
    assert (whole.amount_minor, whole.coins_removed) == (2**63 - 1, COINS_MAX)
    await world.cancel(owner, order, "r2")
    await world.cancel(owner, order, "r1")
    assert (await world.wallet(owner)).coins_paid == COINS_MAX


@pytest.mark.parametrize("amount_minor", [0, -1])
async def test_an_amount_must_be_above_zero(world: World, amount_minor: int) -> None:
    owner = await world.viewer()
    order = await world.top_up(owner, 10)
    with pytest.raises(ledger.ReversalAmountInvalid):
        await world.take_back(owner, order, "refund", amount_minor)


async def test_an_order_that_was_not_credited_cannot_be_reversed(world: World) -> None:
    owner = await world.viewer(10)
    with pytest.raises(ledger.LotNotFound):
        await world.take_back(owner, new_id())
    with pytest.raises(ledger.LotNotFound):
        await world.cancel(owner, new_id())
    stranger = await world.viewer()
    order = await world.top_up(owner, 10)
    with pytest.raises(ledger.LotNotFound):
        await world.take_back(stranger, order)
