"""The overlay: a secret address, a socket that only listens, from stream to stream."""

import json
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import MakeViewer, Open

Stream = dict[str, Any]


@pytest.fixture
async def token(client: httpx.AsyncClient, creator: SignedIn) -> str:
    answer = await client.get("/v1/creator/overlay", headers=creator.headers)
    assert answer.status_code == 200, answer.text
    link = answer.json()
    assert link["overlay_url"].endswith(f"/overlay/{link['token']}")
    return str(link["token"])


async def start(client: httpx.AsyncClient, creator: SignedIn, title: str) -> Stream:
    answer = await client.post("/v1/streams", json={"title": title}, headers=creator.headers)
    assert answer.status_code == 201, answer.text
    made: Stream = answer.json()
    return made


async def end(client: httpx.AsyncClient, creator: SignedIn, stream: Stream) -> None:
    answer = await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    assert answer.status_code == 200, answer.text


async def test_the_address_stays_until_it_is_replaced(
    client: httpx.AsyncClient, creator: SignedIn, token: str
) -> None:
    again = await client.get("/v1/creator/overlay", headers=creator.headers)
    assert again.json()["token"] == token
    view = (await client.get(f"/v1/overlays/{token}")).json()
    assert view["creator"] == {"id": str(creator.id), "display_name": "Nora"}
    assert (view["stream"], view["settings"]["kind"]) == (None, "alerts")
    rotated = await client.post("/v1/creator/overlay/rotate", headers=creator.headers)
    assert rotated.json()["token"] != token
    old = await client.get(f"/v1/overlays/{token}")
    assert (old.status_code, old.json()["code"]) == (404, "overlay_not_found")
    new = await client.get(f"/v1/overlays/{rotated.json()['token']}")
    assert new.status_code == 200


async def test_only_creators_have_an_overlay(client: httpx.AsyncClient, users: MakeUser) -> None:
    vera = await users()
    answer = await client.get("/v1/creator/overlay", headers=vera.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_creator")


async def test_an_overlay_follows_its_creator_from_stream_to_stream(
    open_socket: Open,
    client: httpx.AsyncClient,
    creator: SignedIn,
    viewer: MakeViewer,
    token: str,
) -> None:
    vera = await viewer(coins=100)
    overlay = await open_socket("overlays", token)
    await overlay.until(lambda: overlay.stream_changes == [None])
    for turn, title in enumerate(("First", "Second"), start=1):
        stream = await start(client, creator, title)
        await overlay.until(lambda s=stream: overlay.snapshot.get("room", {}).get("id") == s["id"])  # type: ignore[misc]
        shown = overlay.stream_changes[-1]
        assert shown is not None
        assert (shown["id"], shown["title"], shown["state"]) == (stream["id"], title, "live")
        giver = await open_socket("streams", stream["id"])
        await giver.join(vera.token)
        await giver.gift("rose", turn)
        await overlay.until(lambda t=turn: len(overlay.logged) == 2 * t - 1)  # type: ignore[misc]
        assert overlay.logged[-1]["count"] == turn
        await end(client, creator, stream)
        await overlay.until(lambda: overlay.stream_changes[-1] is None)
        assert overlay.logged[-1]["type"] == "stream_end"
    assert [event["seq"] for event in overlay.logged] == [1, 2, 1, 2]


async def test_an_overlay_that_reloads_is_told_what_it_missed(
    open_socket: Open, stream: Stream, viewer: MakeViewer, token: str
) -> None:
    vera = await viewer(coins=100)
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    for _ in range(5):
        await giver.gift("rose", 1)
    overlay = await open_socket("overlays", token, "?after=2")
    await overlay.until_seq(5)
    assert overlay.seqs == [3, 4, 5]
    broken = await open_socket("overlays", token, "?after=x")
    await broken.until(lambda: bool(broken.snapshot))
    await broken.ping()
    assert broken.seqs == []


async def test_an_overlay_only_listens_and_is_not_counted(
    open_socket: Open, stream: Stream, token: str, client: httpx.AsyncClient
) -> None:
    overlay = await open_socket("overlays", token)
    await overlay.until(lambda: bool(overlay.snapshot))
    assert overlay.snapshot["wallet"] is None
    assert overlay.snapshot["room"]["viewers"] == 0
    assert (await overlay.gift("rose", 1))["code"] == "read_only"
    await overlay.send(op="join")
    assert (await overlay.answer())["code"] == "read_only"
    await overlay.ping()
    seen = (await client.get(f"/v1/streams/{stream['id']}")).json()
    assert seen["viewers"] == 0


async def test_a_wrong_token_closes_4401(open_socket: Open) -> None:
    for token in ("wrong", "x" * 500, "%00"):
        overlay = await open_socket("overlays", token)
        assert await overlay.closed() == 4401


async def test_rotating_closes_open_overlays_of_this_creator_only(
    open_socket: Open,
    client: httpx.AsyncClient,
    creator: SignedIn,
    stream: Stream,
    token: str,
) -> None:
    overlay = await open_socket("overlays", token)
    await overlay.until(lambda: bool(overlay.snapshot))
    viewer = await open_socket("streams", stream["id"])
    await viewer.join()
    rotated = await client.post("/v1/creator/overlay/rotate", headers=creator.headers)
    assert await overlay.closed() == 4401
    await viewer.ping()
    again = await open_socket("overlays", rotated.json()["token"])
    await again.until(lambda: bool(again.snapshot))
    with pytest.raises(ConnectionClosed):
        await overlay.connection.send(json.dumps({"op": "ping"}))
