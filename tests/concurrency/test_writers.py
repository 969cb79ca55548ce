"""Several writers, wallets and transactions at once: the sums are right every time."""

import asyncio
import random

from largesse import ledger
from largesse.errors import AppError
from tests.ledger.world import World, gift

WRITERS = 3


async def outcome(
    writer: ledger.GiftWriter, request: ledger.GiftRequest
) -> ledger.GiftEntry | AppError:
    try:
        return await writer.submit(request)
    except AppError as error:
        return error


async def test_writers_on_the_same_wallets_and_rooms_neither_lose_nor_double(world: World) -> None:
    chance = random.Random(3)
    senders = [await world.viewer(120, 10) for _ in range(6)]
    # Senders receive as well, so that one batch's sender is another one's recipient.
    rooms = [await world.room(recipient_id=sender) for sender in senders]
    wishes = [
        gift(chance.choice(senders), chance.choice(rooms), chance.randint(1, 4)) for _ in range(400)
    ]
    async with (
        world.writer(batch_size_max=16) as one,
        world.writer(batch_size_max=16) as two,
        world.writer(batch_size_max=16) as three,
    ):
        writers = [one, two, three]
        outcomes = await asyncio.gather(
            *(outcome(writers[number % WRITERS], wish) for number, wish in enumerate(wishes))
        )
    sent = [entry for entry in outcomes if isinstance(entry, ledger.GiftEntry)]
    refused = [error for error in outcomes if not isinstance(error, ledger.GiftEntry)]
    assert all(isinstance(error, ledger.InsufficientCoins) for error in refused)
    assert await world.count("gift") == len(sent) == len(world.published)
    for sender in senders:
        spent = sum(entry.request.coins for entry in sent if entry.request.sender_id == sender)
        wallet = await world.wallet(sender)
        assert wallet.coins_paid + wallet.coins_bonus == 130 - spent


async def test_the_same_gift_through_every_writer_is_paid_once(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    wishes = [gift(sender, room, 2) for _ in range(10)]
    async with world.writer() as one, world.writer() as two, world.writer() as three:
        outcomes = await asyncio.gather(
            *(writer.submit(wish) for wish in wishes for writer in (one, two, three))
        )
    assert sum(not entry.duplicate for entry in outcomes) == 10
    assert len({entry.request.id for entry in outcomes}) == 10
    assert (await world.wallet(sender)).coins_paid == 80


async def test_the_last_coins_are_spent_once(world: World) -> None:
    sender, room = await world.viewer(5), await world.room()
    async with world.writer() as one, world.writer() as two:
        outcomes = await asyncio.gather(
            *(outcome(writer, gift(sender, room, 5)) for writer in (one, two) for _ in range(4))
        )
    assert sum(isinstance(entry, ledger.GiftEntry) for entry in outcomes) == 1


async def test_top_ups_and_take_backs_between_gifts(world: World) -> None:
    sender, room = await world.viewer(50), await world.room()
    orders = [await world.top_up(sender, 20) for _ in range(4)]

    async def credit() -> None:
        for _ in range(5):
            await world.top_up(sender, 10, 1)

    async def undo() -> None:
        for order_id in orders:
            await world.take_back(sender, order_id, "refund")

    async with world.writer(batch_size_max=4) as one, world.writer(batch_size_max=4) as two:
        await asyncio.gather(
            credit(),
            undo(),
            *(outcome(writer, gift(sender, room, 3)) for writer in (one, two) for _ in range(15)),
        )
    wallet = await world.wallet(sender)
    assert wallet.frozen == (wallet.coins_owed > 0)


async def test_a_room_that_closes_under_load_ends_at_one_number(world: World) -> None:
    room, senders = await world.room(), [await world.viewer(10_000) for _ in range(8)]
    some_sent = asyncio.Event()

    async def close() -> None:
        await some_sent.wait()
        async with world.db.transaction() as conn:
            await ledger.close_room(conn, room.id)

    async def give(writer: ledger.GiftWriter, sender: object) -> list[ledger.GiftEntry | AppError]:
        outcomes: list[ledger.GiftEntry | AppError] = []
        while not outcomes or isinstance(outcomes[-1], ledger.GiftEntry):
            outcomes.append(await outcome(writer, gift(sender, room)))  # type: ignore[arg-type]
            if len(outcomes) == 3:
                some_sent.set()
        return outcomes

    async with world.writer() as one, world.writer() as two:
        rounds = await asyncio.gather(
            *(give((one, two)[number % 2], sender) for number, sender in enumerate(senders)),
            close(),
        )
    outcomes = [entry for entries in rounds if entries for entry in entries]
    sent = [entry for entry in outcomes if isinstance(entry, ledger.GiftEntry)]
    assert {type(entry) for entry in outcomes} == {ledger.GiftEntry, ledger.RoomClosed}
    async with world.db.read() as conn:
        assert await ledger.last_seq(conn, room.id) == len(sent)
