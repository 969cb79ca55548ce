"""The bus over LISTEN and NOTIFY: no server but the database, in tiny transactions of its own."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection

from largesse.db import Connection
from largesse.realtime import queries
from largesse.realtime.bus import Listener
from largesse.realtime.notices import Moved, Notice, Pending, decode, encode
from largesse.realtime.told import Told

MESSAGE_BYTES_MAX = 7900
"""PostgreSQL takes less than 8000."""
RETRY_S = 0.5
DEAF_S = 10.0
"""Our own signs of life come back to us: after so long without any, the connection is taken for dead."""
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 2.0

log = logging.getLogger(__name__)


class PostgresBus:
    """Two connections: one waits for notices, one tells them; at most once per `interval_s` when there is much."""

    carries_events = False
    trouble: str | None = None

    def __init__(self, url: str, *, interval_s: float) -> None:
        self.origin = uuid4()
        self._url = url
        self._interval_s = interval_s
        self._pending = Pending()
        self._wake = asyncio.Event()
        self._listening = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def connected(self) -> bool:
        return self._listening.is_set()

    async def start(self, listener: Listener) -> None:
        self._tasks = [
            asyncio.create_task(self._keep_telling(), name="bus, telling"),
            asyncio.create_task(self._keep_listening(listener), name="bus, listening"),
        ]
        try:
            await asyncio.wait_for(self._listening.wait(), START_TIMEOUT_S)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        await asyncio.wait(self._tasks[:1], timeout=STOP_TIMEOUT_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def open_room(self, room_id: UUID) -> None:
        """All rooms share a channel."""

    def close_room(self, room_id: UUID) -> None:
        """All rooms share a channel."""

    def publish(self, room_id: UUID, events: Sequence[Told]) -> None:
        self.tell(Moved(room_id, max(told.seq for told in events)))

    def tell(self, notice: Notice) -> None:
        self._pending.add(notice)
        self._wake.set()

    def touch(self) -> None:
        self._wake.set()

    # --- telling

    async def _keep_telling(self) -> None:
        while not self._stopping or self._pending:
            try:
                async with self._connection() as conn:
                    await queries.answer_early(conn)
                    await self._tell_from(conn)
            except psycopg.Error as error:
                log.warning("the bus cannot tell: %s", error)
                await asyncio.sleep(RETRY_S)

    async def _tell_from(self, conn: Connection) -> None:
        while True:
            if not self._pending:
                if self._stopping:
                    return
                await self._wake.wait()
            self._wake.clear()
            notices = self._pending.take()
            try:
                for message in encode(self.origin, notices, bytes_max=MESSAGE_BYTES_MAX):
                    await queries.notify(conn, message)
            except BaseException:
                self._pending.give_back(notices)
                raise
            await asyncio.sleep(self._interval_s)

    # --- listening

    async def _keep_listening(self, listener: Listener) -> None:
        resuming = False
        while True:
            try:
                async with self._connection() as conn:
                    await queries.listen(conn)
                    self._listening.set()
                    if resuming:
                        listener.resumed()
                    await self._listen_on(conn, listener)
            except psycopg.Error as error:
                log.warning("the bus cannot listen: %s", error)
            finally:
                self._listening.clear()
            resuming = True
            await asyncio.sleep(RETRY_S)

    async def _listen_on(self, conn: Connection, listener: Listener) -> None:
        """Until the connection fails or is silent for too long."""
        heard = True
        while heard:
            heard = False
            async for notification in conn.notifies(timeout=DEAF_S):
                heard = True
                self._hear(listener, notification.payload)
        log.warning("the bus hears nothing and connects again")

    def _hear(self, listener: Listener, message: str) -> None:
        try:
            origin, notices = decode(message)
        except ValueError:
            log.warning("the bus left out a message it cannot read")
            return
        if origin != self.origin:
            listener.heard(origin, notices)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """A session of its own; one whose peer vanished is noticed within half a minute."""
        conn: Connection = await AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=5,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )
        try:
            yield conn
        finally:
            await conn.close()
