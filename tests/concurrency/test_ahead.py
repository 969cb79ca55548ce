"""A batch begun together with the COMMIT of the one before: whatever happens to either, both are decided once."""

import asyncio
from collections.abc import Sequence

import pytest

from largesse import ledger
from largesse.errors import AppError
from largesse.ledger import chain
from largesse.ledger.committer import Committer, Following
from largesse.ledger.pipeline import Answer, Pipeline
from largesse.ledger.sealing import Sealed
from tests.ledger.world import Room, World, entries_of, gift, send_together

Original = Committer._send
SIZE = 8


class Watched:
    """Counts the batches that went ahead, and calls back after a COMMIT while the next one is in the air."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = 0
        self.meddle: list[object] = []
        monkeypatch.setattr(Committer, "_send", self.hook())

    def hook(self) -> object:
        async def send(
            owner: Committer, pipe: Pipeline, sealed: Sealed, received: Answer, next_: Following
        ) -> None:
            await Original(owner, pipe, sealed, received, next_)
            if owner._ahead is not None:
                self.ahead += 1
                if self.meddle:
                    await self.meddle.pop(0)(owner, pipe)  # type: ignore[operator]

        return send


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def seqs(outcomes: Sequence[ledger.GiftEntry | AppError]) -> list[int]:
    return sorted(entry.seq for entry in outcomes if isinstance(entry, ledger.GiftEntry))


async def some(world: World, count: int) -> tuple[list[ledger.GiftRequest], Room]:
    sender, room = await world.viewer(1_000), await world.room()
    return [gift(sender, room) for _ in range(count)], room


async def test_a_full_queue_goes_ahead(world: World, watched: Watched) -> None:
    wishes, _ = await some(world, 5 * SIZE)
    async with world.writer(batch_size_max=SIZE) as writer:
        entries = entries_of(await send_together(writer, wishes))
    assert watched.ahead == 4
    assert seqs(entries) == list(range(1, 5 * SIZE + 1))
    assert [entry.seq for entry in world.published] == seqs(entries)


async def test_duplicates_in_one_batch_take_the_next_one_along(
    world: World, watched: Watched
) -> None:
    wishes, _ = await some(world, 4 * SIZE)
    async with world.writer(batch_size_max=SIZE) as writer:
        await send_together(writer, wishes[:3])
        entries = entries_of(await send_together(writer, wishes))
        again = entries_of(await send_together(writer, wishes))  # batches of duplicates only
    assert [entry.duplicate for entry in entries] == [True] * 3 + [False] * (len(wishes) - 3)
    assert all(entry.duplicate for entry in again)
    assert [entry.seq for entry in again] == [entry.seq for entry in entries]
    assert len(world.published) == 4 * SIZE


async def test_refusals_in_a_batch_that_went_ahead(world: World, watched: Watched) -> None:
    room, poor, rich = await world.room(), await world.viewer(1), await world.viewer(1_000)
    closed = await world.room(gifting=False)
    wishes = []
    for number in range(5 * SIZE):
        wishes += [
            gift(poor, room, 2),
            gift(rich, closed if number % 3 == 0 else room),
        ]
    async with world.writer(batch_size_max=SIZE) as writer:
        outcomes = await send_together(writer, wishes)
    assert watched.ahead
    sent = len([number for number in range(5 * SIZE) if number % 3])
    assert seqs(outcomes) == list(range(1, sent + 1))
    assert sum(isinstance(o, ledger.InsufficientCoins) for o in outcomes) == 5 * SIZE
    assert sum(isinstance(o, ledger.GiftsNotEnabled) for o in outcomes) == 5 * SIZE - sent


async def test_only_refusals(world: World, watched: Watched) -> None:
    room, poor = await world.room(), await world.viewer(1)
    async with world.writer(batch_size_max=SIZE) as writer:
        outcomes = await send_together(writer, [gift(poor, room, 2) for _ in range(4 * SIZE)])
    assert all(isinstance(outcome, ledger.InsufficientCoins) for outcome in outcomes)
    assert await world.count("gift") == 0


async def test_the_connection_dies_with_a_batch_in_the_air(world: World, watched: Watched) -> None:
    async def kill(_: Committer, pipe: Pipeline) -> None:
        async with world.db.transaction() as other:
            pid = pipe._conn.info.backend_pid
            await other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    watched.meddle = [kill]
    wishes, _ = await some(world, 4 * SIZE)
    async with world.writer(batch_size_max=SIZE) as writer:
        entries = entries_of(await send_together(writer, wishes))
    assert not watched.meddle
    assert not any(entry.duplicate for entry in entries)
    assert seqs(entries) == list(range(1, 4 * SIZE + 1))


async def test_a_batch_in_the_air_that_cannot_lock_is_tried_again(
    world: World, watched: Watched
) -> None:
    wishes, _ = await some(world, 2 * SIZE)
    other_room, blocked = await world.room(), await world.viewer(100)
    wishes += [gift(blocked, other_room) for _ in range(SIZE)]
    async with world.writer(batch_size_max=SIZE) as writer:
        pipe = writer._committer._pipe
        assert pipe is not None
        await (await pipe.plain()).execute("SET lock_timeout = '50ms'")
        async with world.db.transaction() as blocker:
            query = "SELECT 1 FROM balance WHERE owner_id = %s FOR UPDATE"
            await blocker.execute(query, (blocked,))
            sending = asyncio.create_task(send_together(writer, wishes))
            await asyncio.sleep(0.2)
            assert not sending.done()
        entries = entries_of(await sending)
    assert watched.ahead
    assert len(entries) == 3 * SIZE
    assert (await world.wallet(blocked)).coins_paid == 100 - SIZE


async def test_a_lease_that_is_due_is_renewed_between_batches(
    world: World, watched: Watched
) -> None:
    async def grow_old(owner: Committer, _: Pipeline) -> None:
        owner.lease.mistrust()

    watched.meddle = [grow_old]
    wishes, _ = await some(world, 5 * SIZE)
    async with world.writer(batch_size_max=SIZE) as writer:
        entries = entries_of(await send_together(writer, wishes))
        assert not writer._committer.lease.due()
    assert watched.ahead == 3  # the batch after the old lease waited for the new one
    assert seqs(entries) == list(range(1, 5 * SIZE + 1))


async def test_a_lane_stolen_while_a_batch_is_in_the_air(world: World, watched: Watched) -> None:
    async def steal(owner: Committer, _: Pipeline) -> None:
        head = owner.lease.head
        assert head is not None
        async with world.db.transaction() as conn:
            await conn.execute("UPDATE lane SET holder_id = NULL WHERE id = %s", (head.lane,))
        async with world.writer() as thief:
            sender, room = await world.viewer(5), await world.room()
            await thief.submit(gift(sender, room))

    watched.meddle = [steal]
    wishes, _ = await some(world, 4 * SIZE)
    async with world.writer(batch_size_max=SIZE) as writer:
        entries = entries_of(await send_together(writer, wishes))
    assert seqs(entries) == list(range(1, 4 * SIZE + 1))


async def test_an_error_while_the_hash_is_made_leaves_a_usable_writer(
    world: World, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes, _ = await some(world, 2)

    def fail(*_: object) -> bytes:
        raise RuntimeError("nobody expected this")

    async with world.writer(batch_size_max=SIZE) as writer:
        with monkeypatch.context() as broken:
            broken.setattr(chain, "batch_hash", fail)
            with pytest.raises((ledger.OutcomeUnknown, RuntimeError)):
                await writer.submit(wishes[0])
        assert (await writer.submit(wishes[1])).seq == 1
        assert not (await writer.submit(wishes[0])).duplicate


async def test_an_amount_that_overflows_spoils_only_its_own_gift(
    world: World, watched: Watched
) -> None:
    wishes, room = await some(world, 3 * SIZE)
    async with world.db.transaction() as conn:
        await conn.execute(
            "INSERT INTO balance (owner_id, code, amount) VALUES (%s, 10, 9223372036854770000)",
            (room.recipient_id,),
        )
    other = await world.room()
    sender = await world.viewer(1_000)
    wishes = wishes[: SIZE - 1] + [gift(sender, other) for _ in range(2 * SIZE)]
    too_much = gift(sender, room, 100)
    async with world.writer(batch_size_max=SIZE) as writer:
        outcomes = await send_together(writer, [*wishes, too_much])
    assert isinstance(outcomes[-1], ledger.AmountTooLarge)
    refused = [outcome for outcome in outcomes if isinstance(outcome, AppError)]
    assert len(refused) >= 1
    assert await world.count("gift") == len(outcomes) - len(refused)
    async with (
        world.db.transaction() as conn
    ):  # as it was: the ledger is checked when the test ends
        await conn.execute(
            "UPDATE balance SET amount = amount - 9223372036854770000"
            " WHERE owner_id = %s AND code = 10",
            (room.recipient_id,),
        )
