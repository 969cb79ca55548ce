"""A viewer's socket of the load generator, in raw frames."""

import asyncio
import base64
import os
from uuid import UUID

import orjson
import uuid_utils

from bench.load import Tally

MESSAGES_PER_S = 100.0
MESSAGES_BURST = 190.0
"""A little under what the server allows one socket: a viewer who hears `too_fast` has given nothing."""
_MASKED = 0x80
_NO_MASK = bytes(4)
"""A mask of zeros changes nothing; the server unmasks all the same."""
_PING, _CLOSE = 9, 8


class Giver(asyncio.Protocol):
    """Joins its room and keeps giving roses; reads past the room's frames as a viewer's client would receive them."""

    def __init__(self, token: str, room_id: str, tally: Tally) -> None:
        self._token = token
        self._room_id = UUID(room_id)
        self._tally = tally
        self._loop = asyncio.get_running_loop()
        self._joined = self._loop.create_future()
        self._upgraded = False
        self._rest = b""
        self._sent_at_s: dict[bytes, float] = {}
        self._sent = 0
        self._since_s = 0.0
        self._waiting = 0

    async def connect(self, port: int) -> None:
        """Open the socket, join, wait for the snapshot; once."""
        if self._joined.done():
            return
        transport, _ = await self._loop.create_connection(lambda: self, "127.0.0.1", port)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            (
                f"GET /v1/streams/{self._room_id}/socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            ).encode()
        )
        await self._joined
        self._since_s = self._loop.time()

    def give(self, count: int) -> None:
        """Send so many gifts in one write, or as soon as the rate allows."""
        now_s = self._loop.time()
        allowed = int(MESSAGES_BURST + (now_s - self._since_s) * MESSAGES_PER_S) - self._sent
        if count > allowed:
            self._waiting += count - allowed
            self._loop.call_later((count - allowed) / MESSAGES_PER_S, self._give_waiting)
            count = allowed
        if count <= 0:
            return
        self._sent += count
        frames = []
        for _ in range(count):
            id_ = str(uuid_utils.uuid7()).encode()
            self._sent_at_s[id_] = now_s
            frames.append(_frame(b'{"op":"gift","id":"%b","gift":"rose","count":1}' % id_))
        self._transport.write(b"".join(frames))

    def _give_waiting(self) -> None:
        count, self._waiting = self._waiting, 0
        self.give(count)

    def connection_lost(self, exc: Exception | None) -> None:
        for _ in self._sent_at_s:
            self._tally.refuse("connection_lost")
        self._sent_at_s.clear()

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at = 0
        if not self._upgraded:
            at = self._upgrade(data)
        end, answered = len(data), 0
        while end - at >= 2:
            length, head = data[at + 1], 2
            if length == 126:
                length, head = int.from_bytes(data[at + 2 : at + 4]), 4
            elif length == 127:
                length, head = int.from_bytes(data[at + 2 : at + 10]), 10
            start = at + head
            if end - start < length:
                break
            answered += self._message(data[at] & 15, data[start : start + length])
            at = start + length
        self._rest = data[at:]
        if answered:
            self.give(self._tally.take(answered))

    def _upgrade(self, data: bytes) -> int:
        """Where frames begin; sends the join message."""
        head_end = data.find(b"\r\n\r\n")
        if head_end < 0:
            return len(data) + 1
        assert data.startswith(b"HTTP/1.1 101"), data
        self._upgraded = True
        self._transport.write(_frame(orjson.dumps({"op": "join", "token": self._token})))
        return head_end + 4

    def _message(self, opcode: int, payload: bytes) -> int:
        """1 when it answers a gift."""
        if payload.startswith(b'{"op":"ack"'):
            id_ = payload[18:54]
            self._tally.answered(self._loop.time() - self._sent_at_s.pop(id_))
            return 1
        if payload.startswith(b'{"op":"frame"'):
            return 0
        return self._seldom(opcode, payload)

    def _seldom(self, opcode: int, payload: bytes) -> int:
        if opcode == _PING:
            self._transport.write(_frame(payload, 10))
        elif opcode == _CLOSE:
            raise ConnectionError(f"closed: {payload!r}")
        elif payload.startswith(b'{"op":"snapshot"'):
            self._joined.set_result(None)
        else:
            answer = orjson.loads(payload)
            self._sent_at_s.pop(str(answer["id"]).encode(), None)
            self._tally.refuse(answer["code"])
            return 1
        return 0


def _frame(payload: bytes, opcode: int = 1) -> bytes:
    """A whole message of at most 64 KiB."""
    length = len(payload)
    if length < 126:
        return bytes((0x80 | opcode, _MASKED | length)) + _NO_MASK + payload
    return bytes((0x80 | opcode, _MASKED | 126)) + length.to_bytes(2) + _NO_MASK + payload
