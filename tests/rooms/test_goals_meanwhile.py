"""Goals while something else happens: refunds of unnamed gifts, refunds after the end, keeping what was counted."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse import ledger
from largesse.db import Database, ReadConnection
from largesse.goals import queries
from largesse.goals.model import Given
from largesse.goals.service import count_on
from largesse.realtime import Hub
from tests.fixtures_identity import SignedIn
from tests.messages.test_meanwhile import waiting
from tests.rooms.conftest import MakeViewer, Open, Socket
from tests.rooms.test_goals import Desk, checked, desk, of_type, progress
from tests.rooms.test_rankings import order_of

__all__ = ["desk"]


async def dispute(db: Database, owner: SignedIn, amount_minor: int, cause: str) -> None:
    order = await order_of(db, owner)
    async with db.transaction() as conn:
        await ledger.record_reversal(
            conn,
            owner_id=owner.id,
            order_id=order,
            cause_id=cause,
            kind="chargeback",
            amount_minor=amount_minor,
        )


async def until_told(socket: Socket, wanted: list[int]) -> None:
    def told() -> list[int]:
        found = [event["goal"] for event in of_type(socket, "goal_progress")]
        return progress(found[-1]) if found else []

    await socket.until(lambda: told() == wanted)


async def test_a_refund_of_an_anonymous_gift_takes_from_a_goal_and_from_no_ranking(
    client: httpx.AsyncClient, open_socket: Open, desk: Desk, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer("Vera", coins=300)
    socket = await open_socket("streams", desk.room_id)
    await socket.join(vera.token)
    await desk.set((None, 1000))
    await socket.gift("rose", 50)
    await socket.gift("rose", 250, anonymous=True)
    await until_told(socket, [300])
    await dispute(db, vera, 200, "dispute")
    async with db.read() as conn:
        named = await conn.execute(
            "SELECT coalesce(sum(coins), 0) FROM gift_reversal WHERE anonymous IS NOT TRUE"
        )
        assert (await named.fetchone()) == (0,)
    await until_told(socket, [100])
    fresh = await (await open_socket("streams", desk.room_id)).join()
    assert [progress(goal) for goal in fresh["room"]["goals"]] == [[100]]
    assert [place["coins"] for place in fresh["room"]["supporters"]] == [50]
    assert str(vera.id) not in str(of_type(socket, "gift")[1])
    await checked(db)


async def test_what_the_end_froze_stays_so_whatever_is_refunded_before_or_later(
    open_socket: Open, desk: Desk, viewer: MakeViewer, db: Database, services_hub: Hub
) -> None:
    vera, otto = await viewer("Vera", coins=300), await viewer("Otto", coins=200)
    socket = await open_socket("streams", desk.room_id)
    await socket.join(vera.token)
    await desk.set((None, 1000))
    await socket.gift("rose", 300)
    await desk.give(otto, "rose", 200)
    await until_told(socket, [500])
    await dispute(db, vera, 100, "first")
    await until_told(socket, [400])
    await dispute(db, vera, 50, "second")  # the end comes before the room looks for it
    await desk.end()
    await socket.until(lambda: bool(of_type(socket, "stream_end")))
    await dispute(db, otto, 200, "third")
    room = services_hub.room(UUID(desk.room_id))
    assert room is not None
    async with asyncio.timeout(20):
        while str(otto.id) in str(room.projection.supporters()):  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.05)
    assert [progress(goal) for goal in await desk.all()] == [[350]]
    fresh = await (await open_socket("streams", desk.room_id)).join()
    assert [progress(goal) for goal in fresh["room"]["goals"]] == [[350]]
    assert [progress(g.model_dump()) for g in room.projection.goals.all()] == [[350]]
    await checked(db)


async def test_the_end_counts_everything_also_while_what_was_counted_is_kept(
    desk: Desk,
    viewer: MakeViewer,
    db: Database,
    stream: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room_id, vera = UUID(stream["id"]), await viewer()
    await desk.set((None, 500))
    await desk.give(vera, "rose", 40)
    async with db.read() as conn:
        seq = await ledger.last_seq(conn, room_id)
    given, counting, looks = queries.given, list[asyncio.Task[None]](), list[UUID]()

    async def between(conn: ReadConnection, of: UUID) -> list[Given]:
        """Somebody keeps what was counted, after the parts were read and before the rest is."""
        looks.append(of)
        if len(looks) == 2:  # the look before what is frozen
            counting.append(asyncio.create_task(count_on(db, room_id, seq)))
            async with asyncio.timeout(30):
                while not counting[0].done() and not await waiting(db):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        return await given(conn, of)

    monkeypatch.setattr(queries, "given", between)
    await desk.end()
    await counting[0]
    assert [progress(goal) for goal in await desk.all()] == [[40]]
    await checked(db)
