"""Followers: whoever keeps something up to date with the journal reads its batches here, each exactly once.

A follower has a watermark in every lane: the number of the last batch that is in its results. It moves in the
transaction that writes the results, so a process may be killed anywhere: what was not committed is read again, what was
is not. Several processes share the work: a watermark is locked while its lane is read, and the others pass it by.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import errors as pg
from psycopg_pool import PoolTimeout

from largesse.db import Connection, Database
from largesse.outbox.queries import watermarks
from largesse.outbox.rows import Stretch

ROWS_MAX = 20_000
"""Gifts and transfers that one transaction reads; more only when a single batch has more."""
IDLE_S = 1.0
PACE_S = 0.1
"""Between two rounds: while gifts come one by one, the next has some of them to read, and others have the time."""
_RETRY_S = 5.0
_GRACE_S = 5.0
_TRANSIENT = (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)

NAMES = ("rollups", "streaks")
"""Those that every installation has: what a worker runs, also where one has read nothing yet."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Follower:
    """Who reads the journal. `apply` adds a stretch of batches to the results, in the transaction it is given."""

    name: str
    apply: Callable[[Connection, Stretch], Awaitable[None]]
    rows_max: int = ROWS_MAX


async def read_on(db: Database, follower: Follower, lane: int, *, wait: bool = False) -> bool:
    """Read the next stretch of a lane; False: there is none, or (unless we `wait`) another process is reading it."""
    async with db.transaction() as conn:
        after = await watermarks.lock_watermark(conn, follower.name, lane, wait=wait)
        if after is None:
            return False
        stretch = await watermarks.next_stretch(
            conn, lane=lane, after=after, rows_max=follower.rows_max
        )
        if stretch is None:
            return False
        await follower.apply(conn, stretch)
        await watermarks.advance(conn, follower.name, stretch)
    return True


async def read_once(db: Database, followers: Sequence[Follower], *, wait: bool = False) -> bool:
    """Let each follower read one stretch of every lane where it is behind; False: nothing was read."""
    progress = False
    for follower in followers:
        async with db.transaction() as conn:
            lanes = await watermarks.lanes_behind(conn, follower.name)
            for lane in lanes:
                await watermarks.add_watermark(conn, follower.name, lane)
        for lane in lanes:
            try:
                progress |= await read_on(db, follower, lane, wait=wait)
            except _TRANSIENT as error:
                _log.info("%s tries lane %s again: %s", follower.name, lane, error)
                progress = True
    return progress


async def read_all(db: Database, followers: Sequence[Follower]) -> None:
    """Read until nothing is left."""
    while await read_once(db, followers, wait=True):
        pass


@contextlib.asynccontextmanager
async def running_followers(db: Database, followers: Sequence[Follower]) -> AsyncIterator[None]:
    """Followers that read beside the block: ten times a second while they are behind, else every second."""
    stopping = asyncio.Event()
    task = asyncio.create_task(_keep_reading(db, followers, stopping), name="followers")
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait({task}, timeout=_GRACE_S)
        while not task.done():  # what is not committed is read again
            task.cancel()
            await asyncio.wait({task}, timeout=1)


async def _keep_reading(
    db: Database, followers: Sequence[Follower], stopping: asyncio.Event
) -> None:
    while not stopping.is_set():
        try:
            pause_s = PACE_S if await read_once(db, followers) else IDLE_S
        except (psycopg.Error, PoolTimeout) as error:
            _log.warning("followers of the journal are held up: %s", error)
            pause_s = _RETRY_S
        except Exception:
            # Whatever it is, the results stay right: readers add what was not read.
            _log.exception("followers of the journal failed")
            pause_s = _RETRY_S
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause_s)
