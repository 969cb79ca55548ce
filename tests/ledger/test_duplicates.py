"""A gift's id is its key: sent again it is answered again, and never paid twice."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from largesse import ledger
from largesse.errors import IdempotencyConflict
from tests.ledger.world import World, entries_of, gift, send_together


async def test_the_same_gift_again_gets_the_same_answer_and_the_present_wallet(
    world: World,
) -> None:
    sender, room = await world.viewer(10, 1), await world.room()
    request = gift(sender, room, 4, streak_id=uuid4(), message="again")
    async with world.writer() as writer:
        first = await writer.submit(request)
        await writer.submit(gift(sender, room, 5))
        again = await writer.submit(request)
    assert again == first._replace(duplicate=True, wallet=await world.wallet(sender))
    assert again.wallet.coins_paid == 2
    assert first in world.published
    assert again not in world.published


async def test_a_retry_after_a_change_of_rates_is_still_the_same_gift(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    request = gift(sender, room, 4)
    async with world.writer() as writer:
        first = await writer.submit(request)
        again = await writer.submit(replace(request, share_id=9, milli_diamonds=1))
    assert again.duplicate
    assert again.request == first.request


@pytest.mark.parametrize(
    "change",
    [
        {"coins": 5},
        {"count": 2},
        {"gift_type_no": 2},
        {"message": "other"},
        {"streak_id": uuid4()},
        {"recipient_id": uuid4()},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_the_same_id_for_another_gift_is_a_conflict(
    world: World, change: dict[str, Any]
) -> None:
    sender, room = await world.viewer(10), await world.room()
    request = gift(sender, room, 4)
    async with world.writer() as writer:
        await writer.submit(request)
        with pytest.raises(IdempotencyConflict):
            await writer.submit(replace(request, **change))
    assert (await world.wallet(sender)).coins_paid == 6


async def test_the_same_id_of_another_sender_is_another_gift(world: World) -> None:
    room, request = await world.room(), gift(await world.viewer(5), await world.room())
    async with world.writer() as writer:
        await writer.submit(request)
        other = await writer.submit(replace(gift(await world.viewer(5), room), id=request.id))
    assert not other.duplicate


async def test_the_same_id_twice_in_one_batch_is_paid_once(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    request = gift(sender, room, 4)
    wishes = [request, request, replace(request, coins=3), gift(sender, room)]
    async with world.writer() as writer:
        first, second, other, last = await send_together(writer, wishes)
    entries = entries_of([first, second, last])
    assert [entry.duplicate for entry in entries] == [False, True, False]
    assert isinstance(other, IdempotencyConflict)
    assert (await world.wallet(sender)).coins_paid == 5


async def test_duplicates_do_not_disturb_the_new_gifts_of_their_batch(world: World) -> None:
    sender, other, room = await world.viewer(10), await world.viewer(10), await world.room()
    old = gift(sender, room, 4)
    async with world.writer() as writer:
        await writer.submit(old)
        outcomes = await send_together(writer, [old, gift(sender, room, 6), gift(other, room, 1)])
    assert [entry.duplicate for entry in entries_of(outcomes)] == [True, False, False]
    assert [entry.seq for entry in world.published] == [1, 2, 3]


async def test_a_batch_of_only_duplicates_writes_nothing(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    wishes = [gift(sender, room) for _ in range(3)]
    async with world.writer() as writer:
        await send_together(writer, wishes)
        batches = await world.count("batch")
        outcomes = await send_together(writer, wishes)
    assert all(entry.duplicate for entry in entries_of(outcomes))
    assert await world.count("batch") == batches


async def test_a_retry_is_answered_when_coins_budget_and_room_are_gone(world: World) -> None:
    sender, room = await world.viewer(), await world.room()
    order_id = await world.top_up(sender, 10)
    request = gift(sender, room, 10)
    async with world.writer() as writer:
        await writer.submit(request)
        async with world.db.transaction() as conn:
            await ledger.close_room(conn, room.id)
        await world.take_back(sender, order_id)
        assert (await writer.submit(request)).duplicate
        outcomes = await send_together(writer, [request, gift(sender, room)])
    assert isinstance(outcomes[0], ledger.GiftEntry)
    assert isinstance(outcomes[1], ledger.RoomClosed)


async def test_a_duplicate_does_not_use_up_the_coins_of_a_new_gift(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    old = gift(sender, room, 6)
    async with world.writer() as writer:
        await writer.submit(old)
        outcomes = await send_together(writer, [old, gift(sender, room, 4)])
    assert [entry.duplicate for entry in entries_of(outcomes)] == [True, False]
