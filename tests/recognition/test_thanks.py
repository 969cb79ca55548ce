"""Creators thank those who gave: once, by an event of the log, without learning who gave anonymously."""

import asyncio
from typing import Any

import httpx
import pytest

from largesse import identity, recognition
from largesse.db import Database
from largesse.identity import Role
from largesse.types import new_id
from tests.fixtures_identity import MakeUser, SignedIn
from tests.recognition.test_anonymous import NOBODY
from tests.rooms.conftest import MakeViewer, Open

Stream = dict[str, Any]


async def thank(
    client: httpx.AsyncClient, stream: Stream, person: SignedIn, **body: Any
) -> httpx.Response:
    path = f"/v1/streams/{stream['id']}/thanks"
    return await client.post(path, json=body, headers=person.headers)


async def give(
    client: httpx.AsyncClient, stream: Stream, person: SignedIn, **more: Any
) -> dict[str, Any]:
    body = {"id": str(new_id()), "gift": "rose", "count": 1, **more}
    path = f"/v1/streams/{stream['id']}/gifts"
    answer = await client.post(path, json=body, headers=person.headers)
    assert answer.status_code == 201, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


async def test_thanks_are_told_and_kept_once(
    open_socket: Open,
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
) -> None:
    vera = await viewer("Vera")
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    await give(client, stream, vera)
    answers = await asyncio.gather(
        *(thank(client, stream, creator, seq=1, text="  You are kind ") for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [201]
    assert len({answer.text for answer in answers}) == 1
    told = answers[0].json()
    assert (told["user"], told["text"]) == (
        {"id": str(vera.id), "display_name": "Vera"},
        "You are kind",
    )
    assert (told["type"], told["seq"], told["target_seq"]) == ("thanks", 2, 1)
    await socket.until_seq(2)
    assert socket.logged[-1] == told
    stored = (await client.get(f"/v1/streams/{stream['id']}/events")).json()["items"]
    assert stored == socket.logged
    other = await thank(client, stream, creator, seq=1, text="Something else")
    assert (other.status_code, other.json()["code"]) == (409, "thanked_before")
    late = await open_socket("streams", stream["id"])
    snapshot = await late.join(vera.token)
    assert snapshot["room"]["recent"] == stored
    assert snapshot["seq"] == 2


async def test_an_anonymous_giver_is_thanked_as_nobody(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, creator: SignedIn, db: Database
) -> None:
    vera = await viewer("Vera")
    await give(client, stream, vera, anonymous=True)
    answer = await thank(client, stream, creator, seq=1)
    assert answer.status_code == 201
    assert answer.json()["user"] == NOBODY
    assert answer.json()["text"] is None
    stored = await client.get(f"/v1/streams/{stream['id']}/events")
    assert str(vera.id) not in stored.text
    async with db.read() as conn:
        cursor = await conn.execute("SELECT data::text FROM room_event")
        assert all(str(vera.id) not in row[0] for row in await cursor.fetchall())


async def test_what_a_creator_said_goes_with_his_account_and_whom_he_thanked_stays(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, creator: SignedIn, db: Database
) -> None:
    vera = await viewer("Vera")
    await give(client, stream, vera)
    await thank(client, stream, creator, seq=1, text="Many thanks")
    operator = new_id()
    await identity.erase_user(
        db, creator.id, operator, force=True, also=[recognition.forget_person]
    )
    (event,) = [
        event
        for event in (await client.get(f"/v1/streams/{stream['id']}/events")).json()["items"]
        if event["type"] == "thanks"
    ]
    assert event["text"] is None
    assert event["user"]["display_name"] == "Vera"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"seq": 2}, 404, "nothing_to_thank_for"),
        ({"seq": 3}, 404, "nothing_to_thank_for"),
        ({"seq": 0}, 422, "validation_failed"),
        ({"seq": 2**63}, 422, "validation_failed"),
        ({"seq": "1"}, 422, "validation_failed"),
        ({}, 422, "validation_failed"),
        ({"seq": 1, "text": "a\x00b"}, 422, "validation_failed"),
        ({"seq": 1, "text": "x" * 101}, 422, "thanks_too_long"),
        ({"seq": 1, "who": "me"}, 422, "validation_failed"),
    ],
)
async def test_thanks_that_make_no_sense_are_refused(
    open_socket: Open,
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    body: dict[str, Any],
    status: int,
    code: str,
) -> None:
    vera = await viewer("Vera")
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    await socket.gift("rose", 1)
    await socket.chat("hello")
    answer = await thank(client, stream, creator, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await client.get(f"/v1/streams/{stream['id']}/events")).json()["last_seq"] == 2


async def test_only_the_creator_of_a_live_stream_thanks(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    users: MakeUser,
) -> None:
    vera = await viewer("Vera")
    other = await users("Mina", roles={Role.CREATOR})
    await give(client, stream, vera)
    for person in (vera, other):
        answer = await thank(client, stream, person, seq=1)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_stream")
    path = f"/v1/streams/{stream['id']}/thanks"
    assert (await client.post(path, json={"seq": 1})).status_code == 401
    post = (await client.post("/v1/posts", json={"caption": "x"}, headers=creator.headers)).json()
    for room in (post, {"id": str(new_id())}):
        answer = await thank(client, room, creator, seq=1)
        assert (answer.status_code, answer.json()["code"]) == (404, "stream_not_found")
    assert (await thank(client, stream, creator, seq=1)).status_code == 201
    await give(client, stream, vera)
    await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    assert (await thank(client, stream, creator, seq=1)).status_code == 200
    late = await thank(client, stream, creator, seq=3)
    assert (late.status_code, late.json()["code"]) == (409, "room_closed")


async def test_thanking_too_fast_waits(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, creator: SignedIn, db: Database
) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE recognition_rule SET thanks_max = 1")
    vera = await viewer("Vera")
    for _ in range(2):
        await give(client, stream, vera)
    assert (await thank(client, stream, creator, seq=1)).status_code == 201
    answer = await thank(client, stream, creator, seq=2)
    assert (answer.status_code, answer.json()["code"]) == (429, "thanks_too_fast")
    assert answer.json()["retry_after_s"] > 0
