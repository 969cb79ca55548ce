"""A connection of the load generator that is kept alive and posts one gift after the other."""

import asyncio

import orjson
import uuid_utils

from bench.load import Tally


class Giver(asyncio.Protocol):
    """Posts roses; the next one once the last is answered."""

    def __init__(self, token: str, room_id: str, tally: Tally) -> None:
        self._tally = tally
        self._loop = asyncio.get_running_loop()
        self._head = (
            f"POST /v1/streams/{room_id}/gifts HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode()
        self._answer = b""
        self._sent_at_s: float | None = None
        self._transport: asyncio.WriteTransport | None = None

    async def connect(self, port: int) -> None:
        """Open the connection, again where the server has closed it: it keeps idle ones for some seconds only."""
        if self._transport is None or self._transport.is_closing():
            self._transport, _ = await self._loop.create_connection(lambda: self, "127.0.0.1", port)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._sent_at_s is not None:
            self._sent_at_s = None
            self._tally.refuse("connection_lost")

    def give(self, count: int) -> None:
        """Post one gift, if there is one to give."""
        if count:
            body = b'{"id":"%b","gift":"rose","count":1}' % str(uuid_utils.uuid7()).encode()
            self._sent_at_s = self._loop.time()
            assert self._transport is not None, "it is connected"
            self._transport.write(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head_end = self._answer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self._answer[:head_end].lower()
        at = head.index(b"content-length:") + 15
        stop = head.find(b"\r\n", at)
        length = int(head[at:] if stop < 0 else head[at:stop])
        body = self._answer[head_end + 4 :]
        if len(body) < length:
            return
        self._answer = b""
        assert self._sent_at_s is not None, "answers follow requests"
        sent_at_s, self._sent_at_s = self._sent_at_s, None
        if head.startswith(b"http/1.1 201"):
            self._tally.answered(self._loop.time() - sent_at_s)
        else:
            self._tally.refuse(orjson.loads(body)["code"])
        self.give(self._tally.take(1))
