"""Readers answer what the journal's own rows add up to, wherever the watermarks stand."""

import random
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from largesse import outbox
from largesse.outbox import followers
from largesse.outbox.queries import watermarks
from tests.ledger.world import World, gift, send_together
from tests.outbox import naive


async def test_earnings_fill_every_day_of_the_range(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    other = await world.room(recipient_id=room.recipient_id)
    noon = datetime(2025, 6, 1, 12, tzinfo=UTC)
    for days, target, coins in ((0, room, 3), (0, other, 4), (2, room, 5), (9, room, 1)):
        clock = partial(noon.__add__, timedelta(days=days))
        async with world.writer(clock=clock) as writer:
            await writer.submit(gift(sender, target, coins))
    first, last = date(2025, 6, 1), date(2025, 6, 4)
    async with world.db.read() as conn:
        days_ = await outbox.earnings_by_day(conn, room.recipient_id, first=first, last=last)
        rooms = await outbox.earnings_by_room(conn, room.recipient_id, first=first, last=last)
        totals = await outbox.room_totals(conn, [room.id, sender])
    assert [(day.date.day, day.gifts, day.coins, day.milli_diamonds) for day in days_] == [
        (1, 2, 7, 3_500), (2, 0, 0, 0), (3, 1, 5, 2_500), (4, 0, 0, 0),
    ]  # fmt: skip
    assert [(row.room_id, row.coins) for row in rooms] == [(room.id, 8), (other.id, 4)]
    assert totals[room.id].coins == 9
    assert totals[sender].gifts == 0


async def test_supporters_are_ranked_by_coins_then_by_who_was_first(world: World) -> None:
    room, senders = await world.room(), [await world.viewer(100) for _ in range(3)]
    async with world.writer() as writer:
        for sender, coins in ((2, 5), (0, 5), (1, 3), (1, 4)):
            await writer.submit(gift(senders[sender], room, coins))
    async with world.db.read() as conn:
        ranking = await outbox.supporters(conn, room.id, 2)
    assert [(row.sender_id, row.coins) for row in ranking] == [(senders[1], 7), (senders[2], 5)]


@pytest.mark.parametrize("seed", range(4))
async def test_any_history_reads_as_its_rows_add_up(world: World, seed: int) -> None:
    chance = random.Random(seed)
    await world.set_steps("reverse_diamonds", "owe")
    senders = [await world.viewer() for _ in range(5)]
    orders = [(s, await world.top_up(s, 60, chance.choice([0, 9]))) for s in senders * 2]
    recipients = [await world.room() for _ in range(2)]
    rooms = [*recipients, await world.room(recipient_id=recipients[0].recipient_id)]
    at, causes = datetime(2025, 12, 30, 20, tzinfo=UTC), list[tuple[UUID, UUID, str]]()
    for _ in range(6):
        async with world.writer(clock=partial(at.replace)) as writer, world.writer() as other:
            for one in (writer, writer, other):
                gifts = [
                    gift(chance.choice(senders), chance.choice(rooms), chance.randint(1, 9))
                    for _ in range(chance.randint(1, 12))
                ]
                for hidden in gifts[::3]:
                    hidden.anonymous = True
                await send_together(one, gifts)
                if chance.random() < 0.3:
                    await outbox.catch_up(world.db)
        for cause in (f"{at}-1", f"{at}-2"):
            sender, order = chance.choice(orders)
            amount_minor = chance.choice([600, None])
            await world.take_back(sender, order, "refund", amount_minor, cause)
            causes.append((sender, order, cause))
        await world.cancel(*causes.pop(chance.randrange(len(causes))))
        at += timedelta(hours=chance.randint(1, 40))
        await naive.assert_readers_are_right(world.db)
    assert await world.count("reversed_gift") > 0
    await outbox.catch_up(world.db)
    await naive.assert_readers_are_right(world.db)
    before = await naive.rollups(world.db)
    await outbox.rebuild(world.db)
    assert await naive.rollups(world.db) == before


async def test_a_reversal_takes_a_supporter_from_his_place_and_a_won_dispute_puts_him_back(
    world: World,
) -> None:
    await world.set_steps("reverse_diamonds")
    room, first, second = await world.room(), await world.viewer(), await world.viewer(100)
    order = await world.top_up(first, 50)
    async with world.writer() as writer:
        await writer.submit(gift(first, room, 50))
        await writer.submit(gift(second, room, 30))
    await outbox.catch_up(world.db)

    async def ranking() -> list[tuple[UUID, int]]:
        async with world.db.read() as conn:
            found = await outbox.supporters(conn, room.id, 2)
        return [(place.sender_id, place.coins) for place in found]

    assert await ranking() == [(first, 50), (second, 30)]
    await world.take_back(first, order)
    for _ in range(2):
        assert await ranking() == [(second, 30)]
        await outbox.catch_up(world.db)
    await world.cancel(first, order)
    for _ in range(2):
        assert await ranking() == [(first, 50), (second, 30)]
        await outbox.catch_up(world.db)


async def test_a_reversal_that_is_read_before_its_gift_waits_for_it(world: World) -> None:
    await world.set_steps("reverse_diamonds")
    room, sender = await world.room(), await world.viewer()
    order = await world.top_up(sender, 10)
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 10))
    await world.take_back(sender, order, amount_minor=550)
    async with world.db.transaction() as conn:
        await watermarks.add_watermark(conn, "rollups", 0)
    assert await followers.read_on(world.db, outbox.FOLLOWERS[0], 0)
    await naive.assert_readers_are_right(world.db)
    await outbox.catch_up(world.db)
    await naive.assert_readers_are_right(world.db)


async def test_equal_supporters_keep_their_order_across_the_watermark(world: World) -> None:
    room, senders = await world.room(), [await world.viewer(100) for _ in range(4)]
    async with world.writer() as writer:
        for sender, coins in ((0, 5), (1, 5), (2, 3)):
            await writer.submit(gift(senders[sender], room, coins))
        await outbox.catch_up(world.db)
        for sender, coins in ((3, 5), (2, 2)):
            await writer.submit(gift(senders[sender], room, coins))
    for limit in (1, 2, 3, 4):
        async with world.db.read() as conn:
            found = await outbox.supporters(conn, room.id, limit)
        assert [place.sender_id for place in found] == senders[:limit]
        assert {place.coins for place in found} == {5}


async def test_readers_inside_a_writing_transaction_see_one_moment(world: World) -> None:
    room, sender = await world.room(), await world.viewer(100)
    async with world.writer() as writer:
        for _ in range(3):
            await writer.submit(gift(sender, room))
            async with world.db.transaction() as conn:
                assert (await outbox.room_totals(conn, [room.id]))[room.id].coins in (1, 2, 3)
                await outbox.catch_up(world.db)
                totals = await outbox.room_totals(conn, [room.id])
            assert totals[room.id].gifts == len(world.published)
