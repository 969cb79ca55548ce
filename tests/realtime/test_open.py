"""When a room may write a frame to a connection at once, on a real server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from largesse.realtime.wire import WIRE, FrameProtocol, encode_frame

CLOSED_BY_US = 4401


class World:
    """An application that accepts, and closes when it is told to."""

    def __init__(self) -> None:
        self.wires: asyncio.Queue[FrameProtocol] = asyncio.Queue()
        self.close = asyncio.Event()
        self.closed = asyncio.Event()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        assert scope["type"] == "websocket"
        await send({"type": "websocket.accept"})
        self.wires.put_nowait(scope["extensions"][WIRE])
        await self.close.wait()
        with contextlib.suppress(OSError):  # the client may be gone
            await send({"type": "websocket.close", "code": CLOSED_BY_US})
        self.closed.set()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0.01)


def _open(wire: FrameProtocol) -> bool:
    return wire.open


@pytest.fixture
async def world() -> World:
    return World()


@pytest.fixture
async def client(world: World) -> AsyncIterator[ClientConnection]:
    config = uvicorn.Config(
        world,
        port=0,
        ws=FrameProtocol,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await _until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with connect(f"ws://127.0.0.1:{port}") as socket:
        yield socket
        world.close.set()
    server.should_exit = True
    await serving


async def test_a_frame_may_be_written_at_once_while_the_client_reads(
    world: World, client: ClientConnection
) -> None:
    wire = await world.wires.get()
    assert _open(wire)
    wire.write(encode_frame("now"))
    assert await client.recv() == "now"
    wire.pause_writing()  # as the transport does when the client does not read
    assert not _open(wire)
    wire.resume_writing()
    assert _open(wire)


async def test_nothing_is_written_after_our_close(world: World, client: ClientConnection) -> None:
    wire = await world.wires.get()
    world.close.set()
    await world.closed.wait()
    assert not _open(wire)
    wire.resume_writing()  # the buffer has room again: still nothing goes out
    assert not _open(wire)
    with pytest.raises(ConnectionClosed):
        await client.recv()
    assert client.close_code == CLOSED_BY_US


@pytest.mark.parametrize("way", ["close", "abort"])
async def test_who_has_gone_is_closing(world: World, client: ClientConnection, way: str) -> None:
    wire = await world.wires.get()
    assert not wire.is_closing()
    if way == "close":
        await client.close()
    else:
        client.transport.abort()
    await _until(wire.is_closing)
