"""Looks up sessions together: those who ask while one query is on its way share the next one.

Each answer is read after it was asked for, so a session that was revoked is refused at once, in every process.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import psycopg

from largesse.db import Connection, Database
from largesse.errors import Unauthenticated
from largesse.identity import queries, tokens
from largesse.identity.errors import SessionExpired
from largesse.identity.model import SessionKind, User
from largesse.types import now

_Found = tuple[User, SessionKind, datetime]
_TRIES_MAX = 2
"""A connection may have been lost since the last query."""


class SessionLookups:
    """One per process, with a connection of its own."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._conn: Connection | None = None
        self._waiting: list[tuple[bytes, asyncio.Future[_Found | None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def user(self, token: str, kind: SessionKind) -> User:
        """The user behind a token; raises Unauthenticated, or SessionExpired."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_Found | None] = loop.create_future()
        self._waiting.append((tokens.token_hash(token), answer))
        if self._task is None:
            self._task = loop.create_task(self._work())
        found = await answer
        if found is None or found[1] != kind:
            raise Unauthenticated
        user, _, expires_at = found
        if expires_at <= now():
            raise SessionExpired
        return user

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

    async def _answer(self, asked: Sequence[tuple[bytes, "asyncio.Future[_Found | None]"]]) -> None:
        try:
            found = await self._read(list({token_hash for token_hash, _ in asked}))
        except Exception as error:
            for _, answer in asked:
                if not answer.done():  # else nobody waits any more
                    answer.set_exception(error)
            return
        for token_hash, answer in asked:
            if not answer.done():
                answer.set_result(found.get(token_hash))

    async def _read(self, token_hashes: Sequence[bytes]) -> dict[bytes, _Found]:
        for tries in range(1, _TRIES_MAX + 1):
            try:
                return await queries.session_users(await self._connected(), token_hashes)
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
