"""Frames as they come from the network: cut anywhere, gathered, fragmented, or broken."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

TEXT, CONT, CLOSE, PING, PONG = 1, 0, 8, 9, 10
MASK = b"\x01\x02\x03\x04"
PING_MESSAGE = b'{"op":"ping"}'


def frame(payload: bytes, opcode: int = TEXT, *, fin: bool = True, masked: bool = True) -> bytes:
    head = bytes([opcode | (0x80 if fin else 0)])
    bit = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65536:
        head += bytes([bit | 126]) + len(payload).to_bytes(2)
    else:
        head += bytes([bit | 127]) + len(payload).to_bytes(8)
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))


class Wire:
    """A socket that sends bytes as they are."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def receive(self) -> tuple[int, bytes]:
        """The next frame: its opcode and payload."""
        first, length = await self._exactly(2)
        if length == 126:
            length = int.from_bytes(await self._exactly(2))
        elif length == 127:
            length = int.from_bytes(await self._exactly(8))
        return first & 15, await self._exactly(length)

    async def _exactly(self, count: int) -> bytes:
        return await asyncio.wait_for(self.reader.readexactly(count), 30)

    async def answer(self) -> dict[str, Any]:
        """The next answer to a message."""
        while True:
            opcode, payload = await self.receive()
            assert opcode == TEXT, (opcode, payload)
            message: dict[str, Any] = json.loads(payload)
            if message["op"] not in ("frame", "snapshot"):
                return message

    async def close_code(self) -> int:
        while True:
            opcode, payload = await self.receive()
            if opcode == CLOSE:
                return int.from_bytes(payload[:2])


@pytest.fixture
async def wire(address: str, stream: dict[str, Any]) -> AsyncIterator[Wire]:
    """Joined to the stream, as somebody who only watches."""
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    key = base64.b64encode(bytes(16)).decode()
    writer.write(
        f"GET /v1/streams/{stream['id']}/socket HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    assert head.startswith(b"HTTP/1.1 101")
    opened = Wire(reader, writer)
    await opened.send(frame(b'{"op":"join"}'))
    yield opened
    writer.close()


async def test_messages_may_be_cut_anywhere(wire: Wire) -> None:
    for byte in frame(PING_MESSAGE) + frame(b'{"op":"dance","x":"%b"}' % (b"x" * 200)):
        await wire.send(bytes([byte]))
        await asyncio.sleep(0)
    assert (await wire.answer())["op"] == "pong"
    assert (await wire.answer())["code"] == "bad_frame"


async def test_many_messages_may_come_at_once(wire: Wire) -> None:
    await wire.send(frame(PING_MESSAGE) * 50 + frame(PING_MESSAGE)[:7])
    await wire.send(frame(PING_MESSAGE)[7:])
    for _ in range(51):
        assert (await wire.answer())["op"] == "pong"


async def test_fragments_are_one_message_and_pings_may_stand_between(wire: Wire) -> None:
    await wire.send(
        frame(PING_MESSAGE[:4], fin=False)
        + frame(b"still there?", PING)
        + frame(PING_MESSAGE[4:], CONT)
        + frame(PING_MESSAGE)
    )
    answers = [await wire.receive() for _ in range(4)]
    assert (PONG, b"still there?") in answers
    assert [payload for opcode, payload in answers if payload == b'{"op":"pong"}'] == [
        b'{"op":"pong"}'
    ] * 2


async def test_messages_over_64_kib_are_answered_and_the_socket_stays(wire: Wire) -> None:
    await wire.send(frame(b"x" * 70_000))
    assert (await wire.answer())["code"] == "frame_too_large"
    await wire.send(frame(PING_MESSAGE))
    assert (await wire.answer())["op"] == "pong"


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (frame(b"\xff\xfe"), 1007),
        (frame(PING_MESSAGE, fin=False) + frame(PING_MESSAGE), 1002),
        (frame(PING_MESSAGE, CONT), 1002),
        (frame(PING_MESSAGE, masked=False), 1002),
        (frame(PING_MESSAGE, TEXT | 0x40), 1002),
        (frame(PING_MESSAGE, 5), 1002),
        (frame((1000).to_bytes(2), CLOSE), 1000),
    ],
)
async def test_broken_frames_close_the_socket(wire: Wire, broken: bytes, code: int) -> None:
    await wire.send(frame(PING_MESSAGE))
    assert (await wire.answer())["op"] == "pong"
    await wire.send(broken + frame(PING_MESSAGE))
    assert await wire.close_code() == code
