"""Posts and gifts on them."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer

Post = dict[str, Any]


@pytest.fixture
async def post(client: httpx.AsyncClient, creator: SignedIn) -> Post:
    body = {"caption": "A rainy window"}
    answer = await client.post("/v1/posts", json=body, headers=creator.headers)
    assert answer.status_code == 201, answer.text
    made: Post = answer.json()
    return made


async def give(
    client: httpx.AsyncClient, post: Post, person: SignedIn, gift: str, count: int
) -> httpx.Response:
    body = {"id": str(uuid4()), "gift": gift, "count": count}
    return await client.post(f"/v1/posts/{post['id']}/gifts", json=body, headers=person.headers)


async def test_gifts_on_a_post_are_counted(
    client: httpx.AsyncClient, post: Post, viewer: MakeViewer
) -> None:
    assert (post["gifting"], post["gifts_count"], post["coins_total"]) == (True, 0, 0)
    vera, otto = await viewer("Vera"), await viewer("Otto")
    first = await give(client, post, vera, "rose", 5)
    assert first.status_code == 201
    assert (first.json()["coins"], first.json()["milli_diamonds"], first.json()["seq"]) == (
        5,
        2500,
        1,
    )
    assert (await give(client, post, otto, "tulip", 3)).status_code == 201
    seen = (await client.get(f"/v1/posts/{post['id']}")).json()
    assert (seen["gifts_count"], seen["coins_total"]) == (2, 35)
    supporters = (await client.get(f"/v1/posts/{post['id']}/supporters")).json()["items"]
    assert [(place["rank"], place["user"]["display_name"], place["coins"]) for place in supporters]
    assert [place["coins"] for place in supporters] == [30, 5]


@pytest.mark.parametrize(("gift", "count"), [("rose", 4), ("rose", 3001), ("lion", 1)])
async def test_a_gift_on_a_post_has_a_range(
    client: httpx.AsyncClient, post: Post, viewer: MakeViewer, gift: str, count: int
) -> None:
    vera = await viewer(coins=50_000)
    answer = await give(client, post, vera, gift, count)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "post_gift_out_of_range")
    assert (problem["coins_min"], problem["coins_max"]) == (5, 3000)


async def test_posts_are_listed_newest_first_page_by_page(
    client: httpx.AsyncClient, creator: SignedIn
) -> None:
    ids = []
    for number in range(5):
        body = {"caption": f"Post {number}"}
        made = await client.post("/v1/posts", json=body, headers=creator.headers)
        ids.append(made.json()["id"])
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/posts", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == ids[::-1]


async def test_unknown_posts_are_not_found(client: httpx.AsyncClient, viewer: MakeViewer) -> None:
    unknown = {"id": str(uuid4())}
    for path in ("", "/supporters"):
        answer = await client.get(f"/v1/posts/{unknown['id']}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "post_not_found")
    answer = await give(client, unknown, await viewer(), "rose", 5)
    assert (answer.status_code, answer.json()["code"]) == (404, "post_not_found")
