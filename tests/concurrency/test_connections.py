"""The gift writer's connection dies: every gift is written exactly once all the same."""

import asyncio

import psycopg
import pytest

from largesse import ledger
from largesse.db import Connection
from largesse.ledger import committer
from largesse.ledger import writer as writer_module
from largesse.ledger.committer import Committer, Following
from largesse.ledger.pipeline import Answer, Pipeline
from largesse.ledger.queries import lanes
from largesse.ledger.sealing import Sealed
from tests.ledger.world import World, entries_of, gift, send_together

Original = Committer._send


async def kill(world: World, pipe: Pipeline) -> None:
    """End the server's side of a connection."""
    pid = pipe._conn.info.backend_pid
    async with world.db.transaction() as other:
        await other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


class Faults:
    """Goes wrong the first time a batch is written, in one of several ways."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.mode = "none"
        self.late: asyncio.Task[None] | None = None
        self.writer: ledger.GiftWriter | None = None
        monkeypatch.setattr(Committer, "_send", self.send_hook())

    def send_hook(self) -> object:
        async def send(
            owner: Committer, pipe: Pipeline, sealed: Sealed, received: Answer, following: Following
        ) -> None:
            await self.send(owner, pipe, sealed, received, following)

        return send

    async def send(
        self,
        owner: Committer,
        pipe: Pipeline,
        sealed: Sealed,
        received: Answer,
        following: Following,
    ) -> None:
        mode, self.mode = self.mode, "none"
        if mode == "before":
            await kill(self.world, pipe)
        if mode == "late":
            self.late = asyncio.create_task(self._send_late(owner, pipe, sealed, received))
            owner._pipe = None  # its COMMIT is still on the way
            raise psycopg.OperationalError("cut")
        await Original(owner, pipe, sealed, received, following)
        if mode == "after":
            await kill(self.world, pipe)
            raise psycopg.OperationalError("the answer to COMMIT is lost")

    async def _send_late(
        self, owner: Committer, pipe: Pipeline, sealed: Sealed, received: Answer
    ) -> None:
        await asyncio.sleep(0.3)
        await Original(owner, pipe, sealed, received, tuple)
        await pipe.close()


@pytest.fixture
def faults(world: World, monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(world, monkeypatch)


@pytest.mark.parametrize("mode", ["before", "after", "late"])
async def test_a_connection_lost_around_commit_writes_once(
    world: World, faults: Faults, mode: str
) -> None:
    sender, room = await world.viewer(100), await world.room()
    async with world.writer() as writer:
        faults.writer = writer
        await writer.submit(gift(sender, room))
        faults.mode = mode
        lost = entries_of(await send_together(writer, [gift(sender, room, 2) for _ in range(5)]))
        next_ = await writer.submit(gift(sender, room))
    if faults.late is not None:
        await faults.late
    assert [entry.duplicate for entry in lost] == [False] * 5
    assert sorted(entry.seq for entry in lost) == [2, 3, 4, 5, 6]
    assert next_.seq == 7
    assert len(world.published) == 7
    assert (await world.wallet(sender)).coins_paid == 88


async def test_gifts_that_landed_are_published_though_asking_about_them_failed(
    world: World, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = lanes.stored_hash
    failures = [RuntimeError("nobody expected this")]

    async def fail_once(conn: Connection, lane: int, no: int) -> bytes | None:
        if failures:
            raise failures.pop()
        return await asked(conn, lane, no)

    monkeypatch.setattr(lanes, "stored_hash", fail_once)
    sender, room = await world.viewer(100), await world.room()
    async with world.writer() as writer:
        faults.mode = "after"
        lost = entries_of(await send_together(writer, [gift(sender, room) for _ in range(4)]))
    assert [entry.duplicate for entry in lost] == [False] * 4
    assert sorted(entry.seq for entry in world.published) == [1, 2, 3, 4]


async def test_an_idle_connection_that_died_is_replaced(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        await writer.submit(gift(sender, room))
        pipe = writer._committer._pipe
        assert pipe is not None
        await kill(world, pipe)
        assert (await writer.submit(gift(sender, room))).seq == 2


async def test_a_heartbeat_survives_a_dead_connection(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        pipe = writer._committer._pipe
        assert pipe is not None
        await kill(world, pipe)
        writer._committer.lease.mistrust()
        await writer._committer.beat()
        assert (await writer.submit(gift(sender, room))).seq == 1


async def test_the_writer_outlives_a_heartbeat_that_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()

    async def fail(_: Connection) -> None:
        failed.set()
        raise RuntimeError("nobody expected this")

    monkeypatch.setattr(writer_module, "HEARTBEAT_S", 0.01)
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        with monkeypatch.context() as broken:
            broken.setattr(writer._committer.lease, "secure", fail)
            await failed.wait()
        assert (await asyncio.wait_for(writer.submit(gift(sender, room)), 10)).seq == 1


async def test_an_unexpected_failure_does_not_claim_that_nothing_was_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise RuntimeError("nobody expected this")

    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        with monkeypatch.context() as broken:
            broken.setattr(writer._committer, "run", fail)
            with pytest.raises(ledger.OutcomeUnknown):
                await writer.submit(gift(sender, room))
        assert (await writer.submit(gift(sender, room))).seq == 1


async def test_a_database_that_stays_away_is_said_so(
    world: World, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse() -> Connection:
        raise psycopg.OperationalError("no server")

    monkeypatch.setattr(committer, "_RECONNECT_PAUSE_S", 0)
    sender, room = await world.viewer(10), await world.room()
    request = gift(sender, room, 4)
    async with world.writer() as writer:
        faults.mode = "after"
        with monkeypatch.context() as away:
            away.setattr(world.db, "connect", refuse)
            with pytest.raises(ledger.OutcomeUnknown):
                await writer.submit(request)
            with pytest.raises(ledger.WriterBusy):
                await writer.submit(gift(sender, room))
        assert (await writer.submit(request)).duplicate
    assert (await world.wallet(sender)).coins_paid == 6


async def test_lock_timeouts_are_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        pipe = writer._committer._pipe
        assert pipe is not None
        await (await pipe.plain()).execute("SET lock_timeout = '50ms'")
        async with world.db.transaction() as blocker:
            await blocker.execute("SELECT 1 FROM balance WHERE owner_id = %s FOR UPDATE", (sender,))
            sending = asyncio.create_task(writer.submit(gift(sender, room)))
            await asyncio.sleep(0.2)
            assert not sending.done()
        assert (await sending).seq == 1
