"""A client as it should be: comes back after a broken connection, and repeats what was not answered under its id."""

import asyncio
import contextlib
from uuid import UUID

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from largesse.types import new_id
from tests.rooms.conftest import Socket

RETRIED = {"outcome_unknown", "writer_busy", "unavailable"}
BROKEN = (OSError, ConnectionClosed, InvalidHandshake, TimeoutError)


class ReconnectingClient:
    """Somebody in a room. `seen` holds the numbers of all events in the order they came."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.seen: list[int] = []
        self.breaks = 0
        self._url = url
        self._token = token
        self._socket: Socket | None = None

    async def socket(self) -> Socket:
        """The present connection, or a new one that goes on after the last event seen."""
        while self._socket is None:
            with contextlib.suppress(*BROKEN):
                options = {"compression": None, "proxy": None, "open_timeout": 10}
                fresh = Socket(await connect(self._url, **options))  # type: ignore[arg-type]
                await fresh.join(self._token, after=self.seen[-1] if self.seen else 0)
                self._socket = fresh
                break
            await asyncio.sleep(0.05)
        return self._socket

    @property
    def port(self) -> int:
        """The client's port of the present connection."""
        assert self._socket is not None
        port: int = self._socket.connection.local_address[1]
        return port

    async def leave(self) -> None:
        """Close the connection; the next call opens another."""
        if self._socket is not None:
            self._note(self._socket)
            await self._socket.connection.close()
            self._socket = None

    async def give(self, count: int, gift: str = "rose") -> None:
        """Give so many gifts, one after the other, each until it is answered."""
        for _ in range(count):
            id_ = new_id()
            while not await self._gave(id_, gift):  # noqa: ASYNC110 - nobody tells when
                await asyncio.sleep(0.05)

    async def give_until(self, enough: asyncio.Event, pause_s: float) -> int:
        """Give until told to stop; how many were acknowledged."""
        given = 0
        while not enough.is_set():
            await self.give(1)
            given += 1
            await asyncio.sleep(pause_s)
        return given

    async def _gave(self, id_: UUID, gift: str) -> bool:
        socket = await self.socket()
        try:
            answer = await socket.gift(gift, id=str(id_))
        except BROKEN:
            await self._broken()
            return False
        assert answer["op"] == "ack" or answer["code"] in RETRIED, answer
        return bool(answer["op"] == "ack")

    async def watch_until(self, seq: int) -> None:
        """Read until the event with this number has come."""
        while not self.seen or self.seen[-1] < seq:
            socket = await self.socket()
            try:
                self._note(socket)
                if not self.seen or self.seen[-1] < seq:
                    await socket.receive()
                    self._note(socket)
            except BROKEN:
                await self._broken()

    async def _broken(self) -> None:
        self.breaks += 1
        with contextlib.suppress(*BROKEN):
            await self.leave()

    def _note(self, socket: Socket) -> None:
        self.seen += socket.seqs
        socket.events.clear()
