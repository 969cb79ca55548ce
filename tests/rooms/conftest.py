"""A live room on a real server: people with coins, and sockets over TCP."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from largesse import ledger
from largesse.db import Database
from largesse.identity import Role
from largesse.ledger import TopUp
from largesse.realtime import FrameProtocol, Hub
from largesse.settings import Settings
from largesse.types import new_id
from tests.fixtures_identity import MakeUser, SignedIn

WAIT_S = 30.0


class Socket:
    """One client. Collects the events of frames in `events`; answers are read with `answer`."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.events: list[dict[str, Any]] = []
        self.snapshot: dict[str, Any] = {}
        self.stream_changes: list[dict[str, Any] | None] = []
        self._answers: dict[str | None, dict[str, Any]] = {}

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        """The next frame of any kind."""
        text = await asyncio.wait_for(self.connection.recv(), WAIT_S)
        frame: dict[str, Any] = json.loads(text)
        if frame["op"] == "frame":
            self.events.extend(frame["events"])
        elif frame["op"] == "snapshot":
            self.snapshot = frame
        elif frame["op"] == "stream":
            self.stream_changes.append(frame["stream"])
        return frame

    async def answer(self, id_: UUID | str | None = None) -> dict[str, Any]:
        """The ack or error for an id; None: the next error without an id, or pong."""
        wanted = None if id_ is None else str(id_)
        while wanted not in self._answers:
            frame = await self.receive()
            if frame["op"] in ("ack", "error", "pong"):
                self._answers[frame.get("id")] = frame
        return self._answers.pop(wanted)

    async def join(self, token: str | None = None, after: int | None = None) -> dict[str, Any]:
        await self.send(op="join", token=token, after=after)
        while (await self.receive())["op"] != "snapshot":
            pass
        return self.snapshot

    async def gift(self, gift: str = "rose", count: int = 1, **more: Any) -> dict[str, Any]:
        id_ = more.pop("id", None) or str(new_id())
        await self.send(op="gift", id=id_, gift=gift, count=count, **more)
        return await self.answer(id_)

    async def chat(self, text: str, id_: str | None = None) -> dict[str, Any]:
        id_ = id_ or str(new_id())
        await self.send(op="chat", id=id_, text=text)
        return await self.answer(id_)

    async def ping(self) -> None:
        """Whatever was sent before has been handled."""
        await self.send(op="ping")
        assert (await self.answer())["op"] == "pong"

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self.receive()

    async def until_seq(self, seq: int) -> None:
        await self.until(lambda: any(event["seq"] == seq for event in self.events))

    async def closed(self) -> int:
        """Reads on until the server closes; the close code."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.receive()
        code = self.connection.close_code
        assert code is not None
        return code

    @property
    def logged(self) -> list[dict[str, Any]]:
        """The events that are in the log, as they came."""
        return [event for event in self.events if event["seq"] is not None]

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.logged]


Open: TypeAlias = Callable[..., Awaitable[Socket]]
MakeViewer: TypeAlias = Callable[..., Awaitable[SignedIn]]


@pytest.fixture
def demo_template() -> str:
    """No demo people here: these tests count what there is."""
    return "largesse_template"


@pytest.fixture
def settings(plain_settings: Settings, database_url: str, tmp_path: Path) -> Settings:
    """Without the people and rooms of the demonstration: faster, and every room is the test's own."""
    own = {"data_dir": tmp_path, "database_url": SecretStr(database_url)}
    return plain_settings.model_copy(update=own)


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """The app on a port of 127.0.0.1, in the test's own loop."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        lifespan="off",  # the fixture `app` runs it
        ws=FrameProtocol,
        ws_per_message_deflate=False,
        ws_max_size=1 << 20,
        ws_ping_interval=None,  # a test that does not read for long is no lost connection
        log_level="warning",
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"{host}:{port}"
    server.should_exit = True
    await serving


@pytest.fixture
async def open_socket(address: str) -> AsyncIterator[Open]:
    """Opens `await open_socket("streams", id)`; everything is closed after the test."""
    async with AsyncExitStack() as stack:

        async def open_(kind: str, name: object, query: str = "", **options: Any) -> Socket:
            url = f"ws://{address}/v1/{kind}/{name}/socket{query}"
            # No pings of the client: who does not read for long hears no answers to them either.
            settings = {"compression": None, "proxy": None, "ping_interval": None}
            options = {**settings, "close_timeout": 1, **options}
            return Socket(await stack.enter_async_context(connect(url, **options)))

        yield open_


@pytest.fixture
async def creator(users: MakeUser) -> SignedIn:
    return await users("Nora", roles={Role.CREATOR}, followers=1000, gifting=True)


@pytest.fixture
async def viewer(users: MakeUser, db: Database) -> MakeViewer:
    """Makes viewers who hold coins."""

    async def make(name: str = "Vera", coins: int = 1000, **more: Any) -> SignedIn:
        person = await users(name, **more)
        if coins:
            await fund(db, person, coins)
        return person

    return make


async def fund(db: Database, person: SignedIn, coins: int, coins_bonus: int = 0) -> None:
    top_up = TopUp(
        owner_id=person.id,
        order_id=new_id(),
        coins=coins,
        coins_bonus=coins_bonus,
        currency="USD",
        gross_minor=coins,
        tax_minor=0,
        fee_minor=0,
        provider="sandbox",
        channel="web",
        hold_days=21,
    )
    async with db.transaction() as conn:
        await ledger.credit_top_up(conn, top_up)


@pytest.fixture
async def stream(client: httpx.AsyncClient, creator: SignedIn) -> dict[str, Any]:
    """The creator's live stream."""
    answer = await client.post(
        "/v1/streams", json={"title": "Evening piano"}, headers=creator.headers
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.fixture
def services_hub(app: FastAPI) -> Hub:
    """The hub of the running app."""
    hub: Hub = app.state.services.hub
    return hub
