"""Guessing passwords is slow: failures count per address of both kinds; successes do not."""

import asyncio
from collections import Counter

import httpx
import pytest

from largesse.db import Database
from largesse.identity import passwords
from largesse.identity.data import limits
from tests.fixtures_identity import PASSWORD, MakeUser

EMAIL_MAX = limits()["login_email"].hits_max
WRONG = "wrong"
ADDRESS_MAX = limits()["login_address"].hits_max


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted does not depend on the cost of a hash."""

    async def verify(password: str, stored: str | None) -> bool:
        await asyncio.sleep(0)
        return stored is not None and password == PASSWORD

    monkeypatch.setattr(passwords, "verify_password", verify)


async def attempt(client: httpx.AsyncClient, email: str, password: str = WRONG) -> httpx.Response:
    return await client.post("/v1/auth/login", json={"email": email, "password": password})


async def test_too_many_failures_for_an_e_mail_address(
    client: httpx.AsyncClient, users: MakeUser
) -> None:
    vera, nora = await users(), await users()
    for _ in range(EMAIL_MAX):
        assert (await attempt(client, vera.email)).status_code == 401
    refused = await attempt(client, vera.email, PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_logins")
    assert int(refused.headers["Retry-After"]) == refused.json()["retry_after_s"] > 0
    assert (await attempt(client, vera.email.upper(), PASSWORD)).status_code == 429
    assert (await attempt(client, nora.email, PASSWORD)).status_code == 200


async def test_attempts_at_once_cannot_slip_past(
    client: httpx.AsyncClient, users: MakeUser
) -> None:
    vera = await users()
    answers = await asyncio.gather(*(attempt(client, vera.email) for _ in range(EMAIL_MAX + 10)))
    counts = Counter(answer.status_code for answer in answers)
    assert counts == {401: EMAIL_MAX, 429: 10}


async def test_too_many_failures_from_a_network_address(client: httpx.AsyncClient) -> None:
    for number in range(ADDRESS_MAX):
        assert (await attempt(client, f"{number}@example.com")).status_code == 401
    assert (await attempt(client, "other@example.com")).status_code == 429


async def test_signing_in_well_is_not_counted(
    client: httpx.AsyncClient, users: MakeUser, db: Database
) -> None:
    vera = await users()
    for _ in range(EMAIL_MAX + 2):
        assert (await attempt(client, vera.email, PASSWORD)).status_code == 200
    async with db.read() as conn:
        row = await (await conn.execute("SELECT sum(hits) FROM rate_limit")).fetchone()
    assert row == (0,)


async def test_no_transaction_is_held_while_hashing(
    client: httpx.AsyncClient, users: MakeUser, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera = await users()
    held: list[int] = []

    async def verify(password: str, stored: str | None) -> bool:
        async with db.read() as conn:
            cursor = await conn.execute(
                "SELECT count(*) FROM pg_locks WHERE relation IN ('rate_limit'::regclass, 'login'::regclass)"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            row = await cursor.fetchone()
        assert row is not None
        held.append(row[0])
        return False

    monkeypatch.setattr(passwords, "verify_password", verify)
    await attempt(client, vera.email)
    assert held == [0]
