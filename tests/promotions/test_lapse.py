"""Free coins and coins that lapse: once each, whatever is cut off, reversed or run twice."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from largesse import ledger
from largesse.db import Connection
from largesse.ledger import BonusGrant, BonusPart
from largesse.types import new_id, now
from tests.ledger.world import World, gift

DAY = timedelta(days=1)


async def grant(world: World, owner: UUID, coins: int, days: int | None = 1) -> BonusGrant:
    made = BonusGrant(owner, new_id(), BonusPart(coins, now() + days * DAY if days else None))
    async with world.db.transaction() as conn:
        assert await ledger.grant_bonus(conn, made)
    return made


async def history(world: World, owner: UUID) -> list[tuple[str, int, int]]:
    async with world.db.read() as conn:
        page = await ledger.wallet_history(conn, owner, limit=50)
    return [(item.kind, item.coins_bonus, item.balance_after) for item in page.items]


async def test_free_coins_are_given_once_and_are_no_purchase(world: World) -> None:
    owner = new_id()
    made = await grant(world, owner, 7)
    async with world.db.transaction() as conn:
        assert not await ledger.grant_bonus(conn, made)
        assert not await ledger.has_bought(conn, owner)
    wallet = await world.wallet(owner)
    assert (wallet.coins_paid, wallet.coins_bonus) == (0, 7)
    assert await history(world, owner) == [("grant_bonus", 7, 7)]
    async with world.db.read() as conn:
        assert (await ledger.lots(conn, owner)).items == []
        assert await ledger.find_purchase(conn, owner, made.id) is None
    await world.top_up(owner, 3)
    async with world.db.read() as conn:
        assert await ledger.has_bought(conn, owner)


@pytest.mark.parametrize("coins", [0, -1, 2**62])
async def test_a_grant_that_no_wallet_holds_is_refused(world: World, coins: int) -> None:
    with pytest.raises(ledger.AmountTooLarge):
        await grant(world, new_id(), coins)


async def test_what_lapses_first_is_given_first(world: World) -> None:
    owner, room = new_id(), await world.room()
    await world.top_up(owner, 10, 4)
    await grant(world, owner, 5, days=9)
    soon = await grant(world, owner, 6, days=1)
    async with world.writer() as writer:
        await writer.submit(gift(owner, room, 7))
    async with world.db.read() as conn:
        left = await ledger.bonus_expiring(conn, owner)
    assert [part.coins for part in left] == [4]
    assert left[0].expires_at != soon.bonus.expires_at


async def test_lapsing_twice_and_at_once_takes_coins_once(world: World) -> None:
    owners = [new_id() for _ in range(3)]
    for owner in owners:
        await grant(world, owner, 5)
        await grant(world, owner, 2, days=None)
    done = await asyncio.gather(*(ledger.lapse_due(world.db, now() + 2 * DAY) for _ in range(3)))
    assert sum(each.coins for each in done) == 15
    assert await ledger.lapse_due(world.db, now() + 2 * DAY) == ledger.Lapsed()
    for owner in owners:
        assert (await world.wallet(owner)).coins_bonus == 2
        assert (await history(world, owner))[0][:2] == ("lapse", -5)


async def test_a_run_that_dies_half_way_is_finished_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners = [new_id() for _ in range(3)]
    for owner in owners:
        await grant(world, owner, 5)
    whole, calls = ledger.lapse_owner, 0

    async def dying(conn: Connection, owner_id: UUID, at: datetime) -> int:
        nonlocal calls
        calls += 1
        coins = await whole(conn, owner_id, at)
        if calls == 2:
            raise ConnectionError("the server died before COMMIT")
        return coins

    monkeypatch.setattr("largesse.ledger.lapse.lapse_owner", dying)
    with pytest.raises(ConnectionError):
        await ledger.lapse_due(world.db, now() + 2 * DAY)
    left = [(await world.wallet(owner)).coins_bonus for owner in owners]
    assert sorted(left) == [0, 5, 5]
    monkeypatch.undo()
    assert (await ledger.lapse_due(world.db, now() + 2 * DAY)).coins == 10
    assert [(await world.wallet(owner)).coins_bonus for owner in owners] == [0, 0, 0]


async def test_a_refund_takes_what_has_not_lapsed_and_a_won_dispute_brings_it_back(
    world: World,
) -> None:
    owner = new_id()
    soon, late = now() + DAY, now() + 9 * DAY
    order = await world.top_up(
        owner, 100, 30, bonus_parts=[BonusPart(10, soon), BonusPart(8, late)]
    )
    await ledger.lapse_due(world.db, now() + 2 * DAY)
    assert (await world.wallet(owner)).coins_bonus == 20
    reversed_now = await world.take_back(owner, order)
    assert reversed_now.coins_bonus == 20
    assert (await world.wallet(owner)).coins_bonus == 0
    await world.cancel(owner, order)
    assert (await world.wallet(owner)).coins_bonus == 20
    assert (await ledger.lapse_due(world.db, now() + 10 * DAY)).coins == 0  # its own row never does


async def test_coins_that_come_back_lapse_with_the_last_of_their_order(world: World) -> None:
    owner = new_id()
    parts = [BonusPart(10, now() + DAY), BonusPart(8, now() + 9 * DAY)]
    order = await world.top_up(owner, 100, 18, bonus_parts=parts)
    await world.take_back(owner, order)
    await world.cancel(owner, order)
    assert (await ledger.lapse_due(world.db, now() + 2 * DAY)).coins == 0
    assert (await ledger.lapse_due(world.db, now() + 10 * DAY)).coins == 18
    assert (await world.wallet(owner)).coins_bonus == 0
