"""Creators find people by the names they go by, or by id: never by address, never by parts, and not without end."""

import asyncio
from typing import Any

import httpx
import pytest

from largesse.db import Database
from largesse.identity import Role, erase_user
from largesse.identity.data import Limit, limits
from largesse.types import PLATFORM_ID
from tests.fixtures_identity import MakeUser, SignedIn

PATH = "/v1/creator/people"


@pytest.fixture
async def nora(users: MakeUser) -> SignedIn:
    return await users("Nora Find", roles={Role.CREATOR})


async def ask(client: httpx.AsyncClient, asker: SignedIn, who: str, **more: Any) -> httpx.Response:
    return await client.get(PATH, params={"who": who, **more}, headers=asker.headers)


async def found(client: httpx.AsyncClient, asker: SignedIn, who: str) -> list[dict[str, Any]]:
    answer = await ask(client, asker, who)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_people_are_found_by_their_whole_name_or_id(
    client: httpx.AsyncClient, users: MakeUser, nora: SignedIn
) -> None:
    first, second = await users("Zoë van Dijk"), await users("zoë van dijk")
    await users("Zoë van Dijkstra")
    await client.put(f"/v1/users/{nora.id}/follow", headers=second.headers)
    for who in ("Zoë van Dijk", "  ZOË  van dijk ", "Zoe\u0308 van Dijk"):
        items = await found(client, nora, who)
        assert [(item["id"], item["follows_you"]) for item in items] == [
            (str(first.id), False),
            (str(second.id), True),
        ]
    assert set(items[0]) == {"id", "display_name", "created_at", "follows_you"}
    (one,) = await found(client, nora, f" {first.id} ")
    assert one["display_name"] == "Zoë van Dijk"
    for who in ("Zoë", "van Dijk", "Zo%", "%", "_" * 12, "01941f29-7c00-7000-8000-000000000001"):
        assert await found(client, nora, who) == []
    assert await found(client, nora, "Nora Find") == [], "himself"


async def test_namesakes_are_paged(
    client: httpx.AsyncClient, users: MakeUser, nora: SignedIn
) -> None:
    people = [await users("Sam Same") for _ in range(3)]
    first = (await ask(client, nora, "Sam Same", limit=2)).json()
    rest = (await ask(client, nora, "Sam Same", limit=2, cursor=first["next_cursor"])).json()
    ids = [item["id"] for item in [*first["items"], *rest["items"]]]
    assert ids == [str(person.id) for person in people]
    assert rest["next_cursor"] is None


async def test_addresses_find_nobody_and_tell_nothing(
    client: httpx.AsyncClient, users: MakeUser, nora: SignedIn
) -> None:
    vera = await users("Vera Hidden")
    await users("named@example.com")
    answers = [
        (await ask(client, nora, who)).json()
        for who in (vera.email, vera.email.upper(), "nobody@example.com", "named@example.com")
    ]
    assert {answer["code"] for answer in answers} == {"found_by_name_only"}
    assert len({str(answer) for answer in answers}) == 1


async def test_who_is_erased_is_found_no_more(
    client: httpx.AsyncClient, users: MakeUser, nora: SignedIn, db: Database
) -> None:
    vera = await users("Vera Gone")
    await erase_user(db, vera.id, PLATFORM_ID)
    for who in ("Vera Gone", "Deleted account", str(vera.id)):
        assert await found(client, nora, who) == []


@pytest.mark.parametrize("who", ["", "   ", "a\u202eb", "x" * 41, "a\u0000b", "x" * 301])
async def test_what_is_no_name_is_refused(
    client: httpx.AsyncClient, nora: SignedIn, who: str
) -> None:
    answer = await ask(client, nora, who)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_only_creators_look_for_people(client: httpx.AsyncClient, users: MakeUser) -> None:
    assert (await client.get(PATH, params={"who": "Vera"})).status_code == 401
    vera = await users("Vera")
    assert (await ask(client, vera, "Vera")).json()["code"] == "not_a_creator"


async def test_who_looks_for_many_waits(
    client: httpx.AsyncClient, users: MakeUser, nora: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits(), "find_person", Limit(3, 3600))
    answers = await asyncio.gather(*(ask(client, nora, f"Name {number}") for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 2
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "too_many_searches"
    assert int(refused.headers["Retry-After"]) >= 1
    mia = await users("Mia", roles={Role.CREATOR})
    assert await found(client, mia, "Name 1") == []
