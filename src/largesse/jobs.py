"""Background jobs: a queue in the same database (schema `jobs`), so that a job exists if and only if its data does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task
from psycopg_pool import AsyncConnectionPool

from largesse.db import Connection

SEARCH_PATH = "public, jobs"
_POOL_SIZE_MAX = 3

_deferrer = JobManager(PsycopgConnector())
"""Builds and runs the insert on a connection of ours; its own connector is never opened."""


async def defer(conn: Connection, task: str, **arguments: Any) -> None:
    """Queue a job in the caller's transaction; it runs after the commit, at least once."""
    await conn.execute("SELECT set_config('search_path', %s, true)", (SEARCH_PATH,))
    job = configure_task(name=task, job_manager=_deferrer, task_kwargs=arguments, connection=conn)
    try:
        await job.defer_async()
    except ConnectorException as error:
        # A lost connection is one here too: whoever asked is told to try again.
        if isinstance(error.__cause__, psycopg.Error):
            raise error.__cause__ from None
        raise


async def _configure(conn: Connection) -> None:
    await conn.execute("SELECT set_config('search_path', %s, false)", (SEARCH_PATH,))
    if not conn.autocommit:
        await conn.commit()


@asynccontextmanager
async def job_app(url: str) -> AsyncIterator[App]:
    """The queue as a worker sees it, connected, without tasks."""
    # Our own pool, so that it is closed also when we are cancelled while it opens.
    pool = AsyncConnectionPool(
        url,
        min_size=1,
        max_size=_POOL_SIZE_MAX,
        open=False,
        configure=_configure,
        check=AsyncConnectionPool.check_connection,
    )
    app = App(connector=PsycopgConnector(configure=_configure))
    try:
        await pool.open(wait=True)
        await app.open_async(pool)
        yield app
    finally:
        await pool.close()
