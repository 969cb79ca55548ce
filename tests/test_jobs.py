"""Jobs are queued in the transaction of what they are about."""

from typing import Any

import psycopg
import pytest
from procrastinate import tasks

from largesse import jobs
from largesse.db import Database


async def test_a_connection_lost_while_a_job_is_queued_is_a_lost_connection(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = Database(database_url, size_max=2)
    await db.open()
    real = tasks.configure_task

    def lose_it_first(**options: Any) -> Any:
        with psycopg.connect(database_url, autocommit=True) as other:
            pid = options["connection"].info.backend_pid
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        return real(**options)

    monkeypatch.setattr(jobs, "configure_task", lose_it_first)
    try:
        with pytest.raises(psycopg.OperationalError):
            async with db.transaction() as conn:
                await jobs.defer(conn, "some.task")
    finally:
        await db.close()
