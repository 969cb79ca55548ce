"""The gift writer: what goes into a batch together, and what each sender gets back."""

import asyncio

import pytest

from largesse import ledger
from largesse.errors import ValidationFailed
from largesse.ledger.writer import QUEUE_SIZE_MAX
from tests.ledger.world import World, entries_of, gift, send_together


async def test_gifts_sent_together_share_a_batch_and_number_their_room(world: World) -> None:
    room, senders = await world.room(), [await world.viewer(10) for _ in range(3)]
    async with world.writer() as writer:
        outcomes = await send_together(writer, [gift(sender, room) for sender in senders])
        later = await writer.submit(gift(senders[0], room))
    entries = entries_of(outcomes)
    assert {entry.batch_no for entry in entries} == {1}
    assert sorted(entry.seq for entry in entries) == [1, 2, 3]
    assert (later.batch_no, later.seq) == (2, 4)
    assert world.published == [*sorted(entries, key=lambda entry: entry.seq), later]


async def test_coins_leave_the_sender_and_diamonds_reach_the_recipient(world: World) -> None:
    room, sender = await world.room(), await world.viewer(100)
    async with world.writer() as writer:
        entry = await writer.submit(gift(sender, room, 15, count=3, message="hello"))
    assert (entry.coins_paid, entry.coins_bonus, entry.duplicate) == (15, 0, False)
    assert (await world.wallet(sender)).coins_paid == 85
    assert await world.balances(room.recipient_id) == {ledger.Code.DIAMONDS_PENDING: 7_500}
    assert entry.wallet == await world.wallet(sender)
    async with world.db.read() as conn:
        row = await ledger.find_gift(conn, sender, entry.request.id)
    assert row is not None
    assert (row.count, row.coins, row.message, row.created_at) == (3, 15, "hello", entry.created_at)


async def test_bonus_coins_go_first_and_each_gift_knows_its_part(world: World) -> None:
    room, sender = await world.room(), await world.viewer(50, 7, hold_days=30)
    async with world.writer() as writer:
        outcomes = await send_together(writer, [gift(sender, room, 5) for _ in range(3)])
    entries = entries_of(outcomes)
    assert [entry.coins_bonus for entry in entries] == [5, 2, 0]
    assert [entry.coins_paid for entry in entries] == [0, 3, 5]
    assert [entry.spent_before for entry in entries] == [0, 0, 3]
    assert [entry.hold_days for entry in entries] == [0, 30, 30]
    assert [entry.wallet.coins_paid for entry in entries] == [50, 47, 42]
    assert [entry.wallet.coins_bonus for entry in entries] == [2, 0, 0]
    assert [entry.wallet.month_spent for entry in entries] == [5, 10, 15]


async def test_the_hold_is_at_least_what_the_gift_asks_for(world: World) -> None:
    room, sender = await world.room(), await world.viewer(50, hold_days=3)
    async with world.writer() as writer:
        entry = await writer.submit(gift(sender, room, 5, hold_min_days=9))
    assert entry.hold_days == 9


async def test_too_few_coins_say_what_is_needed_and_there(world: World) -> None:
    room, sender = await world.room(), await world.viewer(5, 3)
    async with world.writer() as writer:
        with pytest.raises(ledger.InsufficientCoins) as refusal:
            await writer.submit(gift(sender, room, 9))
        with pytest.raises(ledger.InsufficientCoins) as stranger:
            await writer.submit(gift(await world.viewer(), room, 1))
    assert refusal.value.fields == {"needed": 9, "available": 8}
    assert stranger.value.fields == {"needed": 1, "available": 0}
    assert await world.count("gift") == 0
    assert await world.count("batch") == 1, "a batch of only refusals is not written"


async def test_gifts_that_together_cost_too_much_are_taken_one_by_one_in_order(
    world: World,
) -> None:
    room, sender, other = await world.room(), await world.viewer(10), await world.viewer(10)
    wishes = [
        gift(sender, room, 4),
        gift(sender, room, 4),
        gift(sender, room, 4),
        gift(sender, room, 2),
    ]
    async with world.writer() as writer:
        first, second, third, fourth, apart = await send_together(
            writer, [*wishes, gift(other, room, 1)]
        )
    entries = entries_of([first, second, fourth, apart])
    assert isinstance(third, ledger.InsufficientCoins)
    assert third.fields == {"needed": 4, "available": 2}
    assert {entry.batch_no for entry in entries} == {1}
    assert (await world.wallet(sender)).coins_paid == 0


async def test_a_frozen_wallet_gives_nothing(world: World) -> None:
    await world.set_steps("owe")
    room, sender = await world.room(), await world.viewer()
    order_id = await world.top_up(sender, 10)
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 6))
        await world.take_back(sender, order_id)
        with pytest.raises(ledger.WalletFrozen):
            await writer.submit(gift(sender, room))


@pytest.mark.parametrize(
    ("closed", "gifting", "refusal"),
    [(True, True, ledger.RoomClosed), (False, False, ledger.GiftsNotEnabled)],
)
async def test_a_room_that_takes_no_gifts_refuses_only_its_own(
    world: World, closed: bool, gifting: bool, refusal: type[Exception]
) -> None:
    good, bad = await world.room(), await world.room(gifting=gifting)
    sender, other = await world.viewer(10), await world.viewer(10)
    if closed:
        async with world.db.transaction() as conn:
            await ledger.close_room(conn, bad.id)
    wishes = [gift(sender, good, 3), gift(sender, bad, 3), gift(other, good), gift(other, bad, 10)]
    async with world.writer() as writer:
        outcomes = await send_together(writer, wishes)
    entries_of([outcomes[0], outcomes[2]])
    assert [type(outcomes[1]), type(outcomes[3])] == [refusal, refusal]
    assert (await world.wallet(sender)).coins_paid == 7
    assert (await world.wallet(other)).coins_paid == 9


async def test_a_room_nobody_opened_is_closed(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        with pytest.raises(ledger.RoomClosed):
            await writer.submit(gift(sender, room, room_id=sender))


async def test_a_switched_off_creator_takes_gifts_again_when_switched_on(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        for enabled in (False, True):
            async with world.db.transaction() as conn:
                await ledger.set_gifting(conn, room.recipient_id, enabled)
            outcome = (await send_together(writer, [gift(sender, room)]))[0]
            assert isinstance(outcome, ledger.GiftEntry) == enabled


async def test_an_amount_no_account_can_hold_is_refused_alone(world: World) -> None:
    sender, room, full = await world.viewer(100), await world.room(), await world.room()
    async with world.db.transaction() as conn:
        await conn.execute(
            "INSERT INTO balance (owner_id, code, amount) VALUES (%s, 10, %s)",
            (full.recipient_id, 2**63 - 100),
        )
    wishes = [gift(sender, room), gift(sender, full), gift(sender, room)]
    async with world.writer() as writer:
        outcomes = await send_together(writer, wishes)
    entries_of([outcomes[0], outcomes[2]])
    assert isinstance(outcomes[1], ledger.AmountTooLarge)
    async with world.db.transaction() as conn:
        await conn.execute("DELETE FROM balance WHERE owner_id = %s", (full.recipient_id,))


@pytest.mark.parametrize("coins", [0, -1, ledger.GIFT_COINS_MAX + 1, 2**63])
async def test_impossible_numbers_never_reach_a_batch(world: World, coins: int) -> None:
    async with world.writer() as writer:
        with pytest.raises(ledger.AmountTooLarge):
            await writer.submit(gift(await world.viewer(), await world.room(), coins))


@pytest.mark.parametrize("message", ["nul \0", "half a pair \ud800"])
async def test_text_that_cannot_be_stored_never_reaches_a_batch(world: World, message: str) -> None:
    async with world.writer() as writer:
        with pytest.raises(ValidationFailed):
            await writer.submit(gift(await world.viewer(1), await world.room(), message=message))


async def test_a_cancelled_waiter_cancels_no_gift(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        waiter = asyncio.create_task(writer.submit(gift(sender, room, 2)))
        neighbour = asyncio.create_task(writer.submit(gift(sender, room, 3)))
        await asyncio.sleep(0)
        waiter.cancel()
        await neighbour
    assert waiter.cancelled()
    assert (await world.wallet(sender)).coins_paid == 5


async def test_stop_finishes_what_waits_and_refuses_what_comes_later(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    async with world.writer(batch_size_max=4) as writer:
        futures = [writer.submit_nowait(gift(sender, room)) for _ in range(30)]
    assert [future.result().seq for future in futures] == list(range(1, 31))
    with pytest.raises(ledger.WriterBusy):
        await writer.submit(gift(sender, room))


async def test_a_full_queue_refuses_at_once(world: World) -> None:
    sender, room = await world.viewer(1), await world.room()
    async with world.writer() as writer:
        request = gift(sender, room)
        futures = [writer.submit_nowait(gift(sender, room, 2)) for _ in range(QUEUE_SIZE_MAX)]
        with pytest.raises(ledger.WriterBusy):
            writer.submit_nowait(request)
        refusals = await asyncio.gather(*futures, return_exceptions=True)
        assert all(isinstance(refusal, ledger.InsufficientCoins) for refusal in refusals)
        assert (await writer.submit(request)).seq == 1


async def test_a_failing_publisher_loses_no_gift(world: World) -> None:
    def broken(entries: object) -> None:
        raise RuntimeError

    sender, room = await world.viewer(10), await world.room()
    writer = ledger.GiftWriter(world.db, batch_size_max=8, on_commit=broken)
    await writer.start()
    assert (await writer.submit(gift(sender, room))).seq == 1
    assert (await writer.submit(gift(sender, room))).seq == 2
    await writer.stop()
