"""A proxy between Largesse and PostgreSQL that knows when gifts are committed, and can go wrong just then.

It reads as much of the frontend/backend protocol as that takes: statements are simple queries, or are parsed, bound and
executed, also many of them in one pipeline. It listens on 127.0.0.1 and passes everything on to a Unix socket.
"""

import asyncio
import contextlib
import struct
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.faults.statements import Statements, Step

_HEADER = struct.Struct("!ci")
_LENGTH = struct.Struct("!i")
_FLUSH = b"H" + _LENGTH.pack(4)
_COMMIT_DONE = b"COMMIT\0"
_ANSWER_TIMEOUT_S = 3.0


class Cut(StrEnum):
    """Where the connection of a gift writer ends, or waits."""

    IN_BATCH = "while its gifts are sent"
    BEFORE_COMMIT = "before COMMIT is forwarded"
    AFTER_COMMIT = "after COMMIT, before its answer"
    ANSWERED = "right after the answer to COMMIT"
    LATE_COMMIT = "its COMMIT arrives later"
    HOLD_GIFTS = "its gifts wait for the test"
    HOLD_COMMIT = "its COMMIT waits for the test"

    @property
    def holds(self) -> bool:
        """The connection stays."""
        return self in (Cut.HOLD_GIFTS, Cut.HOLD_COMMIT)

    @property
    def step(self) -> Step:
        """When it strikes."""
        return Step.GIFTS if self in (Cut.IN_BATCH, Cut.HOLD_GIFTS) else Step.COMMIT


@dataclass(eq=False)
class Fault:
    """One cut that is to happen at the next commit of gifts, `skip` commits from now."""

    cut: Cut
    skip: int = 0
    delay_s: float = 0.5
    """LATE_COMMIT: how long after the client was cut off its COMMIT arrives."""
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    """It happened."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """PostgreSQL has done with that transaction what it will do."""
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """A hold: set it to let the connection go on."""


class Proxy:
    """Start it with `async with`; `url` is what Largesse connects to."""

    def __init__(self, socket_dir: Path, dbname: str) -> None:
        self._target = str(socket_dir / ".s.PGSQL.5432")
        self._dbname = dbname
        self._server: asyncio.Server | None = None
        self._port = 0
        self._links: set[_Link] = set()
        self._faults: deque[Fault] = deque()
        self._broken: list[Exception] = []
        self.flowing = asyncio.Event()
        self.flowing.set()

    @property
    def url(self) -> str:
        return (
            f"host=127.0.0.1 port={self._port} user=largesse dbname={self._dbname}"
            " sslmode=disable gssencmode=disable connect_timeout=5"
        )

    async def __aenter__(self) -> "Proxy":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.flowing.set()
        await self.close()
        if self._broken:
            raise ExceptionGroup("the proxy did not understand its clients", self._broken)

    async def open(self) -> None:
        """Listen, always on the same port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections from now on, and end those there are."""
        assert self._server is not None
        self._server.close()
        self.cut_all()
        await self._server.wait_closed()
        while self._links:  # noqa: ASYNC110 - each ends by itself
            await asyncio.sleep(0.01)

    def cut_all(self) -> None:
        """End every connection."""
        for link in self._links:
            link.abort()

    def freeze(self) -> None:
        """Keep connections, pass nothing on."""
        self.flowing.clear()

    def thaw(self) -> None:
        self.flowing.set()

    def arm(self, cut: Cut, *, skip: int = 0, delay_s: float = 0.5) -> Fault:
        """Let the connection go wrong that next commits gifts."""
        fault = Fault(cut, skip, delay_s)
        self._faults.append(fault)
        return fault

    def disarm(self) -> None:
        """Forget the cuts that have not happened."""
        self._faults.clear()

    def due(self, step: Step) -> Fault | None:
        """The fault that strikes at this step of some client."""
        if not self._faults or step is Step.OTHER:
            return None
        fault = self._faults[0]
        if fault.cut.step is not step:
            return None
        if fault.skip:
            fault.skip -= 1
            return None
        return self._faults.popleft()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server = await asyncio.open_unix_connection(self._target)
        except OSError:  # PostgreSQL is down
            writer.transport.abort()
            return
        link = _Link(self, (reader, writer), server)
        self._links.add(link)
        try:
            await link.run()
        except Exception as error:
            self._broken.append(error)
        finally:
            self._links.discard(link)


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Link:
    """One client and its connection to PostgreSQL."""

    def __init__(self, proxy: Proxy, client: Stream, server: Stream) -> None:
        self._proxy = proxy
        self._client_reader, self._client_writer = client
        self._server_reader, self._server_writer = server
        self._withheld = False
        self._cut_after_commit = False
        self._committed = asyncio.Event()

    def abort(self) -> None:
        self._client_writer.transport.abort()
        self._server_writer.transport.abort()

    async def run(self) -> None:
        pumps = {asyncio.create_task(self._requests()), asyncio.create_task(self._answers())}
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            results = await asyncio.gather(*pumps, return_exceptions=True)
            self.abort()
        for result in results:
            if isinstance(result, Exception) and not isinstance(
                result, asyncio.IncompleteReadError | OSError
            ):
                raise result

    async def _requests(self) -> None:
        """Client to server; the first message has no type."""
        statements = Statements()
        length = await self._client_reader.readexactly(4)
        self._server_writer.write(
            length + await self._client_reader.readexactly(_LENGTH.unpack(length)[0] - 4)
        )
        while True:
            kind, body, message = await _message(self._client_reader)
            await self._proxy.flowing.wait()
            fault = self._proxy.due(statements.step(kind, body))
            if fault is not None:
                await self._strike(fault, message)
                if not fault.cut.holds:
                    return
            self._server_writer.write(message)
            await self._server_writer.drain()

    async def _strike(self, fault: Fault, message: bytes) -> None:
        """Go wrong; unless it only holds, the connection ends then."""
        fault.struck.set()
        try:
            match fault.cut:
                case Cut.HOLD_GIFTS | Cut.HOLD_COMMIT:
                    await fault.released.wait()
                case Cut.AFTER_COMMIT:
                    self._withheld = True
                    await self._commit(message)
                case Cut.ANSWERED:
                    self._cut_after_commit = True
                    await self._commit(message)
                case Cut.LATE_COMMIT:
                    self._withheld = True
                    self._client_writer.transport.abort()
                    await asyncio.sleep(fault.delay_s)
                    await self._commit(message)
        finally:
            fault.over.set()

    async def _commit(self, message: bytes) -> None:
        """Pass a COMMIT on and wait until PostgreSQL has done it, or skipped it."""
        # An Execute is answered when the client asks; it will not any more. A simple query is answered anyway.
        self._server_writer.write(message + (_FLUSH if message[:1] == b"E" else b""))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._committed.wait(), _ANSWER_TIMEOUT_S)

    async def _answers(self) -> None:
        while True:
            kind, body, message = await _message(self._server_reader)
            await self._proxy.flowing.wait()
            committed = kind == b"C" and body == _COMMIT_DONE
            if not self._withheld:
                self._client_writer.write(message)
                await self._client_writer.drain()
            if self._withheld or self._cut_after_commit:
                if kind == b"E" or committed:
                    self._committed.set()
                if committed:
                    return


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes, bytes]:
    header = await reader.readexactly(_HEADER.size)
    kind, length = _HEADER.unpack(header)
    body = await reader.readexactly(length - 4)
    return kind, body, header + body
