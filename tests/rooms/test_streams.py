"""Streams and their logs over REST."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from largesse.identity import Role
from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import MakeViewer, Open

Stream = dict[str, Any]


async def test_a_creator_goes_live_once(
    client: httpx.AsyncClient, creator: SignedIn, stream: Stream
) -> None:
    assert stream["creator"] == {"id": str(creator.id), "display_name": "Nora"}
    assert (stream["title"], stream["state"], stream["ended_at"]) == ("Evening piano", "live", None)
    assert (stream["gifting"], stream["followers"], stream["viewers"]) == (True, 1000, 0)
    again = await client.post("/v1/streams", json={"title": "Two"}, headers=creator.headers)
    assert (again.status_code, again.json()["code"]) == (409, "already_live")
    assert again.json()["stream_id"] == stream["id"]
    assert (await client.get(f"/v1/streams/{stream['id']}")).json() == stream


async def test_ending_is_for_its_creator_and_may_be_repeated(
    client: httpx.AsyncClient, creator: SignedIn, stream: Stream, users: MakeUser
) -> None:
    path = f"/v1/streams/{stream['id']}/end"
    other = await users("Otto", roles={Role.CREATOR})
    refused = await client.post(path, headers=other.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_stream")
    assert (await client.post(path)).status_code == 401
    ended = await client.post(path, headers=creator.headers)
    assert (ended.status_code, ended.json()["state"], ended.json()["gifting"]) == (
        200,
        "ended",
        False,
    )
    assert (await client.post(path, headers=creator.headers)).json() == ended.json()
    events = (await client.get(f"/v1/streams/{stream['id']}/events")).json()
    assert [event["type"] for event in events["items"]] == ["stream_end"]
    assert (await client.get("/v1/streams")).json()["items"] == []
    again = await client.post("/v1/streams", json={"title": "Two"}, headers=creator.headers)
    assert again.status_code == 201


async def test_only_creators_go_live(client: httpx.AsyncClient, users: MakeUser) -> None:
    vera = await users()
    answer = await client.post("/v1/streams", json={"title": "Hi"}, headers=vera.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_creator")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "   "},
        {"title": "x" * 101},
        {"title": "a\u202eb"},
        {"title": 5},
        {"title": "ok", "more": 1},
    ],
)
async def test_a_title_is_text_of_1_to_100_characters(
    client: httpx.AsyncClient, creator: SignedIn, body: dict[str, Any]
) -> None:
    answer = await client.post("/v1/streams", json=body, headers=creator.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert answer.json()["errors"][0]["field"] in ("title", "more")


async def test_a_creator_whose_gifts_are_off_starts_without_them(
    client: httpx.AsyncClient, users: MakeUser, viewer: MakeViewer
) -> None:
    otto = await users("Otto", roles={Role.CREATOR})
    vera = await viewer(coins=10)
    made = await client.post("/v1/streams", json={"title": "Quiet"}, headers=otto.headers)
    assert made.json()["gifting"] is False
    body = {"id": str(uuid4()), "gift": "rose", "count": 1}
    answer = await client.post(
        f"/v1/streams/{made.json()['id']}/gifts", json=body, headers=vera.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "gifts_not_enabled")


async def test_switching_gifts_off_is_seen_in_open_rooms(
    client: httpx.AsyncClient,
    creator: SignedIn,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    vera = await viewer(coins=10)
    socket = await open_socket("streams", stream["id"])
    assert (await socket.join(vera.token))["room"]["gifting"] is True
    for enabled in (False, True):
        answer = await client.post(
            "/v1/creator/gifting", json={"enabled": enabled}, headers=creator.headers
        )
        assert answer.status_code == 200, answer.text
        late = await open_socket("streams", stream["id"])
        assert (await late.join())["room"]["gifting"] is enabled
        assert (await client.get(f"/v1/streams/{stream['id']}")).json()["gifting"] is enabled
        given = await socket.gift("rose", 1)
        assert given.get("code") == (None if enabled else "gifts_not_enabled")


async def test_streams_are_listed_by_viewers_page_by_page(
    client: httpx.AsyncClient, users: MakeUser, open_socket: Open
) -> None:
    ids = []
    for number in range(5):
        creator = await users(f"Creator {number}", roles={Role.CREATOR})
        made = await client.post("/v1/streams", json={"title": "Live"}, headers=creator.headers)
        ids.append(made.json()["id"])
    for position, count in ((1, 1), (3, 2)):
        for _ in range(count):
            socket = await open_socket("streams", ids[position])
            await socket.join()
    seen: list[tuple[str, int]] = []
    cursor = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/streams", params=query)).json()
        seen += [(item["id"], item["viewers"]) for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [(ids[3], 2), (ids[1], 1), (ids[4], 0), (ids[2], 0), (ids[0], 0)]


@pytest.mark.parametrize(
    "path",
    ["", "/events", "/supporters"],
)
async def test_unknown_streams_are_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/v1/streams/{uuid4()}{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "stream_not_found")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/streams?cursor=nonsense", 400),
        ("/v1/streams?cursor=%C3%A4", 400),
        ("/v1/streams?limit=0", 422),
        ("/v1/streams?limit=101", 422),
        ("/v1/streams/nonsense", 422),
        ("/v1/posts?cursor=AAAA", 400),
    ],
)
async def test_nonsense_in_addresses_is_refused(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    assert (await client.get(path)).status_code == status


async def test_the_log_is_read_in_parts(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    vera = await viewer(coins=100)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    for number in range(4):
        await socket.gift("rose", 1)
        await socket.chat(f"line {number}")
    seqs: list[int] = []
    after = "0"
    while True:
        first = {"after": after, "limit": "3"}
        page = (await client.get(f"/v1/streams/{stream['id']}/events", params=first)).json()
        assert page["last_seq"] == 8
        seqs += [event["seq"] for event in page["items"]]
        if page["next_cursor"] is None:
            break
        after = page["next_cursor"]
    assert seqs == list(range(1, 9))
    for query in ({"after": 8}, {"after": 2**63 - 1}):
        page = (await client.get(f"/v1/streams/{stream['id']}/events", params=query)).json()
        assert (page["items"], page["next_cursor"]) == ([], None)
    bad = await client.get(f"/v1/streams/{stream['id']}/events", params={"after": -1})
    assert bad.json()["code"] == "validation_failed"
