"""Facts about several orders, in any order of arrival and at once: the ends are the same."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from itertools import permutations

from largesse import ledger
from largesse.ledger import Code
from tests.ledger.books import change_of, give, held, journal
from tests.ledger.world import World, gift

LONG_AGO = timedelta(days=30)
Fact = Callable[[], Awaitable[object]]


async def test_a_dispute_won_after_the_debt_was_paid_back_returns_the_coins(world: World) -> None:
    await world.set_steps("owe")
    owner, room = await world.viewer(), await world.room()
    first = await world.top_up(owner, 100)
    await give(world, owner, room, 40)
    await world.take_back(owner, first)
    await world.top_up(owner, 50, currency="EUR", gross_minor=700, tax_minor=0, fee_minor=0)
    assert (await world.wallet(owner)).coins_paid == 10
    assert await journal(world, "EUR") == {
        Code.PROVIDER_CLEARING: 700,
        Code.DEFERRED_REVENUE: -140,
        Code.CHARGEBACK_LOSS: -560,
    }
    await world.cancel(owner, first)
    wallet = await world.wallet(owner)
    assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (110, 0, False)
    assert await journal(world, "EUR") == {Code.PROVIDER_CLEARING: 700, Code.DEFERRED_REVENUE: -700}
    await give(world, owner, room, 110)


async def test_coins_that_paid_another_orders_debt_are_owed_when_their_own_is_disputed(
    world: World,
) -> None:
    await world.set_steps("owe")
    owner, room = await world.viewer(), await world.room()
    first = await world.top_up(owner, 100)
    await give(world, owner, room, 60)
    second = await world.top_up(owner, 80)
    await world.take_back(owner, first)
    assert (await world.wallet(owner)).coins_paid == 20
    done = await world.take_back(owner, second)
    assert (done.coins_removed, done.coins_owed) == (20, 60)
    wallet = await world.wallet(owner)
    assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (0, 60, True)
    await world.cancel(owner, first)
    wallet = await world.wallet(owner)
    assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (40, 0, False)
    await world.cancel(owner, second)
    assert (await world.wallet(owner)).coins_paid == 120


async def test_facts_race_with_each_other_with_gifts_and_with_maturity(world: World) -> None:
    sender, room = await world.viewer(), await world.room()
    orders = [await world.top_up(sender, 60) for _ in range(4)]
    await give(world, sender, room, 30, 20, ago=LONG_AGO)
    facts: list[Fact] = [partial(ledger.mature_due, world.db)]
    for order in orders:
        facts += [
            partial(world.take_back, sender, order, "chargeback", 700, "d1"),
            partial(world.take_back, sender, order, "refund", 500, "r1"),
            partial(world.cancel, sender, order, "d1"),
            partial(world.cancel, sender, order, "r1"),
        ]
    facts += facts
    random.Random(5).shuffle(facts)
    given: list[int] = []

    async def send(writer: ledger.GiftWriter) -> None:
        with contextlib.suppress(ledger.WalletFrozen, ledger.InsufficientCoins):
            given.append((await writer.submit(gift(sender, room, 3))).request.coins)

    async with world.writer(batch_size_max=4) as one, world.writer(batch_size_max=4) as two:
        gifts = [send((one, two)[number % 2]) for number in range(40)]
        await asyncio.gather(*(fact() for fact in facts), *gifts)
    wallet = await world.wallet(sender)
    assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (190 - sum(given), 0, False)
    milli = {Code.DIAMONDS_AVAILABLE: 25_000, Code.DIAMONDS_PENDING: sum(given) * 500}
    assert await held(world, [room.recipient_id]) == [{k: v for k, v in milli.items() if v}]


async def end_of(world: World, arrival: Sequence[int]) -> list[object]:
    """A viewer with two orders, some gifts and six facts that came in one order, each twice; answers with the ends."""
    owner, rooms = await world.viewer(), [await world.room(), await world.room()]
    before = await journal(world, "USD")
    first = await world.top_up(owner, 7, 3, gross_minor=99, tax_minor=10, fee_minor=0)
    second = await world.top_up(owner, 100, 5)
    await give(world, owner, rooms[0], 6, 17)
    await give(world, owner, rooms[1], 31)
    facts: list[Fact] = [
        lambda: world.take_back(owner, second, "refund", 333, "r1"),
        lambda: world.take_back(owner, second, "chargeback", 900, "d1"),
        lambda: world.cancel(owner, second, "d1"),
        lambda: world.take_back(owner, first, "chargeback", 50, "d2"),
        lambda: world.cancel(owner, second, "r2"),
        lambda: world.take_back(owner, second, "refund", 100, "r2"),
    ]
    for number in arrival:
        await facts[number]()
        await facts[number]()
    people = [owner, *(room.recipient_id for room in rooms)]
    wallet = await world.wallet(owner)
    return [await held(world, people), await change_of(world, "USD", before), wallet.frozen]


async def test_every_order_of_arrival_ends_in_the_same_balances(world: World) -> None:
    arrivals = list(permutations(range(6)))
    expected = await end_of(world, arrivals[0])
    for arrival in random.Random(7).sample(arrivals, 20):
        assert await end_of(world, arrival) == expected, arrival


async def end_with_debts(world: World, arrival: Sequence[int]) -> list[object]:
    """Two spent orders, one of which pays for the other's dispute, a third one bought at some time, and one win."""
    owner, room = await world.viewer(), await world.room()
    before = await journal(world, "USD")
    first = await world.top_up(owner, 40)
    second = await world.top_up(owner, 60, gross_minor=770, tax_minor=70)
    await give(world, owner, room, 70)
    facts: list[Fact] = [
        lambda: world.take_back(owner, first, "chargeback", None, "d1"),
        lambda: world.take_back(owner, second, "chargeback", 500, "d2"),
        lambda: world.cancel(owner, second, "d2"),
        lambda: world.take_back(owner, second, "refund", 385, "r2"),
        lambda: world.top_up(owner, 25, gross_minor=300, tax_minor=0),
    ]
    for number in arrival:
        await facts[number]()
    moved = await change_of(world, "USD", before)
    fixed = {code: moved.get(code) for code in (Code.PROVIDER_CLEARING, Code.TAX_PAYABLE)}
    return [await held(world, [owner, room.recipient_id]), fixed]


async def test_debts_end_the_same_in_every_order_of_arrival(world: World) -> None:
    await world.set_steps("owe")
    arrivals = list(permutations(range(5)))
    expected = await end_with_debts(world, arrivals[0])
    for arrival in random.Random(8).sample(arrivals, 20):
        assert await end_with_debts(world, arrival) == expected, arrival
