"""A server that ends tells each socket so, once everything that it had taken up is answered."""

import asyncio
from typing import Any, LiteralString

import psycopg
import pytest

from largesse.db import Database
from largesse.realtime import Hub
from largesse.realtime.room import Room
from largesse.types import new_id
from tests.moderation.conftest import until_waiting
from tests.rooms.conftest import WAIT_S, MakeViewer, Open, Socket

Stream = dict[str, Any]


async def _closing(hub: Hub) -> asyncio.Task[None]:
    closing = asyncio.create_task(hub.close())
    while not hub.sockets.closing:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return closing


async def _sent(socket: Socket, op: str, **more: object) -> str:
    id_ = str(new_id())
    await socket.send(op=op, id=id_, **more)
    return id_


async def test_gifts_and_words_on_their_way_are_answered_first(
    open_socket: Open, stream: Stream, viewer: MakeViewer, db: Database, services_hub: Hub
) -> None:
    vera, otto = await viewer("Vera", coins=100), await viewer("Otto", coins=0)
    giver, talker = [await open_socket("streams", stream["id"]) for _ in range(2)]
    watchers = [await open_socket("streams", stream["id"]) for _ in range(20)]
    await giver.join(vera.token)
    await talker.join(otto.token)
    for watcher in watchers:
        await watcher.join()
    async with db.transaction() as conn:
        await _hold_up(conn, vera.id, stream["id"])
        gifts = [await _sent(giver, "gift", gift="rose", count=1) for _ in range(3)]
        said = await _sent(talker, "chat", text="one more")
        await giver.ping()
        closing = await _closing(services_hub)
        assert {await watcher.closed() for watcher in watchers} == {1001}
        late = await _sent(giver, "gift", gift="rose", count=1)
        assert not closing.done()
    for id_ in gifts:
        assert (await giver.answer(id_))["op"] == "ack"
    assert (await talker.answer(said))["op"] == "ack"
    assert await giver.closed() == await talker.closed() == 1001
    assert late not in giver._answers
    await closing
    row = await _one(db, "SELECT count(*), sum(count) FROM gift")
    assert row == (3, 3)


async def _hold_up(conn: psycopg.AsyncConnection, giver_id: object, room_id: object) -> None:
    """Until the transaction ends nobody can take from the giver's wallet, nor write into the room's log."""
    await conn.execute("SELECT FROM balance WHERE owner_id = %s FOR UPDATE", (giver_id,))
    await conn.execute("SELECT FROM room WHERE id = %s FOR UPDATE", (room_id,))


async def _one(db: Database, query: LiteralString) -> object:
    async with db.transaction() as conn:
        return await (await conn.execute(query)).fetchone()


async def test_words_of_somebody_who_is_being_looked_up_are_answered_first(
    open_socket: Open,
    stream: Stream,
    viewer: MakeViewer,
    db: Database,
    services_hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("largesse.realtime.socket.RECHECK_S", -1.0)
    vera = await viewer("Vera", coins=100)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    async with db.transaction() as conn:
        await conn.execute("LOCK TABLE session IN ACCESS EXCLUSIVE MODE")
        given = await _sent(socket, "gift", gift="rose", count=1)
        await until_waiting(db, 1)
        closing = await _closing(services_hub)
    assert (await socket.answer(given))["op"] == "ack"
    assert await socket.closed() == 1001
    await closing


async def test_those_who_come_all_at_once_are_let_in_a_few_at_a_time(
    open_socket: Open,
    stream: Stream,
    viewer: MakeViewer,
    services_hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entered = 0
    enter = services_hub.enter

    async def count(*args: Any) -> Room:
        nonlocal entered
        entered += 1
        return await enter(*args)

    monkeypatch.setattr(services_hub, "enter", count)
    vera = await viewer("Vera", coins=0)
    entering = services_hub.sockets.entering
    taken = 0
    while not entering.locked():
        await entering.acquire()
        taken += 1
    sockets = [await open_socket("streams", stream["id"]) for _ in range(3)]
    joins = [asyncio.create_task(socket.join(vera.token)) for socket in sockets]
    async with asyncio.timeout(WAIT_S):
        while len(entering._waiters or ()) < len(sockets):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not any(join.done() for join in joins)
    joins.pop().cancel()
    await sockets.pop().connection.close()
    for _ in range(taken):
        entering.release()
    await asyncio.gather(*joins)
    async with asyncio.timeout(WAIT_S):
        while len(services_hub.sockets) > len(sockets):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert entered == len(sockets), "nothing is done for who has gone meanwhile"
