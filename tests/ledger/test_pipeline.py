"""The gift writer's pipeline: answers in order, failures where they belong, and always usable afterwards."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import errors as pg

from largesse.db import Database
from largesse.ledger.arrays import bigints
from largesse.ledger.pipeline import Pipeline


@pytest.fixture
async def pipe(db: Database) -> AsyncIterator[Pipeline]:
    conn = await db.connect()
    await conn.set_autocommit(True)
    await conn.execute("PREPARE divide (bigint[]) AS SELECT 12 / d FROM unnest($1) AS d")
    pipe = Pipeline(conn)
    yield pipe
    await pipe.close()


async def test_each_statement_has_its_own_answer(pipe: Pipeline) -> None:
    answers = [pipe.send(b"divide", [bigints(by)]) for by in ([1, 2], [], [3])]
    await pipe.go()
    assert [pipe.rows(answer.result()) for answer in answers] == [[(12,), (6,)], [], [(4,)]]


async def test_a_failure_skips_the_rest_of_its_group_only(pipe: Pipeline) -> None:
    good = pipe.send(b"divide", [bigints([4])])
    pipe.answer_soon()
    bad, skipped = pipe.send(b"divide", [bigints([0])]), pipe.command(b"SELECT 1")
    end = pipe.go()
    later = pipe.send(b"divide", [bigints([6])])
    pipe.go()
    assert pipe.rows(await good) == [(3,)]
    with pytest.raises(pg.DivisionByZero):
        await bad
    with pytest.raises(psycopg.OperationalError, match="a statement before it failed"):
        await skipped
    await end
    assert pipe.rows(await later) == [(2,)]


async def test_the_connection_can_be_used_plainly_in_between(pipe: Pipeline) -> None:
    pipe.command(b"BEGIN")
    pipe.command(b"CREATE TEMPORARY TABLE seen (no bigint)")
    pipe.go()
    conn = await pipe.plain()
    await conn.execute("INSERT INTO seen VALUES (7)")
    committed = pipe.command(b"COMMIT")
    pipe.go()
    await committed
    cursor = await (await pipe.plain()).execute("SELECT no FROM seen")
    assert await cursor.fetchall() == [(7,)]


async def test_a_group_left_half_sent_is_ended_first(pipe: Pipeline) -> None:
    pipe.command(b"BEGIN")
    pipe.push()
    pipe.command(b"SELECT 1")
    conn = await pipe.plain()
    await conn.execute("ROLLBACK")
    assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


async def test_more_than_the_socket_takes_at_once(pipe: Pipeline) -> None:
    many = list(range(1, 200_001))
    answers = [pipe.send(b"divide", [bigints(many)]) for _ in range(3)]
    await pipe.go()
    for answer in answers:
        assert pipe.rows(answer.result())[:3] == [(12,), (6,), (4,)]


async def test_a_lost_connection_fails_what_waits(pipe: Pipeline, db: Database) -> None:
    pid = (await pipe.plain()).info.backend_pid
    sleeping, behind = pipe.command(b"SELECT pg_sleep(60)"), pipe.command(b"SELECT 1")
    end = pipe.go()
    async with db.transaction() as other:
        await other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    for answer in (sleeping, behind, end):
        with pytest.raises(psycopg.OperationalError):
            await answer


async def test_closing_fails_what_waits(pipe: Pipeline) -> None:
    sleeping = pipe.command(b"SELECT pg_sleep(60)")
    pipe.go()
    await pipe.close()
    with pytest.raises(psycopg.OperationalError, match="closed"):
        await sleeping
