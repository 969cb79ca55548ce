"""What coming into a room asks the database: thousands come at once when another process has gone."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from largesse.db import Database
from largesse.realtime import OverlaySocket, RoomSocket
from largesse.recognition import Recognizer
from largesse.rooms import Entries
from largesse.services import Services
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open, Socket

PATIENCE_S = 30.0
Statements = list[list[str]]
_asked: ContextVar[list[str]] = ContextVar("asked")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Statements:
    """What each socket sent to the database, in the order of their coming; who supports the creator is left out, which
    is read once a minute for all."""
    sockets: Statements = []

    def noted(serve: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def run(self: Any) -> None:
            sockets.append([])
            _asked.set(sockets[-1])
            await serve(self)

        return run

    def note(holder: type, name: str) -> None:
        real = getattr(holder, name)

        def noting(self: Any, statement: Any, *args: Any, **more: Any) -> Any:
            if (statements := _asked.get(None)) is not None:
                statements.append(str(statement))
            return real(self, statement, *args, **more)

        monkeypatch.setattr(holder, name, noting)

    note(psycopg.AsyncCursor, "execute")
    note(psycopg.AsyncConnection, "_exec_command")  # BEGIN and the like
    for socket in (RoomSocket, OverlaySocket):
        monkeypatch.setattr(socket, "_serve", noted(socket._serve))
    monkeypatch.setattr(Recognizer, "entered", lambda *_: None)
    return sockets


@pytest.fixture
def services(app: FastAPI) -> Services:
    """Those of the running app."""
    started: Services = app.state.services
    return started


async def test_a_viewer_asks_for_himself_and_the_door_and_no_more(
    open_socket: Open,
    stream: dict[str, Any],
    creator: SignedIn,
    viewer: MakeViewer,
    asked: Statements,
) -> None:
    vera = await viewer("Vera", coins=70)

    async def join(who: SignedIn | None) -> dict[str, Any]:
        socket = await open_socket("streams", stream["id"])
        return await socket.join(who.token if who else None)

    await join(vera)
    asked.clear()
    seen = await join(vera)
    assert (seen["you"]["role"], seen["wallet"]["coins_total"]) == ("viewer", 70)
    assert (await join(creator))["you"]["role"] == "creator"
    guest = await join(None)
    assert (guest["you"]["role"], guest["wallet"]) == ("guest", None)
    assert [len(statements) for statements in asked] == [3, 3, 1], asked


async def test_those_who_come_at_once_share_what_they_ask_and_each_gets_his_own(
    open_socket: Open,
    stream: dict[str, Any],
    creator: SignedIn,
    viewer: MakeViewer,
    asked: Statements,
    db: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    viewers = [await viewer(f"Viewer {number}", coins=number) for number in range(6)]
    people = [creator, None, *viewers]
    muted, banned, moderator, *_ = viewers
    await _note(db, "room_mute", creator, muted)
    await _note(db, "room_ban", creator, banned)
    await _note(db, "room_moderator", creator, moderator)
    first = await open_socket("streams", stream["id"])
    await first.join(creator.token)
    asking = 0
    ask = Entries.ask

    async def count(self: Entries, key: Any) -> Any:
        nonlocal asking
        asking += 1
        return await ask(self, key)

    monkeypatch.setattr(Entries, "ask", count)
    sockets = [await open_socket("streams", stream["id"]) for _ in people]
    asked.clear()
    async with db.transaction() as conn:
        await conn.execute("LOCK TABLE stream IN ACCESS EXCLUSIVE MODE")
        joining = [
            asyncio.create_task(socket.join(who.token if who else None))
            for socket, who in zip(sockets, people, strict=True)
        ]
        async with asyncio.timeout(PATIENCE_S):
            while asking < len(people):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    snapshots = await asyncio.gather(*joining)
    statements = [text for each in asked for text in each]
    assert sum("JOIN stream" in text for text in statements) <= 2, statements
    assert sum("FROM balance" in text for text in statements) <= 2
    roles = [snapshot["you"]["role"] for snapshot in snapshots]
    assert roles == ["creator", "guest", "viewer", "viewer", "moderator", *["viewer"] * 3]
    assert [snapshot["you"]["banned"] for snapshot in snapshots].index(True) == 3
    assert [bool(snapshot["you"]["muted_until"]) for snapshot in snapshots].index(True) == 2
    coins = [snapshot["wallet"]["coins_total"] for snapshot in snapshots[2:]]
    assert coins == list(range(6))


async def _note(db: Database, table: str, creator: SignedIn, who: SignedIn) -> None:
    """A mute, ban or appointment, as moderation keeps it."""
    values = {
        "room_mute": "(creator_id, user_id, until, by_id, created_at)"
        " VALUES (%(c)s, %(u)s, now() + interval '1 h', %(c)s, now())",
        "room_ban": "(creator_id, user_id, banned, by_id, changed_at)"
        " VALUES (%(c)s, %(u)s, true, %(c)s, now())",
        "room_moderator": "(creator_id, user_id, created_at) VALUES (%(c)s, %(u)s, now())",
    }
    async with db.transaction() as conn:
        await conn.execute(f"INSERT INTO {table} {values[table]}", {"c": creator.id, "u": who.id})


async def test_who_comes_hears_what_holds_by_then_and_a_lost_connection_is_made_again(
    open_socket: Open,
    stream: dict[str, Any],
    creator: SignedIn,
    viewer: MakeViewer,
    db: Database,
    services: Services,
) -> None:
    vera = await viewer("Vera", coins=70)

    async def join() -> Socket:
        socket = await open_socket("streams", stream["id"])
        await socket.send(op="join", token=vera.token)
        await socket.receive()
        return socket

    assert (await join()).snapshot["you"]["banned"] is False
    await _note(db, "room_ban", creator, vera)
    async with db.transaction() as conn:
        assert services.entries._conn is not None
        pid = services.entries._conn.info.backend_pid
        await conn.execute("SELECT pg_terminate_backend(%s)", (pid,))
    assert (await join()).snapshot["you"]["banned"] is True
    async with db.transaction() as conn:
        await conn.execute("UPDATE stream SET visibility = 'invited'")
    refused = await join()
    assert refused.snapshot == {}
    assert await refused.closed() == 4403
