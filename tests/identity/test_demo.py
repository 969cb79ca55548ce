"""Demo mode: a few users can be chosen without a password; nowhere else."""

import asyncio
from dataclasses import replace
from datetime import date

import httpx
import pytest
from fastapi import FastAPI

from largesse import identity
from largesse.db import Database
from largesse.identity import Role


@pytest.fixture(autouse=True)
async def demo_viewer(db: Database, password_hash: str) -> None:
    """As the demo data makes it."""
    user = identity.new_user("Vera Lind", "US", date(1994, 4, 12))
    async with db.transaction() as conn:
        await identity.ensure_user(
            conn, user, email="viewer@demo.test", password_hash=password_hash
        )


async def test_the_users_are_offered(client: httpx.AsyncClient) -> None:
    offered = (await client.get("/v1/demo")).json()
    assert offered["enabled"]
    viewer = next(user for user in offered["users"] if user["email"] == "viewer@demo.test")
    assert viewer["role"] == "viewer"
    assert viewer["display_name"]


async def test_one_click_signs_in_with_a_cookie(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/demo/session", json={"email": "viewer@demo.test"})
    assert response.status_code == 200
    assert response.json()["user"]["email"] == "viewer@demo.test"
    assert (await client.get("/v1/me")).json() == response.json()["user"]


async def test_only_the_offered_users_can_be_chosen(
    client: httpx.AsyncClient, db: Database, password_hash: str
) -> None:
    other = identity.new_user("Otto", "US", date(1994, 4, 12), roles=frozenset({Role.OPERATOR}))
    async with db.transaction() as conn:
        await identity.create_user(conn, other, email="otto@demo.test", password_hash=password_hash)
    for email in ("otto@demo.test", "nobody@demo.test", ""):
        response = await client.post("/v1/demo/session", json={"email": email})
        assert (response.status_code, response.json()["code"]) == (404, "user_not_found")


async def test_another_site_cannot_choose(client: httpx.AsyncClient) -> None:
    headers = {"Origin": "http://evil.example"}
    body = {"email": "viewer@demo.test"}
    assert (await client.post("/v1/demo/session", json=body, headers=headers)).status_code == 403


async def test_outside_demo_mode_there_is_nothing(app: FastAPI, client: httpx.AsyncClient) -> None:
    services = app.state.services
    real = services.settings.model_copy(update={"demo": False})
    app.state.services = replace(services, settings=real)
    assert (await client.get("/v1/demo")).json() == {"enabled": False, "users": []}
    response = await client.post("/v1/demo/session", json={"email": "viewer@demo.test"})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    app.state.services = services


async def test_servers_that_start_together_make_one_user(db: Database, password_hash: str) -> None:
    async def ensure() -> identity.User:
        wanted = identity.new_user("Vera Lind", "US", date(1994, 4, 12))
        async with db.transaction() as conn:
            user = await identity.ensure_user(
                conn, wanted, email="new@demo.test", password_hash=password_hash
            )
            await asyncio.sleep(0.05)  # the other one meets it before the commit
            return user

    first, second = await asyncio.gather(ensure(), ensure())
    assert first.id == second.id
