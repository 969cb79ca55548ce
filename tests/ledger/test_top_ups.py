"""Crediting an order, and paying back with it what is owed."""

from dataclasses import replace
from uuid import UUID

import pytest

from largesse import ledger
from largesse.ledger import Code
from largesse.ledger.model import COINS_MAX
from largesse.types import PLATFORM_ID, new_id
from tests.ledger.world import TOP_UP, World, gift


async def journal(world: World, currency: str) -> dict[Code, int]:
    """What the platform's accounts add up to in one asset."""
    async with world.db.read() as conn:
        cursor = await conn.execute(
            "SELECT code, sum(amount)::bigint FROM posting WHERE owner_id = %s AND asset = %s"
            " GROUP BY code HAVING sum(amount) <> 0",
            (PLATFORM_ID, currency),
        )
        return {Code(code): amount for code, amount in await cursor.fetchall()}


async def lots(world: World, owner_id: UUID) -> list[tuple[int, int, int, int]]:
    """Start, left, spent and refunded coins of each lot, oldest first."""
    async with world.db.read() as conn:
        found = await ledger.lots(conn, owner_id)
    return [
        (lot.start, lot.coins_left, lot.coins_spent, lot.coins_refunded)
        for lot in found.items[::-1]
    ]


async def test_a_top_up_moves_coins_and_money(world: World) -> None:
    owner_id = await world.viewer(100, 5)
    assert await world.balances(owner_id) == {Code.COINS_PAID: 100, Code.COINS_BONUS: 5}
    assert await journal(world, "COIN") == {Code.COINS_ISSUED: -100, Code.BONUS_ISSUED: -5}
    assert await journal(world, "USD") == {
        Code.PROVIDER_CLEARING: 1_100 - 33,
        Code.PROVIDER_FEES: 33,
        Code.TAX_PAYABLE: -100,
        Code.DEFERRED_REVENUE: -1_000,
    }
    assert await lots(world, owner_id) == [(0, 100, 0, 0)]


async def test_an_order_is_credited_once(world: World) -> None:
    top_up = replace(TOP_UP, owner_id=new_id(), order_id=new_id())
    for _ in range(2):
        async with world.db.transaction() as conn:
            await ledger.credit_top_up(conn, top_up)
    assert (await world.wallet(top_up.owner_id)).coins_paid == 100
    assert await world.count("batch") == 1


async def test_lots_follow_each_other_and_are_spent_in_order(world: World) -> None:
    owner_id, room = await world.viewer(100), await world.room()
    async with world.writer() as writer:
        await writer.submit(gift(owner_id, room, 70))
        await world.top_up(owner_id, 50)
        await writer.submit(gift(owner_id, room, 40))
    assert await lots(world, owner_id) == [(0, 0, 100, 0), (100, 40, 10, 0)]


async def test_the_longest_hold_counts_while_coins_are_left(world: World) -> None:
    owner_id, room = await world.viewer(10, hold_days=21), await world.room()
    async with world.writer() as writer:
        await world.top_up(owner_id, 10, hold_days=7)
        assert (await writer.submit(gift(owner_id, room, 20))).hold_days == 21
        await world.top_up(owner_id, 10, hold_days=8)
        assert (await writer.submit(gift(owner_id, room, 10))).hold_days == 8


async def test_what_was_spent_is_owed_and_freezes_the_wallet(world: World) -> None:
    await world.set_steps("owe")
    owner_id, room = await world.viewer(), await world.room()
    order_id = await world.top_up(owner_id, 100)
    async with world.writer() as writer:
        await writer.submit(gift(owner_id, room, 30))
    done = await world.take_back(owner_id, order_id)
    assert (done.coins_removed, done.coins_owed) == (70, 30)
    wallet = await world.wallet(owner_id)
    assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (0, 30, True)
    assert await lots(world, owner_id) == [(0, 0, 30, 70)]
    assert await journal(world, "USD") == {
        Code.PROVIDER_CLEARING: -33 - 0,
        Code.PROVIDER_FEES: 33,
        Code.DEFERRED_REVENUE: -300,
        Code.CHARGEBACK_LOSS: 300,
    }


async def test_other_paid_coins_settle_what_was_spent(world: World) -> None:
    await world.set_steps("owe")
    owner_id, room = await world.viewer(), await world.room()
    first = await world.top_up(owner_id, 100)
    async with world.writer() as writer:
        await writer.submit(gift(owner_id, room, 60))
    await world.top_up(owner_id, 80)
    done = await world.take_back(owner_id, first)
    assert (done.coins_removed, done.coins_owed) == (40, 60)
    wallet = await world.wallet(owner_id)
    assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (20, 0, False)
    assert await lots(world, owner_id) == [(0, 0, 60, 40), (60, 20, 60, 0)]
    # The 60 coins that pay back were worth 750 of 1,000: they make up for the loss of 600.
    assert (await journal(world, "USD"))[Code.CHARGEBACK_LOSS] == 600 - 750


async def test_a_new_top_up_pays_back_first_and_thaws_when_nothing_is_owed(world: World) -> None:
    await world.set_steps("owe")
    owner_id, room = await world.viewer(), await world.room()
    order_id = await world.top_up(owner_id, 100)
    async with world.writer() as writer:
        await writer.submit(gift(owner_id, room, 90))
        await world.take_back(owner_id, order_id)
        await world.top_up(owner_id, 50)
        wallet = await world.wallet(owner_id)
        assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (0, 40, True)
        await world.top_up(owner_id, 50)
        wallet = await world.wallet(owner_id)
        assert (wallet.coins_paid, wallet.coins_owed, wallet.frozen) == (10, 0, False)
        assert (await writer.submit(gift(owner_id, room, 10))).spent_before == 180


async def test_both_orders_of_arrival_end_in_the_same_wallet(world: World) -> None:
    await world.set_steps("owe")
    room, ends = await world.room(), []
    for dispute_first in (True, False):
        owner_id = await world.viewer()
        order_id = await world.top_up(owner_id, 100)
        async with world.writer() as writer:
            await writer.submit(gift(owner_id, room, 70))
        if dispute_first:
            await world.take_back(owner_id, order_id)
        await world.top_up(owner_id, 90)
        if not dispute_first:
            await world.take_back(owner_id, order_id)
        ends.append((await world.wallet(owner_id), await lots(world, owner_id)))
    assert ends[0] == ends[1]


async def test_later_lots_move_up_when_an_earlier_one_shrinks(world: World) -> None:
    owner_id, room = await world.viewer(10), await world.room()
    middle = await world.top_up(owner_id, 20)
    await world.top_up(owner_id, 30)
    await world.take_back(owner_id, middle, "refund")
    assert await lots(world, owner_id) == [(0, 10, 0, 0), (10, 0, 0, 20), (10, 30, 0, 0)]
    async with world.writer() as writer:
        await writer.submit(gift(owner_id, room, 15))
    assert await lots(world, owner_id) == [(0, 0, 10, 0), (10, 0, 0, 20), (10, 25, 5, 0)]


async def test_an_unknown_order_cannot_be_taken_back(world: World) -> None:
    with pytest.raises(ledger.LotNotFound):
        await world.take_back(await world.viewer(10), new_id())


@pytest.mark.parametrize("coins", [0, -5, COINS_MAX + 1])
async def test_impossible_top_ups_are_refused(world: World, coins: int) -> None:
    with pytest.raises(ledger.AmountTooLarge):
        await world.top_up(await world.viewer(), coins)


async def test_a_wallet_holds_up_to_its_limit_and_no_coin_more(world: World) -> None:
    owner_id, room = await world.viewer(COINS_MAX - 1), await world.room()
    await world.top_up(owner_id, 1)
    with pytest.raises(ledger.AmountTooLarge):
        await world.top_up(owner_id, 1)
    async with world.writer() as writer:
        entry = await writer.submit(gift(owner_id, room, ledger.GIFT_COINS_MAX))
    assert entry.wallet.coins_paid == COINS_MAX - ledger.GIFT_COINS_MAX
    with pytest.raises(ledger.AmountTooLarge):
        await world.top_up(owner_id, 1)


async def test_post_refuses_to_overdraw(world: World) -> None:
    owner_id = await world.viewer(10)
    move = ledger.Transfer(
        "COIN", owner_id, Code.COINS_PAID, PLATFORM_ID, Code.COINS_REFUNDED, amount=11
    )
    with pytest.raises(ledger.AmountTooLarge):
        async with world.db.transaction() as conn:
            await ledger.post(conn, [ledger.Entry(owner_id, new_id(), "refund", [move])])
