"""Registering, signing in, signing out."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from largesse.db import Database
from largesse.identity import passwords
from tests.fixtures_identity import PASSWORD, MakeUser

NEW = {
    "email": "Vera.Lind@Example.com",
    "password": "a long enough password",
    "display_name": "  Vera   Lind ",
    "birth_date": "1990-05-14",
    "country": "US",
}


async def register(client: httpx.AsyncClient, **changes: object) -> httpx.Response:
    body = json.dumps({**NEW, **changes})  # in ASCII, so that a lone surrogate can be sent
    headers = {"Content-Type": "application/json"}
    return await client.post("/v1/auth/register", content=body, headers=headers)


def fields(response: httpx.Response) -> list[str]:
    assert response.status_code == 422, response.text
    assert response.json()["code"] == "validation_failed"
    return [error["field"] for error in response.json()["errors"]]


async def test_registering_answers_with_the_new_user(client: httpx.AsyncClient) -> None:
    response = await register(client)
    assert response.status_code == 201
    me = response.json()
    assert me["email"] == "vera.lind@example.com"
    assert me["display_name"] == "Vera Lind"
    assert me["roles"] == ["viewer"]
    assert (me["age_state"], me["age_min_years"]) == ("allowed", 18)
    assert set(me) == {
        "id", "email", "display_name", "country", "birth_date", "roles", "age_state", "age_min_years", "created_at",
    }  # fmt: skip


async def test_rules_have_their_own_codes(client: httpx.AsyncClient) -> None:
    for field, value, code in (
        ("country", "ZZ", "country_unknown"),
        ("country", "us", "country_unknown"),
        ("birth_date", "2999-01-01", "birth_date_invalid"),
        ("birth_date", "1880-01-01", "birth_date_invalid"),
        ("birth_date", "2001-02-29", "birth_date_invalid"),
    ):
        response = await register(client, **{field: value})
        assert (response.status_code, response.json()["code"]) == (422, code), value


async def test_wrong_fields_are_named(client: httpx.AsyncClient) -> None:
    cases: list[tuple[str, object]] = [
        ("email", "nobody"),
        ("email", 7),
        ("email", "a" * 300 + "@example.com"),
        ("password", "short"),
        ("password", "x" * 201),
        ("password", None),
        ("display_name", ""),
        ("display_name", "x" * 41),
        ("display_name", "Vera\u202e"),
        ("birth_date", 0),
        ("birth_date", None),
        ("country", ["US"]),
        ("roles", ["operator"]),
    ]
    for field, value in cases:
        assert fields(await register(client, **{field: value})) == [field], value
    assert fields(await register(client, display_name="\ud800")) == ["body"]


async def test_a_wrong_password_is_never_repeated(client: httpx.AsyncClient) -> None:
    response = await register(client, password="sesame", email="x")
    assert "sesame" not in response.text


async def test_an_address_is_registered_once_whatever_its_case(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(
            register(client, email=email)
            for email in ("a@example.com", "A@Example.com", "a@EXAMPLE.com")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"email_taken"}


async def test_on_the_birthday_one_is_old_enough(client: httpx.AsyncClient) -> None:
    today = datetime.now(UTC).date()
    today = today.replace(day=min(today.day, 28))  # 29 February is in test_age
    for number, (country, years, state) in enumerate(
        (
            ("US", 18, "allowed"),
            ("KR", 18, "underage"),
            ("JP", 19, "underage"),
            ("JP", 20, "allowed"),
            ("IN", 40, "country_closed"),
        )
    ):
        birth_date = str(today.replace(year=today.year - years))
        email = f"{number}@example.com"
        response = await register(client, birth_date=birth_date, country=country, email=email)
        assert response.json()["age_state"] == state


async def test_before_the_birthday_one_is_too_young(client: httpx.AsyncClient) -> None:
    soon = datetime.now(UTC).date() + timedelta(days=2)
    birth_date = date(soon.year - 18, soon.month, min(soon.day, 28))
    birth_date += timedelta(days=soon.day - birth_date.day)
    assert (await register(client, birth_date=str(birth_date))).json()["age_state"] == "underage"


async def test_a_bearer_token_signs_in_until_it_is_revoked(
    client: httpx.AsyncClient, users: MakeUser
) -> None:
    vera = await users()
    body = {"email": vera.email.upper(), "password": PASSWORD}
    response = await client.post("/v1/auth/login", json=body)
    assert response.status_code == 200
    login = response.json()
    assert set(login) == {"access_token", "expires_at", "user"}
    assert not response.cookies
    headers = {"Authorization": f"Bearer {login['access_token']}"}
    assert (await client.get("/v1/me", headers=headers)).json() == login["user"]
    assert (await client.delete("/v1/auth/session", headers=headers)).status_code == 204
    assert await refusal(client, headers) == (401, "unauthenticated")
    assert (await client.get("/v1/me", headers=vera.headers)).status_code == 200


async def refusal(client: httpx.AsyncClient, headers: dict[str, str]) -> tuple[int, Any]:
    response = await client.get("/v1/me", headers=headers)
    assert response.headers["WWW-Authenticate"] == "Bearer"
    return response.status_code, response.json()["code"]


async def test_other_credentials_are_refused(client: httpx.AsyncClient) -> None:
    for value in (b"", b"Bearer", b"Bearer ", b"Basic dTpw", b"Bearer x y", b"Bearer caf\xe9"):
        response = await client.get("/v1/me", headers=[(b"Authorization", value)])
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated"), value


async def test_without_a_credential_nobody_is_signed_in(client: httpx.AsyncClient) -> None:
    assert await refusal(client, {}) == (401, "unauthenticated")
    assert (await client.delete("/v1/auth/session")).status_code == 401


async def test_an_expired_token_says_so(
    client: httpx.AsyncClient, users: MakeUser, db: Database
) -> None:
    vera = await users()
    async with db.transaction() as conn:
        await conn.execute("UPDATE session SET expires_at = now()")
    assert await refusal(client, vera.headers) == (401, "session_expired")


async def test_wrong_credentials_do_not_say_what_is_wrong(
    client: httpx.AsyncClient, users: MakeUser
) -> None:
    vera = await users()
    for email in (vera.email, "nobody@example.com", "", "not an address", "\u0130@example.com"):
        body = {"email": email, "password": "wrong"}
        response = await client.post("/v1/auth/login", json=body)
        assert (response.status_code, response.json()["code"]) == (401, "wrong_credentials"), email
        assert response.json()["detail"] == "The e-mail address or the password is wrong."


async def test_an_unknown_address_costs_a_hash_too(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = passwords._hasher.verify

    class Counting:
        def __getattr__(self, name: str) -> object:
            return getattr(hasher, name)

        def verify(self, stored: str, text: str) -> bool:
            checked.append(stored)
            return bool(verify(stored, text))

    hasher = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", Counting())
    body = {"email": "nobody@example.com", "password": "anything"}
    assert (await client.post("/v1/auth/login", json=body)).status_code == 401
    assert len(checked) == 1
    assert checked[0].startswith("$argon2id$")


async def test_tokens_and_passwords_are_stored_as_hashes_only(
    client: httpx.AsyncClient, users: MakeUser, db: Database
) -> None:
    vera = await users()
    async with db.read() as conn:
        session = await (await conn.execute("SELECT session::text FROM session")).fetchall()
        login = await (await conn.execute("SELECT password_hash FROM login")).fetchall()
        hits = await (await conn.execute("SELECT bucket FROM rate_limit")).fetchall()
    assert vera.token not in str(session)
    assert all(row[0].startswith("$argon2id$") for row in login)
    assert "@" not in str(hits)


async def test_a_hash_with_old_parameters_is_renewed_at_login(
    client: httpx.AsyncClient, users: MakeUser, db: Database
) -> None:
    from argon2 import PasswordHasher

    vera = await users()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    async with db.transaction() as conn:
        await conn.execute(
            "UPDATE login SET password_hash = %s WHERE user_id = %s", (weak, vera.id)
        )
    body = {"email": vera.email, "password": PASSWORD}
    assert (await client.post("/v1/auth/login", json=body)).status_code == 200
    async with db.read() as conn:
        sql = "SELECT password_hash FROM login WHERE user_id = %s"
        row = await (await conn.execute(sql, (vera.id,))).fetchone()
    assert row is not None
    assert row[0] != weak
    assert not passwords.needs_rehash(row[0])
    assert (await client.post("/v1/auth/login", json=body)).status_code == 200
