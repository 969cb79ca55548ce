"""The gift writer's connection is cut by the proxy at every interesting place: each gift counts once all the same."""

import asyncio

import pytest

from largesse import ledger
from tests.faults.proxy import Cut, Proxy
from tests.ledger.world import World, entries_of, gift, send_together

CUTS = [cut for cut in Cut if not cut.holds]
GIFTS = 24
SENDERS = 4
COINS = 100


async def give_through_cut(
    world: World, behind: World, proxy: Proxy, cut: Cut, skip: int
) -> list[ledger.GiftEntry]:
    """Send gifts that fill several batches, one of which meets the cut; all their entries."""
    room, senders = await world.room(), [await world.viewer(COINS, 3) for _ in range(SENDERS)]
    async with behind.writer(batch_size_max=8) as writer:
        await writer.submit(gift(senders[0], room, 2))
        fault = proxy.arm(cut, skip=skip)
        wishes = [gift(senders[number % SENDERS], room, 2) for number in range(GIFTS)]
        entries = entries_of(await asyncio.wait_for(send_together(writer, wishes), 60))
        assert fault.struck.is_set()
        await asyncio.wait_for(fault.over.wait(), 10)
        entries.append(await writer.submit(gift(senders[1], room, 2)))
    left = [await world.wallet(sender) for sender in senders]
    spent = 2 * (GIFTS + 2)
    assert sum(w.coins_paid + w.coins_bonus for w in left) == SENDERS * (COINS + 3) - spent
    assert await world.balances(room.recipient_id) == {ledger.Code.DIAMONDS_PENDING: 500 * spent}
    return entries


@pytest.mark.parametrize("skip", range(3))
@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.name.lower())
async def test_a_cut_writes_and_publishes_each_gift_once(
    world: World, behind: World, proxy: Proxy, cut: Cut, skip: int
) -> None:
    entries = await give_through_cut(world, behind, proxy, cut, skip)
    assert sorted(entry.seq for entry in entries) == list(range(2, GIFTS + 3))
    assert not any(entry.duplicate for entry in entries), "none was known before it was sent"
    published = [entry.seq for entry in behind.published]
    assert sorted(published) == list(range(1, GIFTS + 3))


async def test_cuts_one_after_the_other(world: World, behind: World, proxy: Proxy) -> None:
    """Also the retry of a batch is cut, and the retry of the retry."""
    room, senders = await world.room(), [await world.viewer(COINS) for _ in range(SENDERS)]
    async with behind.writer(batch_size_max=8) as writer:
        faults = [proxy.arm(cut, delay_s=0.1) for cut in CUTS]
        wishes = [gift(senders[number % SENDERS], room) for number in range(GIFTS)]
        entries = entries_of(await asyncio.wait_for(send_together(writer, wishes), 90))
        assert all(fault.struck.is_set() for fault in faults)
    assert sorted(entry.seq for entry in entries) == list(range(1, GIFTS + 1))
    assert sorted(entry.seq for entry in behind.published) == list(range(1, GIFTS + 1))


async def test_retries_by_id_through_another_writer_after_a_cut(
    world: World, behind: World, proxy: Proxy
) -> None:
    """The client does not wait for the server that lost its connection: it asks another one."""
    room, sender = await world.room(), await world.viewer(COINS)
    async with behind.writer() as cut_off, world.writer() as other:
        fault = proxy.arm(Cut.LATE_COMMIT, delay_s=1)
        wishes = [gift(sender, room) for _ in range(5)]
        first = asyncio.create_task(send_together(cut_off, wishes))
        await asyncio.wait_for(fault.struck.wait(), 10)
        second = entries_of(await asyncio.wait_for(send_together(other, wishes), 60))
        entries = entries_of(await asyncio.wait_for(first, 60))
    assert [entry.seq for entry in entries] == [entry.seq for entry in second]
    assert len(behind.published) + len(world.published) == 5
    assert (await world.wallet(sender)).coins_paid == COINS - 5


async def test_refusals_stay_refusals_when_the_answer_is_lost(
    world: World, behind: World, proxy: Proxy
) -> None:
    room, poor, rich = await world.room(), await world.viewer(3), await world.viewer(COINS)
    async with behind.writer() as writer:
        proxy.arm(Cut.AFTER_COMMIT)
        wishes = [gift(poor, room, 2), gift(poor, room, 2), gift(rich, room, 5)]
        outcomes = await asyncio.wait_for(send_together(writer, wishes), 60)
    assert isinstance(outcomes[1], ledger.InsufficientCoins)
    assert len(entries_of([outcomes[0], outcomes[2]])) == 2
    assert (await world.wallet(poor)).coins_paid == 1


async def test_frozen_traffic_delays_and_loses_nothing(
    world: World, behind: World, proxy: Proxy
) -> None:
    room, sender = await world.room(), await world.viewer(COINS)
    async with behind.writer(batch_size_max=4) as writer:
        wishes = [gift(sender, room) for _ in range(GIFTS)]
        sending = asyncio.create_task(send_together(writer, wishes))
        for _ in range(3):
            proxy.freeze()
            await asyncio.sleep(0.3)
            proxy.thaw()
            await asyncio.sleep(0.01)
        entries = entries_of(await asyncio.wait_for(sending, 60))
    assert sorted(entry.seq for entry in entries) == list(range(1, GIFTS + 1))


async def test_a_database_that_refuses_connections_for_a_while(
    world: World, behind: World, proxy: Proxy
) -> None:
    room, sender = await world.room(), await world.viewer(COINS)
    request = gift(sender, room)
    async with behind.writer() as writer:
        await writer.submit(gift(sender, room))
        await proxy.close()
        sending = asyncio.create_task(writer.submit(request))
        await asyncio.sleep(0.5)
        await proxy.open()
        assert (await asyncio.wait_for(sending, 60)).seq == 2


async def test_the_proxy_tells_the_commit_of_gifts_from_others(
    world: World, behind: World, proxy: Proxy
) -> None:
    """The cuts above prove nothing if they strike elsewhere."""
    fault = proxy.arm(Cut.BEFORE_COMMIT)
    sender = await behind.viewer(COINS)
    room = await behind.room()
    assert not fault.struck.is_set()
    async with behind.writer() as writer:
        await writer.submit(gift(sender, room))
    assert fault.struck.is_set()
