"""Connections and transactions. A use case opens one transaction; nothing commits in a request dependency."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg import AsyncConnection, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolTimeout

_T = TypeVar("_T")
Connection: TypeAlias = AsyncConnection[tuple[Any, ...]]
"""A connection inside a writing transaction."""
ReadConnection: TypeAlias = AsyncConnection[tuple[Any, ...]]
"""A connection that its user only reads from."""


_SIZE_MIN = 2
"""Connections of a pool that are opened with it; the others are when they are needed."""
CONNECT_TIMEOUT_S = 5
"""Unless the database's address names one: a server that was killed may take a connection and never answer it."""
_DEADLOCKS_MAX = 2
"""So often a transaction is begun again that PostgreSQL ended in favour of another one."""
RECONNECT_S = 5.0
"""Then a lost connection is given up, and whoever needs one tries at once: further attempts are ever further apart."""


async def _configure(conn: Connection) -> None:
    """Give up on a lock after some seconds rather than queueing for ever, and speak UTC."""
    await conn.set_autocommit(True)  # one round trip instead of five
    await conn.execute(
        "SET TIME ZONE 'UTC'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'"
    )
    await conn.set_autocommit(False)


def with_timeout(url: str) -> str:
    """The address, with how long to wait for an answer to a connection."""
    if "connect_timeout" in conninfo_to_dict(url):
        return url
    return make_conninfo(url, connect_timeout=CONNECT_TIMEOUT_S)


@contextmanager
def _heard_as_lost() -> Iterator[None]:
    """A session that PostgreSQL ended for its silence (we slept) is a lost connection; psycopg calls it internal."""
    try:
        yield
    except errors.IdleInTransactionSessionTimeout as error:
        raise psycopg.OperationalError(str(error)) from error


class Database:
    """The pool, and the two ways to use it."""

    def __init__(self, url: str, *, size_max: int) -> None:
        self.url = with_timeout(url)
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            self.url,
            min_size=_SIZE_MIN,
            max_size=size_max,
            timeout=10,
            reconnect_timeout=RECONNECT_S,
            open=False,
            configure=_configure,
            check=AsyncConnectionPool.check_connection,
        )

    async def open(self) -> None:
        try:
            await self._pool.open(wait=True, timeout=30)
        except asyncio.CancelledError:  # its workers would wait for ever
            await self.close()
            raise

    async def close(self) -> None:
        await self._pool.close(timeout=5)

    async def reachable(self) -> bool:
        """The database answers a query within a few seconds."""
        try:
            async with self._pool.connection(timeout=3) as conn:
                await conn.execute("SELECT 1")
        except (psycopg.Error, PoolTimeout):
            return False
        return True

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction: committed when the block ends (a failing COMMIT raises here), rolled back on an error."""
        with _heard_as_lost():
            async with self._pool.connection() as conn, conn.transaction():
                yield conn

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadConnection]:
        """A consistent, read-only view of the data."""
        with _heard_as_lost():
            async with self._pool.connection() as conn, conn.transaction():
                await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield conn

    async def connect(self) -> Connection:
        """A connection of one's own, outside the pool (the gift writer); the caller closes it."""
        conn: Connection = await AsyncConnection.connect(self.url, autocommit=False)
        await _configure(conn)
        return conn


async def past_deadlocks(use_case: Callable[[], Awaitable[_T]]) -> _T:
    """What a use case of one transaction answers; begun again when it was ended to let another one through."""
    for _ in range(_DEADLOCKS_MAX):
        try:
            return await use_case()
        except errors.DeadlockDetected:
            continue
    return await use_case()


async def database_time(conn: ReadConnection) -> datetime:
    """The present moment by the clock that all processes share, UTC."""
    cursor = await conn.execute("SELECT clock_timestamp()")
    row = await cursor.fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment
