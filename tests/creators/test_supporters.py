"""Who gave a creator most."""

from typing import Any

import httpx

from largesse import outbox
from largesse.db import Database
from tests.creators.conftest import Stage
from tests.fixtures_identity import MakeUser, SignedIn


async def supporters(client: httpx.AsyncClient, creator: SignedIn, **query: int) -> Any:
    answer = await client.get("/v1/creator/supporters", params=query, headers=creator.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_supporters_are_added_up_over_the_rooms_of_the_range(
    client: httpx.AsyncClient, db: Database, stage: Stage, vera: SignedIn, nora: SignedIn
) -> None:
    assert await supporters(client, nora) == {"days": 30, "items": []}
    first = await stage.stream("Piano")
    await stage.give(vera, f"streams/{first}", "rose", 5)
    await stage.end(first)
    second = await stage.stream("Rain")
    await stage.give(vera, f"streams/{second}", "rose", 2)
    await outbox.catch_up(db)
    (only,) = (await supporters(client, nora, days=1))["items"]
    assert (only["rank"], only["user"]["display_name"], only["coins"]) == (1, "Vera", 7)
    assert (await supporters(client, nora, days=1, limit=1))["items"] == [only]


async def test_only_creators_have_supporters(client: httpx.AsyncClient, users: MakeUser) -> None:
    viewer = await users()
    answer = await client.get("/v1/creator/supporters", headers=viewer.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_creator")
    assert (await client.get("/v1/creator/supporters")).status_code == 401
