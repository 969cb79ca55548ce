"""Batches in which nothing is as it should be: each gift gets its own answer, and the chain goes on."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from largesse import ledger
from largesse.errors import IdempotencyConflict
from largesse.types import now
from tests.ledger.world import World, entries_of, gift, send_together

YEAR = timedelta(days=365)


async def test_a_batch_of_only_rejections_gives_each_its_reason_and_writes_nothing(
    world: World,
) -> None:
    rich, poor, frozen = await world.viewer(100), await world.viewer(2), await world.viewer(5)
    other = await world.viewer(5)
    room, off, closed = await world.room(), await world.room(gifting=False), await world.room()
    async with world.db.transaction() as conn:
        await ledger.close_room(conn, closed.id)
        await conn.execute("UPDATE balance SET frozen = true WHERE owner_id = %s", (frozen,))
    await world.set_budget(rich, 10, now())
    async with world.writer() as writer:
        await writer.submit(gift(other, room))
        batches = await world.count("batch")
        outcomes = await send_together(
            writer,
            [
                gift(rich, room, 11),
                gift(rich, off),
                gift(rich, closed),
                gift(poor, room, 3),
                gift(frozen, room),
                gift(other, replace(room, id=uuid4())),
                gift(await world.viewer(), room),
            ],
        )
        assert await world.count("batch") == batches
        after = await writer.submit(gift(other, room))
    assert [type(outcome) for outcome in outcomes] == [
        ledger.BudgetExceeded,
        ledger.GiftsNotEnabled,
        ledger.RoomClosed,
        ledger.InsufficientCoins,
        ledger.WalletFrozen,
        ledger.RoomClosed,
        ledger.InsufficientCoins,
    ]
    assert (after.seq, after.batch_no) == (2, 2)


async def test_a_batch_of_only_conflicts_and_duplicates_writes_nothing(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    known = [gift(sender, room, coins) for coins in range(1, 7)]
    async with world.writer() as writer:
        await send_together(writer, known)
        wishes = [replace(wish, message="other") if wish.coins % 2 else wish for wish in known]
        outcomes = await send_together(writer, wishes)
        assert await world.count("batch") == 2  # the top-up's and the gifts'
    assert [type(outcome) for outcome in outcomes] == [IdempotencyConflict, ledger.GiftEntry] * 3
    assert (await world.wallet(sender)).coins_paid == 100 - 21


async def test_good_gifts_pass_between_all_kinds_of_bad_ones(world: World) -> None:
    chance = random.Random(2)
    sender, poor, room, closed = (
        await world.viewer(1_000), await world.viewer(1), await world.room(), await world.room(),
    )  # fmt: skip
    async with world.db.transaction() as conn:
        await ledger.close_room(conn, closed.id)
    old = [gift(sender, room) for _ in range(10)]
    new = [gift(sender, room) for _ in range(10)]
    bad = [gift(sender, closed) for _ in range(5)] + [gift(poor, room, 2) for _ in range(5)]
    conflicts = [replace(wish, coins=7) for wish in old[:5]]
    async with world.writer(batch_size_max=9) as writer:
        await send_together(writer, old)
        wishes = old + new + bad + conflicts
        chance.shuffle(wishes)
        outcomes = dict(zip(wishes, await send_together(writer, wishes), strict=True))
    assert all(entry.duplicate for entry in entries_of([outcomes[wish] for wish in old]))
    written = entries_of([outcomes[wish] for wish in new])
    assert sorted(entry.seq for entry in written) == list(range(11, 21))
    assert not any(isinstance(outcomes[wish], ledger.GiftEntry) for wish in bad + conflicts)
    assert (await world.wallet(sender)).coins_paid == 980


@pytest.mark.parametrize("count", [0, -1, 2**31, 2**63])
async def test_impossible_counts_never_reach_a_batch(world: World, count: int) -> None:
    async with world.writer() as writer:
        with pytest.raises(ledger.AmountTooLarge):
            await writer.submit(gift(await world.viewer(1), await world.room(), count=count))


async def test_a_recipient_who_can_hold_one_more_gift_gets_one(world: World) -> None:
    """Several gifts of a batch fit alone, and not together."""
    senders, room, full = (
        [await world.viewer(10) for _ in range(6)], await world.room(), await world.room(),
    )  # fmt: skip
    async with world.db.transaction() as conn:
        await conn.execute(
            "INSERT INTO balance (owner_id, code, amount) VALUES (%s, 10, %s)",
            (full.recipient_id, 2**63 - 1 - 700),
        )
    wishes = [gift(sender, place) for sender in senders for place in (room, full)]
    async with world.writer() as writer:
        outcomes = await send_together(writer, wishes)
    entries_of(outcomes[0::2])
    to_full = outcomes[1::2]
    assert sorted(type(outcome).__name__ for outcome in to_full) == [
        *["AmountTooLarge"] * 5,
        "GiftEntry",
    ]
    assert sum([(await world.wallet(sender)).coins_paid for sender in senders]) == 60 - 7
    async with world.db.transaction() as conn:
        await conn.execute(
            "UPDATE balance SET amount = 500 WHERE owner_id = %s", (full.recipient_id,)
        )


@pytest.mark.breaks_ledger
async def test_a_room_at_its_last_number_takes_no_more_and_disturbs_no_other(world: World) -> None:
    sender, room, full = await world.viewer(100), await world.room(), await world.room()
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE room SET last_seq = %s WHERE id = %s", (2**63 - 2, full.id))
    wishes = [gift(sender, room), gift(sender, full), gift(sender, room), gift(sender, full)]
    async with world.writer() as writer:
        outcomes = await send_together(writer, wishes)
    entries_of([outcomes[0], outcomes[2]])
    assert sorted(type(outcome).__name__ for outcome in outcomes[1::2]) == [
        "AmountTooLarge",
        "GiftEntry",
    ]
    assert (await world.wallet(sender)).coins_paid == 97


async def test_a_change_of_rates_in_the_middle_of_a_batch(world: World) -> None:
    """Each gift has the share it was made with, and says which; the check holds it to that."""
    sender, room = await world.viewer(100), await world.room()
    async with world.db.transaction() as conn:
        await conn.execute(
            "INSERT INTO share (id, share_bp, valid_from) VALUES (2, 6000, %s)", (now(),)
        )
    wishes = [
        gift(sender, room, 3, share_id=share_id, milli_diamonds=3 * milli)
        for share_id, milli in ((1, 500), (2, 600), (1, 500), (2, 600))
    ]
    async with world.writer() as writer:
        entries = entries_of(await send_together(writer, wishes))
    assert {entry.batch_no for entry in entries} == {1}
    assert [entry.request.share_id for entry in entries] == [1, 2, 1, 2]
    assert await world.balances(room.recipient_id) == {ledger.Code.DIAMONDS_PENDING: 6_600}


def id_of(moment: datetime) -> UUID:
    """The UUIDv7 of a client whose clock shows this moment."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | uuid4().int >> 66)


async def test_ids_of_wrong_clocks_count_once_like_others(world: World) -> None:
    """Ids from last year, from tomorrow, from far away, and of no time at all."""
    sender, room = await world.viewer(100), await world.room()
    moments = [now() - YEAR, now() - timedelta(days=31), now(), now() + timedelta(days=1)]
    moments += [now() + YEAR, datetime(1970, 1, 1, tzinfo=UTC), datetime(2299, 1, 1, tzinfo=UTC)]
    ids = [*map(id_of, moments), uuid4(), UUID(int=0), UUID(int=2**128 - 1)]
    wishes = [gift(sender, room, id=id_) for id_ in ids]
    async with world.writer(batch_size_max=4) as writer:
        first = entries_of(await send_together(writer, wishes))
        again = entries_of(await send_together(writer, wishes))
    assert not any(entry.duplicate for entry in first)
    assert all(entry.duplicate for entry in again)
    assert [entry.seq for entry in again] == [entry.seq for entry in first]
    assert sorted(entry.seq for entry in first) == list(range(1, len(ids) + 1))
    assert (await world.wallet(sender)).coins_paid == 100 - len(ids)
    async with world.db.read() as conn:
        for entry in first:
            row = await ledger.find_gift(conn, sender, entry.request.id)
            assert row is not None
            assert row.seq == entry.seq
