"""Rooms that are not for everybody: every way in, for those inside and those outside."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from largesse.identity import Role
from largesse.rooms import doorkeeper
from largesse.types import new_id
from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import MakeViewer, Open, Socket

Stream = dict[str, Any]


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorkeeper, "LOOK_S", 0.05)


async def start(
    client: httpx.AsyncClient, creator: SignedIn, visibility: str, title: str = "Secret song"
) -> Stream:
    body = {"title": title, "visibility": visibility}
    answer = await client.post("/v1/streams", json=body, headers=creator.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["visibility"] == visibility
    made: Stream = answer.json()
    return made


async def follow(client: httpx.AsyncClient, person: SignedIn, creator: SignedIn) -> None:
    answer = await client.put(f"/v1/users/{creator.id}/follow", headers=person.headers)
    assert answer.status_code == 200, answer.text


async def invite(
    client: httpx.AsyncClient, creator: SignedIn, stream: Stream, *people: SignedIn
) -> httpx.Response:
    body = {"user_ids": [str(person.id) for person in people]}
    path = f"/v1/streams/{stream['id']}/invitations"
    return await client.post(path, json=body, headers=creator.headers)


async def refused_at_the_door(socket: Socket, token: str | None) -> dict[str, Any]:
    await socket.send(op="join", token=token)
    answer = await socket.answer()
    assert await socket.closed() == 4403
    assert socket.snapshot == {}
    return answer


def _calls(app: FastAPI) -> list[tuple[str, str]]:
    """Every route about one stream: one that is added later must be behind the door too."""
    document = app.openapi()
    return [
        (method, path)
        for path, item in document["paths"].items()
        if path.startswith("/v1/streams/{id}")
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    ]


@pytest.mark.parametrize("visibility", ["followers", "invited"])
async def test_no_route_answers_strangers(
    app: FastAPI,
    client: httpx.AsyncClient,
    creator: SignedIn,
    viewer: MakeViewer,
    visibility: str,
) -> None:
    stream = await start(client, creator, visibility)
    stranger = await viewer("Sven", coins=1000)
    calls = _calls(app)
    assert len(calls) >= 10
    for ended in (False, True):
        for method, path in calls:
            address = path.replace("{id}", stream["id"])
            for name in ("seq", "user_id", "goal_id"):
                address = address.replace(f"{{{name}}}", "1" if name == "seq" else str(uuid4()))
            body = {"id": str(new_id()), "gift": "rose", "count": 1}
            sent = body if method in ("post", "put", "patch") else None
            answer = await client.request(
                method.upper(), address, headers=stranger.headers, json=sent
            )
            told = (answer.status_code, answer.json()["code"])
            assert told == (404, "stream_not_found"), f"{method} {path}: {answer.text}"
            assert "Secret" not in answer.text
        if not ended:
            path = f"/v1/streams/{stream['id']}/end"
            assert (await client.post(path, headers=creator.headers)).status_code == 200
    wallet = (await client.get("/v1/wallet", headers=stranger.headers)).json()
    assert wallet["coins_total"] == 1000


@pytest.mark.parametrize("visibility", ["followers", "invited"])
async def test_a_socket_of_a_stranger_learns_why_and_nothing_else(
    client: httpx.AsyncClient,
    creator: SignedIn,
    viewer: MakeViewer,
    open_socket: Open,
    visibility: str,
) -> None:
    stream = await start(client, creator, visibility)
    stranger = await viewer("Sven", coins=0)
    for token in (None, stranger.token):
        answer = await refused_at_the_door(await open_socket("streams", stream["id"]), token)
        assert answer["code"] == "stream_private"
        assert "Secret" not in str(answer)


async def test_followers_come_in_by_every_way_and_leave_with_their_follow(
    client: httpx.AsyncClient,
    creator: SignedIn,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    stream = await start(client, creator, "followers")
    vera = await viewer("Vera", coins=100)
    await follow(client, vera, creator)
    for path in ("", "/events", "/supporters"):
        answer = await client.get(f"/v1/streams/{stream['id']}{path}", headers=vera.headers)
        assert answer.status_code == 200, answer.text
    given = await client.post(
        f"/v1/streams/{stream['id']}/gifts",
        json={"id": str(new_id()), "gift": "rose", "count": 1},
        headers=vera.headers,
    )
    assert given.status_code == 201, given.text
    socket = await open_socket("streams", stream["id"])
    assert (await socket.join(vera.token))["room"]["title"] == "Secret song"
    assert (await socket.gift("rose", 1))["op"] == "ack"
    await client.delete(f"/v1/users/{creator.id}/follow", headers=vera.headers)
    assert await socket.closed() == 4403
    body = {"id": str(new_id()), "gift": "rose", "count": 1}
    again = await client.post(f"/v1/streams/{stream['id']}/gifts", json=body, headers=vera.headers)
    assert again.status_code == 404


async def test_invitations_are_given_and_taken_back_while_live(
    client: httpx.AsyncClient, creator: SignedIn, viewer: MakeViewer, open_socket: Open
) -> None:
    stream = await start(client, creator, "invited")
    vera, otto = await viewer("Vera", coins=0), await viewer("Otto", coins=0)
    await follow(client, otto, creator)
    await refused_at_the_door(await open_socket("streams", stream["id"]), otto.token)
    for _ in range(2):
        answer = await invite(client, creator, stream, vera, otto)
        assert (answer.status_code, answer.json()["count"]) == (200, 2)
    inside = {}
    for person in (vera, otto):
        inside[person.id] = await open_socket("streams", stream["id"])
        await inside[person.id].join(person.token)
    path = f"/v1/streams/{stream['id']}/invitations"
    for _ in range(2):
        gone = await client.delete(f"{path}/{vera.id}", headers=creator.headers)
        assert gone.status_code == 204
    assert await inside[vera.id].closed() == 4403
    assert (await inside[otto.id].chat("still here"))["op"] == "ack"
    first = (await client.get(path, params={"limit": 1}, headers=creator.headers)).json()
    assert [person["display_name"] for person in first["items"]] == ["Otto"]
    assert (first["count"], first["next_cursor"]) == (1, None)


async def test_who_may_invite_and_where(
    client: httpx.AsyncClient, creator: SignedIn, viewer: MakeViewer, users: MakeUser
) -> None:
    vera = await viewer("Vera", coins=0)
    public = await start(client, creator, "public")
    assert (await invite(client, creator, public, vera)).json()["code"] == "not_by_invitation"
    await client.post(f"/v1/streams/{public['id']}/end", headers=creator.headers)
    private = await start(client, creator, "invited")
    path = f"/v1/streams/{private['id']}/invitations"
    unknown = await client.post(
        path, json={"user_ids": [str(vera.id), str(uuid4())]}, headers=creator.headers
    )
    assert (unknown.status_code, unknown.json()["code"]) == (404, "user_not_found")
    assert (await client.get(path, headers=creator.headers)).json()["count"] == 0
    bodies: tuple[dict[str, Any], ...] = (
        {"user_ids": []},
        {"user_ids": [str(vera.id)] * 101},
        {},
    )
    for wrong in bodies:
        assert (await client.post(path, json=wrong, headers=creator.headers)).status_code == 422
    assert (await invite(client, creator, private, vera)).status_code == 200
    refused = await client.post(path, json={"user_ids": [str(vera.id)]}, headers=vera.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_stream")
    assert (await client.get(path, headers=vera.headers)).status_code == 403
    await client.post(f"/v1/streams/{private['id']}/end", headers=creator.headers)
    assert (await invite(client, creator, private, vera)).json()["code"] == "stream_ended"


async def test_no_more_are_invited_than_the_rule_says(
    client: httpx.AsyncClient, creator: SignedIn, viewer: MakeViewer, app: FastAPI
) -> None:
    stream = await start(client, creator, "invited")
    people = [await viewer(f"Viewer {number}", coins=0) for number in range(3)]
    async with app.state.services.db.transaction() as conn:
        await conn.execute("UPDATE stream_rule SET invitations_max = 2")
    too_many = await invite(client, creator, stream, *people)
    assert (too_many.status_code, too_many.json()["invitations_max"]) == (409, 2)
    assert (await invite(client, creator, stream, *people[:2])).status_code == 200
    assert (await invite(client, creator, stream, people[2])).status_code == 409


async def test_lists_show_what_the_asker_may_enter(
    client: httpx.AsyncClient, users: MakeUser, viewer: MakeViewer
) -> None:
    creators = [await users(f"Creator {number}", roles={Role.CREATOR}) for number in range(3)]
    kinds = ("public", "followers", "invited")
    streams = [
        await start(client, person, kind) for person, kind in zip(creators, kinds, strict=True)
    ]
    vera, sven = await viewer("Vera", coins=0), await viewer("Sven", coins=0)
    await follow(client, vera, creators[1])
    await invite(client, creators[2], streams[2], vera)
    operator = await users("Olu", roles={Role.OPERATOR})

    async def listed(person: SignedIn | None) -> list[str]:
        headers = person.headers if person else {}
        page = (await client.get("/v1/streams", headers=headers)).json()
        return [kinds[creators.index(one)] for item in page["items"] for one in creators
                if str(one.id) == item["creator"]["id"]]  # fmt: skip

    assert sorted(await listed(None)) == ["public"]
    assert sorted(await listed(sven)) == ["public"]
    assert sorted(await listed(vera)) == ["followers", "invited", "public"]
    assert sorted(await listed(creators[1])) == ["followers", "public"]
    assert sorted(await listed(operator)) == ["followers", "invited", "public"]


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.OPERATOR])
async def test_creator_and_staff_enter_and_stay(
    client: httpx.AsyncClient, creator: SignedIn, users: MakeUser, open_socket: Open, role: Role
) -> None:
    stream = await start(client, creator, "invited")
    staff = await users("Olu", roles={role})
    sockets = [await open_socket("streams", stream["id"]) for _ in range(3)]
    guest = await users("Gil")
    await invite(client, creator, stream, guest)
    for socket, person in zip(sockets, (creator, staff, guest), strict=True):
        await socket.join(person.token)
    path = f"/v1/streams/{stream['id']}/invitations/{guest.id}"
    await client.delete(path, headers=creator.headers)
    assert await sockets[2].closed() == 4403  # the doorkeeper has looked
    for socket in sockets[:2]:
        await socket.ping()


async def test_a_post_is_for_everybody(client: httpx.AsyncClient, creator: SignedIn) -> None:
    post = await client.post("/v1/posts", json={"caption": "Song"}, headers=creator.headers)
    assert (await client.get(f"/v1/posts/{post.json()['id']}")).status_code == 200


async def test_the_overlay_shows_its_creators_private_room(
    client: httpx.AsyncClient, creator: SignedIn, open_socket: Open
) -> None:
    link = (await client.get("/v1/creator/overlay", headers=creator.headers)).json()
    stream = await start(client, creator, "invited")
    socket = await open_socket("overlays", link["token"])
    await socket.until(lambda: bool(socket.snapshot))
    assert socket.snapshot["room"]["id"] == stream["id"]
