"""A writer that was silent for too long in its transaction: its session is ended, and the gifts are tried again."""

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from largesse import ledger
from largesse.db import Connection
from largesse.ledger.queries.gifts import stored_gifts
from tests.faults.proxy import Cut, Proxy
from tests.ledger.world import World, gift


async def end_silent_sessions(writer: ledger.GiftWriter) -> None:
    """As PostgreSQL does, only sooner."""
    pipe = writer._committer._pipe
    assert pipe is not None
    await (await pipe.plain()).execute("SET idle_in_transaction_session_timeout = '200ms'")


async def test_silence_between_paying_and_writing(
    world: World, behind: World, proxy: Proxy
) -> None:
    """As when the process, or its machine, slept in the middle of a batch."""
    sender, room = await world.viewer(10), await world.room()
    async with behind.writer() as writer:
        await end_silent_sessions(writer)
        fault = proxy.arm(Cut.HOLD_GIFTS)
        sending = asyncio.create_task(writer.submit(gift(sender, room)))
        await asyncio.wait_for(fault.struck.wait(), 10)
        await asyncio.sleep(0.6)
        fault.released.set()
        assert (await asyncio.wait_for(sending, 30)).seq == 1
    assert (await world.wallet(sender)).coins_paid == 9


async def test_silence_before_a_refusal_is_explained(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses_s = [0.6]

    async def sleepy(conn: Connection, keys: Sequence[Any]) -> Any:
        if pauses_s:
            await asyncio.sleep(pauses_s.pop())
        return await stored_gifts(conn, keys)

    monkeypatch.setattr("largesse.ledger.committer.stored_gifts", sleepy)
    sender, room = await world.viewer(1), await world.room()
    async with world.writer() as writer:
        await end_silent_sessions(writer)
        with pytest.raises(ledger.InsufficientCoins):
            await asyncio.wait_for(writer.submit(gift(sender, room, 2)), 30)
        assert (await writer.submit(gift(sender, room))).seq == 1


async def sleep_in_transaction(world: World) -> None:
    async with world.db.transaction() as conn:
        await conn.execute("SET LOCAL idle_in_transaction_session_timeout = '100ms'")
        await asyncio.sleep(0.5)
        await conn.execute("SELECT 1")


async def test_silence_in_a_transaction_of_a_request_is_a_lost_connection(world: World) -> None:
    """So that it is answered with 503 and may be tried again, and not as a mistake of ours."""
    with pytest.raises(psycopg.OperationalError):
        await sleep_in_transaction(world)
    async with world.db.read() as conn:
        await conn.execute("SELECT 1")
