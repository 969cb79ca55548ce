"""A connection that breaks with something still to be read: whoever waits on it must hear of it, on uvloop too."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import psycopg
import pytest
import uvloop

from largesse.db import Database
from largesse.ledger.pipeline import Pipeline

UNREAD_BYTES = 100_000
"""More than PostgreSQL reads ahead: closing over unread data makes the kernel report an error, not an end."""
_TIMEOUT_S = 10


async def lose(url: str) -> None:
    """End the server's side while it works and more is waiting for it; wake up when all of it has happened."""
    db = Database(url, size_max=2)
    conn = await db.connect()
    await conn.set_autocommit(True)
    await conn.execute("PREPARE sleep (text) AS SELECT pg_sleep(60), $1")
    pipe = Pipeline(conn)
    answers = [pipe.send(b"sleep", [b"x" * UNREAD_BYTES]) for _ in range(2)]
    answers.append(pipe.go())
    await asyncio.sleep(0.2)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (conn.info.backend_pid,))
    time.sleep(0.2)  # noqa: ASYNC251 - the message and the error are to be found together
    done = await asyncio.wait_for(asyncio.gather(*answers, return_exceptions=True), _TIMEOUT_S)
    assert all(isinstance(each, psycopg.OperationalError) for each in done)
    await pipe.close()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_nobody_waits_for_ever(database_url: str, run: Callable[[Awaitable[None]], None]) -> None:
    run(lose(database_url))
