"""Several processes write gifts of the same wallets in the same rooms: nothing is lost, doubled, or paid twice."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.concurrency.processes import Answer, Gone, processes, start_process
from tests.faults.proxy import Cut, Proxy
from tests.ledger.world import World, entries_of, gift, send_together

PROCESSES = 3


def written(answers: Sequence[Answer]) -> list[Answer]:
    """Those that are in the journal."""
    return [answer for answer in answers if answer.code is None]


async def let_leases_run_out(world: World) -> None:
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE lane SET lease_until = now() - interval '1 second' WHERE id > 0")


async def test_processes_on_the_same_wallets_and_rooms(world: World) -> None:
    chance = random.Random(5)
    senders = [await world.viewer(150, 10) for _ in range(6)]
    # Senders receive as well, so that one batch's sender is another one's recipient.
    rooms = [await world.room(recipient_id=sender) for sender in senders]
    wishes = [
        gift(chance.choice(senders), chance.choice(rooms), chance.randint(1, 4)) for _ in range(600)
    ]
    async with processes(world.db.url, PROCESSES, batch_size_max=16) as running:
        shares = [running[number].give(wishes[number::PROCESSES]) for number in range(PROCESSES)]
        answers = await asyncio.gather(*shares)
    spent: Counter[object] = Counter()
    for number, share in enumerate(answers):
        for wish, answer in zip(wishes[number::PROCESSES], share, strict=True):
            assert answer.code in (None, "insufficient_coins")
            spent[wish.sender_id] += wish.coins if answer.code is None else 0
    for sender in senders:
        wallet = await world.wallet(sender)
        assert wallet.coins_paid + wallet.coins_bonus == 160 - spent[sender]
    all_written = [answer for share in answers for answer in written(share)]
    assert await world.count("gift") == len(all_written)
    assert {answer.lane for answer in all_written} == set(range(1, PROCESSES + 1))


async def test_the_same_id_to_all_processes_at_once_is_paid_once(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    wishes = [gift(sender, room, 2) for _ in range(20)]
    async with processes(world.db.url, PROCESSES) as running:
        answers = await asyncio.gather(*(process.give(wishes) for process in running))
    for places in zip(*answers, strict=True):
        assert {(place.code, place.seq) for place in places} == {(None, places[0].seq)}
        assert sum(not place.duplicate for place in places) == 1
    assert (await world.wallet(sender)).coins_paid == 60


async def test_one_id_for_different_gifts_in_different_processes(world: World) -> None:
    """Whichever is first is the gift; the others learn that the id is taken."""
    sender, room = await world.viewer(1_000), await world.room()
    wishes = [gift(sender, room, 1) for _ in range(20)]
    async with processes(world.db.url, PROCESSES) as running:
        answers = await asyncio.gather(
            *(
                process.give(
                    [replace(wish, coins=coins, milli_diamonds=coins * 500) for wish in wishes]
                )
                for coins, process in enumerate(running, start=1)
            )
        )
    paid = 0
    for places in zip(*answers, strict=True):
        assert sorted(place.code or "" for place in places) == ["", *["idempotency_conflict"] * 2]
        paid += 1 + [place.code for place in places].index(None)
    assert (await world.wallet(sender)).coins_paid == 1_000 - paid


async def test_the_last_coins_are_spent_by_one_process(world: World) -> None:
    sender, room = await world.viewer(5), await world.room()
    async with processes(world.db.url, PROCESSES) as running:
        answers = await asyncio.gather(
            *(process.give([gift(sender, room, 5) for _ in range(4)]) for process in running)
        )
    assert len(written([answer for share in answers for answer in share])) == 1
    assert (await world.wallet(sender)).coins_paid == 0


async def test_gifts_of_a_killed_process_are_asked_for_at_another_one(world: World) -> None:
    sender, room = await world.viewer(4_000), await world.room()
    # Seconds of work, or it is done before it dies.
    wishes = [gift(sender, room) for _ in range(4_000)]
    async with processes(world.db.url, 1) as (other,):
        dying = await start_process(world.db.url, batch_size_max=4)
        futures = dying.send(wishes)
        await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
        dying.signal(signal.SIGKILL)
        outcomes = await asyncio.gather(*futures, return_exceptions=True)
        await dying.end()
        unheard = [isinstance(outcome, Gone) for outcome in outcomes]
        assert any(unheard)
        assert not all(unheard)
        answers = await other.give(wishes)
    assert len(written(answers)) == len(wishes)
    for outcome, answer in zip(outcomes, answers, strict=True):
        if isinstance(outcome, Answer):
            assert answer == replace(outcome, duplicate=True)
    assert await world.count("gift") == len(wishes)
    assert (await world.wallet(sender)).coins_paid == 0


async def test_a_process_that_sleeps_through_its_lease_finds_its_lane_taken(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    sleeper = await start_process(world.db.url)
    before = await sleeper.give([gift(sender, room)])
    sleeper.signal(signal.SIGSTOP)
    wishes = [gift(sender, room) for _ in range(10)]
    waiting = sleeper.send(wishes)
    await let_leases_run_out(world)
    async with processes(world.db.url, 1) as (thief,):
        stolen = await thief.give([gift(sender, room)])
        sleeper.signal(signal.SIGCONT)
        moved = await asyncio.wait_for(asyncio.gather(*waiting), 60)
        later = await thief.give([gift(sender, room)])
    await sleeper.end()
    assert [(answer.lane, answer.batch_no) for answer in (*before, *stolen, *later)] == [
        (1, 1), (1, 2), (1, 3),
    ]  # fmt: skip
    assert {answer.lane for answer in moved} == {2}
    assert not any(answer.duplicate for answer in moved)
    assert (await world.wallet(sender)).coins_paid == 87


@pytest.mark.parametrize("cut", [Cut.HOLD_GIFTS, Cut.HOLD_COMMIT], ids=["gifts", "commit"])
async def test_a_lane_stolen_in_the_middle_of_a_batch_does_not_fork(
    world: World, behind: World, proxy: Proxy, cut: Cut
) -> None:
    """One process is held in its batch while another one takes its lane and wants the same number."""
    one, other = await world.viewer(10), await world.viewer(10)
    room, elsewhere = await world.room(), await world.room()
    async with behind.writer() as holder:
        await holder.submit(gift(one, room))
        fault = proxy.arm(cut)
        held = asyncio.create_task(send_together(holder, [gift(one, room), gift(one, room)]))
        await asyncio.wait_for(fault.struck.wait(), 10)
        await let_leases_run_out(world)
        async with processes(world.db.url, 1) as (thief,):
            (stealing,) = thief.send([gift(other, elsewhere)])
            # Whoever has written number 2 keeps it; the other one goes on behind it or elsewhere.
            waits_for_us = cut is not Cut.HOLD_GIFTS
            await asyncio.wait({stealing}, timeout=0.5 if waits_for_us else 60)
            assert stealing.done() != waits_for_us
            fault.released.set()
            entries = entries_of(await asyncio.wait_for(held, 60))
            stolen = await asyncio.wait_for(stealing, 60)
            last = await holder.submit(gift(one, room))
    places = [(entry.lane, entry.batch_no) for entry in entries]
    places += [(stolen.lane, stolen.batch_no), (last.lane, last.batch_no)]
    if cut is Cut.HOLD_GIFTS:
        assert places == [(2, 1), (2, 1), (1, 2), (2, 2)]
    else:
        assert places == [(1, 2), (1, 2), (1, 3), (2, 1)]
