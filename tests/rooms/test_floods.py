"""Clients that send far too much: they are slowed, then closed, and nobody else notices."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from largesse.realtime import FrameProtocol, Hub
from largesse.realtime.limits import OUTBOX_FRAMES_MAX
from tests.realtime.conftest import until
from tests.rooms.conftest import Open
from tests.rooms.test_wire import CLOSE, CONT, PING, PING_MESSAGE, PONG, Wire, frame, wire

__all__ = ["wire"]

TINY = 10_000


async def ended(wire: Wire) -> int | None:
    """The close code; none when it was lost, as it may be for somebody who still sends."""
    try:
        return await wire.close_code()
    except (ConnectionError, asyncio.IncompleteReadError):
        return None


async def test_ten_thousand_tiny_messages_end_the_socket_and_harm_nobody(
    wire: Wire, open_socket: Open, stream: dict[str, Any], services_hub: Hub
) -> None:
    other = await open_socket("streams", stream["id"])
    await other.join()
    sending = asyncio.create_task(wire.send(frame(PING_MESSAGE) * TINY))
    assert await ended(wire) in (4429, None)
    await asyncio.gather(sending, return_exceptions=True)
    await other.ping()
    await until(lambda: len(services_hub.sockets) == 1)


async def test_who_floods_and_does_not_read_is_not_read_from(
    wire: Wire, open_socket: Open, stream: dict[str, Any], services_hub: Hub
) -> None:
    """What he asked for waits in bounded queues; the rest stays with him."""
    other = await open_socket("streams", stream["id"])
    await other.join()
    transport = wire.writer.transport
    for _ in range(20):
        wire.writer.write(frame(b'{"op":"gift","id":"no"}') * (TINY // 20))
        await other.ping()
        waiting = [len(outbox._frames) for outbox in services_hub.sockets._sockets]
        assert max(waiting) <= OUTBOX_FRAMES_MAX
    transport.abort()
    await until(lambda: len(services_hub.sockets) == 1)
    await other.ping()


async def test_pings_are_answered_and_a_flood_of_them_is_not(wire: Wire) -> None:
    await wire.send(frame(b"there?", PING))
    while (received := await wire.receive())[0] != PONG:
        pass
    assert received[1] == b"there?"
    sending = asyncio.create_task(wire.send(frame(b"x" * 100, PING) * TINY))
    pongs = 0
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        while (received := await wire.receive())[0] != CLOSE:
            pongs += received[0] == PONG
        assert int.from_bytes(received[1][:2]) == 1008
    assert pongs < 1000
    await asyncio.gather(sending, return_exceptions=True)


@pytest.mark.parametrize("flood", [frame(b"", PONG), frame(b"", CONT, fin=False)])
async def test_floods_of_nothing_end_the_connection(wire: Wire, flood: bytes) -> None:
    await wire.send(frame(b"", fin=False))
    sending = asyncio.create_task(wire.send(flood * TINY))
    assert await ended(wire) in (1008, None)
    await asyncio.gather(sending, return_exceptions=True)


async def test_an_address_with_too_many_sockets_hears_why(
    open_socket: Open, stream: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.open_sockets.SOCKETS_PER_ADDRESS_MAX", 1)
    monkeypatch.setattr("largesse.realtime.open_sockets._is_public", lambda _: True)
    first = await open_socket("streams", stream["id"])
    await first.join()
    second = await open_socket("streams", stream["id"])
    assert (await second.answer())["code"] == "too_many_sockets"
    assert await second.closed() == 4429
    await first.connection.close()
    third = await open_socket("streams", stream["id"])
    await third.join()


async def test_behind_a_trusted_proxy_its_clients_are_counted(
    app: FastAPI, open_socket: Open, stream: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By network, as everywhere: who holds an IPv6 network has as many addresses as he likes."""
    monkeypatch.setattr("largesse.realtime.open_sockets.SOCKETS_PER_ADDRESS_MAX", 1)
    trusting = app.state.services.settings.model_copy(update={"trust_proxy": True})
    app.state.services = replace(app.state.services, settings=trusting)

    async def join(address: str) -> bool:
        headers = {"X-Forwarded-For": address}
        socket = await open_socket("streams", stream["id"], additional_headers=headers)
        await socket.send(op="join")
        return bool((await socket.receive())["op"] == "snapshot")

    assert await join("2600:1901::1")
    assert not await join("2600:1901::2")
    assert await join("2600:1902::1")
    assert await join("8.8.8.8")
    assert not await join("8.8.8.8")


@pytest.fixture
async def impatient(app: FastAPI) -> AsyncIterator[int]:
    """The port of a server that pings often."""
    config = uvicorn.Config(
        app,
        port=0,
        lifespan="off",
        ws=FrameProtocol,
        ws_per_message_deflate=False,
        ws_ping_interval=0.05,
        ws_ping_timeout=0.2,
        log_level="warning",
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    yield port
    server.should_exit = True
    await serving


async def test_a_client_that_answers_no_ping_is_gone(
    impatient: int, stream: dict[str, Any], services_hub: Hub
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient)
    key = base64.b64encode(bytes(16)).decode()
    writer.write(
        f"GET /v1/streams/{stream['id']}/socket HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    silent = Wire(reader, writer)
    await silent.send(frame(b'{"op":"join"}'))
    while services_hub.viewers_by_room() == {}:  # answers while he comes in, however long it takes
        opcode, payload = await silent.receive()
        if opcode == PING:
            await silent.send(frame(payload, PONG))
    assert await silent.close_code() == 1011
    await until(lambda: len(services_hub.sockets) == 0)
    assert services_hub.viewers_by_room() == {}
    writer.close()
