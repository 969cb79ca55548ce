"""Profiles and follows; the count is exact whoever comes at once."""

import asyncio
from uuid import UUID

import httpx
import pytest

from largesse import identity
from largesse.db import Database
from largesse.identity import Role
from largesse.identity.follows import follow, unfollow
from largesse.types import new_id
from tests.fixtures_identity import MakeUser, SignedIn


async def put(client: httpx.AsyncClient, user: SignedIn, creator: UUID) -> httpx.Response:
    return await client.put(f"/v1/users/{creator}/follow", headers=user.headers)


async def delete(client: httpx.AsyncClient, user: SignedIn, creator: UUID) -> httpx.Response:
    return await client.delete(f"/v1/users/{creator}/follow", headers=user.headers)


async def test_following_twice_counts_once(client: httpx.AsyncClient, users: MakeUser) -> None:
    vera, nora = await users(), await users("Nora", roles={Role.CREATOR})
    for _ in range(2):
        response = await put(client, vera, nora.id)
        assert response.status_code == 200
        assert response.json() == {"following": True, "followers": 1}
    for _ in range(2):
        assert (await delete(client, vera, nora.id)).json() == {"following": False, "followers": 0}


async def test_a_profile_says_whether_the_caller_follows(
    client: httpx.AsyncClient, users: MakeUser
) -> None:
    vera, nora = await users(), await users("Nora", roles={Role.CREATOR})
    await put(client, vera, nora.id)
    expected = {"id": str(nora.id), "display_name": "Nora", "is_creator": True, "followers": 1}
    signed_out = await client.get(f"/v1/users/{nora.id}")
    assert signed_out.json() == {**expected, "following": False}
    signed_in = await client.get(f"/v1/users/{nora.id}", headers=vera.headers)
    assert signed_in.json() == {**expected, "following": True}
    other = await client.get(f"/v1/users/{vera.id}")
    assert not other.json()["is_creator"]


async def test_misuse_is_refused(client: httpx.AsyncClient, users: MakeUser) -> None:
    vera = await users()
    for method in (put, delete):
        own = await method(client, vera, vera.id)
        assert (own.status_code, own.json()["code"]) == (409, "self_follow")
        nobody = await method(client, vera, new_id())
        assert (nobody.status_code, nobody.json()["code"]) == (404, "user_not_found")
    assert (await client.put(f"/v1/users/{vera.id}/follow")).status_code == 401
    assert (await client.get(f"/v1/users/{new_id()}")).status_code == 404
    no_id = await client.get("/v1/users/me")
    assert no_id.json()["errors"][0]["field"] == "id"


@pytest.mark.parametrize("rounds", [3])
async def test_the_count_is_exact_under_concurrency(
    db: Database, users: MakeUser, rounds: int
) -> None:
    nora = await users("Nora")
    fans = [await users(f"Fan {number}") for number in range(12)]
    for _ in range(rounds):
        await asyncio.gather(
            *(follow(db, fan.user, nora.id) for fan in fans for _ in range(2)),
            *(unfollow(db, fan.user, nora.id) for fan in fans[:6]),
        )
    async with db.read() as conn:
        cursor = await conn.execute("SELECT count(*) FROM follow WHERE creator_id = %s", (nora.id,))
        row = await cursor.fetchone()
        assert row == (await identity.followers(conn, nora.id),)
    await asyncio.gather(*(follow(db, fan.user, nora.id) for fan in fans))
    async with db.read() as conn:
        assert await identity.followers(conn, nora.id) == len(fans)


async def test_persons_and_counts_of_many(db: Database, users: MakeUser) -> None:
    vera, nora = await users("Vera"), await users("Nora", followers=3)
    nobody = new_id()
    async with db.read() as conn:
        found = await identity.persons(conn, [vera.id, nora.id, nobody])
        counts = await identity.follower_counts(conn, [vera.id, nora.id])
        assert await identity.persons(conn, []) == {}
    assert {person.id: person.display_name for person in found.values()} == {
        vera.id: "Vera",
        nora.id: "Nora",
    }
    assert counts == {vera.id: 0, nora.id: 3}
