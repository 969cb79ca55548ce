"""Questions to the database that many ask at once: those who ask while one query is on its way share the next one.

Each answer is read after it was asked for: what was committed before holds at once, in every process.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, TypeVar

import psycopg

from largesse.db import Connection, Database, ReadConnection

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_TRIES_MAX = 2
"""A connection may have been lost since the last query."""


class SharedReads(ABC, Generic[K, V]):
    """One of a kind per process, with a connection of its own. Each statement sees what is committed by then."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._conn: Connection | None = None
        self._waiting: list[tuple[K, asyncio.Future[V | None]]] = []
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def read_all(self, conn: ReadConnection, keys: Sequence[K]) -> Mapping[K, V]:
        """The answers there are; the keys differ."""

    async def ask(self, key: K) -> V | None:
        """The answer to one question; None: there is none. Raises psycopg.Error when the database is away."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[V | None] = loop.create_future()
        self._waiting.append((key, answer))
        if self._task is None:
            self._task = loop.create_task(self._work())
        return await answer

    async def close(self) -> None:
        """Finish what is asked, then disconnect."""
        if self._task is not None:
            await self._task
        await self._disconnect()

    async def _work(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, []
                await self._answer(asked)
        finally:
            self._task = None

    async def _answer(self, asked: Sequence[tuple[K, "asyncio.Future[V | None]"]]) -> None:
        try:
            found = await self._read(list(dict.fromkeys(key for key, _ in asked)))
        except Exception as error:
            for _, answer in asked:
                if not answer.done():  # else nobody waits any more
                    answer.set_exception(error)
            return
        for key, answer in asked:
            if not answer.done():
                answer.set_result(found.get(key))

    async def _read(self, keys: Sequence[K]) -> Mapping[K, V]:
        for tries in range(1, _TRIES_MAX + 1):
            try:
                return await self.read_all(await self._connected(), keys)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                await self._disconnect()
                if tries == _TRIES_MAX:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _connected(self) -> Connection:
        if self._conn is None:
            self._conn = await self._db.connect()
            await self._conn.set_autocommit(True)
        return self._conn

    async def _disconnect(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            await conn.close()
