"""Sessions that are looked up together: nobody gets an answer that is older than the question."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from largesse.db import Connection, Database
from largesse.errors import Unauthenticated
from largesse.identity import (
    SessionExpired,
    SessionKind,
    SessionLookups,
    queries,
    service,
)
from largesse.types import now
from tests.fixtures_identity import MakeUser, SignedIn

BEARER = SessionKind.BEARER


@pytest.fixture
async def sessions(db: Database) -> AsyncIterator[SessionLookups]:
    made = SessionLookups(db)
    yield made
    await made.close()


@pytest.fixture
async def vera(users: MakeUser) -> SignedIn:
    return await users("Vera")


async def test_each_gets_the_user_of_their_own_token(
    sessions: SessionLookups, users: MakeUser
) -> None:
    people = [await users(f"Viewer {number}") for number in range(5)]
    found = await asyncio.gather(*(sessions.user(one.token, BEARER) for one in people * 3))
    assert [user.id for user in found] == [one.id for one in people * 3]
    assert found[0] == people[0].user


async def test_many_askers_share_a_query(
    sessions: SessionLookups, vera: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = queries.session_users

    async def counted(conn: Connection, token_hashes: Sequence[bytes]) -> Any:
        asked.append(len(token_hashes))
        return await real(conn, token_hashes)

    monkeypatch.setattr(queries, "session_users", counted)
    await asyncio.gather(*(sessions.user(vera.token, BEARER) for _ in range(50)))
    assert asked == [1]


async def test_a_revoked_session_is_refused_at_once(
    sessions: SessionLookups, vera: SignedIn, db: Database
) -> None:
    await sessions.user(vera.token, BEARER)
    early = asyncio.ensure_future(sessions.user(vera.token, BEARER))
    await service.end_session(db, vera.token, BEARER)
    with pytest.raises(Unauthenticated):
        await sessions.user(vera.token, BEARER)
    await asyncio.wait([early])


async def test_unknown_expired_and_mistaken_tokens_are_refused(
    sessions: SessionLookups, vera: SignedIn, db: Database
) -> None:
    with pytest.raises(Unauthenticated):
        await sessions.user("no such token", BEARER)
    with pytest.raises(Unauthenticated):
        await sessions.user(vera.token, SessionKind.COOKIE)
    async with db.transaction() as conn:
        await conn.execute("UPDATE session SET expires_at = %s", (now() - timedelta(seconds=1),))
    with pytest.raises(SessionExpired):
        await sessions.user(vera.token, BEARER)


async def test_a_lost_connection_is_made_again(
    sessions: SessionLookups, vera: SignedIn, db: Database
) -> None:
    await sessions.user(vera.token, BEARER)
    assert sessions._conn is not None
    async with db.transaction() as conn:
        await conn.execute("SELECT pg_terminate_backend(%s)", (sessions._conn.info.backend_pid,))
    assert (await sessions.user(vera.token, BEARER)).id == vera.id


async def test_everybody_hears_that_the_database_is_away_and_later_ones_are_served(
    sessions: SessionLookups, vera: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> Connection:
        raise psycopg.OperationalError("away")

    with monkeypatch.context() as broken:
        broken.setattr(sessions._db, "connect", away)
        asking = (sessions.user(vera.token, BEARER) for _ in range(3))
        found = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(error) for error in found] == [psycopg.OperationalError] * 3
    assert (await sessions.user(vera.token, BEARER)).id == vera.id


async def test_who_stops_waiting_stops_nobody_else(
    sessions: SessionLookups, vera: SignedIn
) -> None:
    first = asyncio.ensure_future(sessions.user(vera.token, BEARER))
    second = asyncio.ensure_future(sessions.user(vera.token, BEARER))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).id == vera.id
