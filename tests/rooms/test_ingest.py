"""Media servers: keys, streams that they start and end, encoders that come back."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from largesse.db import Database
from largesse.identity import Role
from largesse.rooms import endings, streams
from largesse.services import Services
from largesse.types import living_by
from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import Open

Stream = dict[str, Any]
WAIT_S = 30.0


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endings, "LOOK_S", 0.05)


@pytest.fixture
async def key(client: httpx.AsyncClient, creator: SignedIn) -> str:
    answer = await client.post("/v1/creator/ingest", headers=creator.headers)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["key"]
    return made


async def say(client: httpx.AsyncClient, what: str, key: str | None, **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return await client.post(f"/v1/ingest/{what}", json=body, headers=headers)


async def own(client: httpx.AsyncClient, creator: SignedIn) -> list[Stream]:
    page = await client.get("/v1/creator/streams", headers=creator.headers)
    items: list[Stream] = page.json()["items"]
    return items


async def set_grace(db: Database, grace_s: int) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE stream_rule SET ingest_grace_s = %s", (grace_s,))


async def until_ended(client: httpx.AsyncClient, stream_id: str) -> None:
    async with asyncio.timeout(WAIT_S):
        while (await client.get(f"/v1/streams/{stream_id}")).json()["state"] == "live":  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_an_encoder_goes_live_comes_back_and_leaves(
    client: httpx.AsyncClient, creator: SignedIn, key: str, db: Database, open_socket: Open
) -> None:
    started = await say(client, "start", key)
    assert started.status_code == 200, started.text
    stream_id = started.json()["stream_id"]
    assert [one["title"] for one in await own(client, creator)] == ["Nora live"]
    ending = await say(client, "end", key)
    assert ending.json()["stream_id"] == stream_id
    assert ending.json()["ends_at"] is not None
    back = await say(client, "start", key)
    assert back.json() == {"stream_id": stream_id, "state": "live", "ends_at": None}
    socket = await open_socket("streams", stream_id)
    await socket.join()
    await set_grace(db, 0)
    assert (await say(client, "end", key)).status_code == 200
    await socket.until(lambda: any(one["type"] == "stream_end" for one in socket.events))
    await until_ended(client, stream_id)
    late = await say(client, "end", key)
    assert (late.status_code, late.json()["code"]) == (409, "not_live")
    again = await say(client, "start", key, title="Second evening")
    assert again.json()["stream_id"] != stream_id
    assert [one["state"] for one in await own(client, creator)] == ["live", "ended"]


async def test_a_picture_that_came_back_keeps_the_stream(
    client: httpx.AsyncClient, creator: SignedIn, key: str, db: Database
) -> None:
    """Also when it comes back after the grace, but before anybody looked."""
    stream_id = (await say(client, "start", key)).json()["stream_id"]
    await say(client, "end", key)
    async with db.transaction() as conn:
        await conn.execute("SELECT 1 FROM stream WHERE id = %s FOR UPDATE", (UUID(stream_id),))
        await conn.execute("UPDATE stream SET ends_at = now() - interval '1 day'")
        await asyncio.sleep(0.2)  # somebody wants to end it, and waits for us
        await conn.execute("UPDATE stream SET ends_at = NULL")
    assert (await client.get(f"/v1/streams/{stream_id}")).json()["state"] == "live"
    assert len(await own(client, creator)) == 1


@pytest.mark.parametrize("hours", [2, -2], ids=["ahead", "behind"])
async def test_a_clock_that_jumps_neither_ends_a_stream_nor_keeps_it(
    client: httpx.AsyncClient, app: FastAPI, key: str, db: Database, hours: int
) -> None:
    await set_grace(db, 600)
    stream_id = (await say(client, "start", key)).json()["stream_id"]
    with living_by(lambda: datetime.now(UTC) + timedelta(hours=hours)):
        await say(client, "end", key)
        await endings._Endings(app.state.services).look()
        assert (await client.get(f"/v1/streams/{stream_id}")).json()["state"] == "live"
        await set_grace(db, 0)
        await say(client, "end", key)
        await until_ended(client, stream_id)


async def test_starting_at_once_makes_one_stream(
    client: httpx.AsyncClient, creator: SignedIn, key: str
) -> None:
    answers = await asyncio.gather(*(say(client, "start", key) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["stream_id"] for answer in answers}) == 1
    assert len(await own(client, creator)) == 1


async def test_the_studios_stream_is_fed_not_doubled(
    client: httpx.AsyncClient, stream: Stream, key: str, open_socket: Open
) -> None:
    socket = await open_socket("streams", stream["id"])
    await socket.join()
    fed = await say(client, "start", key, hls_url="/demo/stage/live.m3u8")
    assert fed.json()["stream_id"] == stream["id"]
    await socket.until_seq(1)
    assert socket.logged[0]["playback"]["hls_url"] == "/demo/stage/live.m3u8"
    await say(client, "start", key, hls_url="/demo/stage/live.m3u8")
    events = (await client.get(f"/v1/streams/{stream['id']}/events")).json()
    assert events["last_seq"] == 1  # the same picture is no news


async def test_a_stream_opens_as_its_creator_has_set(
    client: httpx.AsyncClient, creator: SignedIn, key: str
) -> None:
    opening = {
        "title": "Evening piano",
        "visibility": "followers",
        "playback": {"hls_url": "/demo/stage/live.m3u8", "whep_url": None},
    }
    put = await client.put("/v1/creator/ingest", json=opening, headers=creator.headers)
    assert put.json()["opening"] == opening
    assert put.json()["key_made_at"] is not None
    assert (await client.get("/v1/creator/ingest", headers=creator.headers)).json() == put.json()
    assert key not in put.text
    await say(client, "start", key)
    assert opening.items() <= (await own(client, creator))[0].items()


async def test_it_opens_as_private_as_the_last_one(
    client: httpx.AsyncClient, creator: SignedIn, key: str
) -> None:
    body = {"title": "For friends", "visibility": "invited"}
    made = await client.post("/v1/streams", json=body, headers=creator.headers)
    await client.post(f"/v1/streams/{made.json()['id']}/end", headers=creator.headers)
    await say(client, "start", key)
    assert body.items() <= (await own(client, creator))[0].items()


async def test_a_leaked_key_is_replaced_and_opens_nothing(
    client: httpx.AsyncClient, creator: SignedIn, key: str, db: Database
) -> None:
    fresh = (await client.post("/v1/creator/ingest", headers=creator.headers)).json()["key"]
    assert fresh != key
    for what in ("start", "end"):
        answer = await say(client, what, key)
        assert (answer.status_code, answer.json()["code"]) == (401, "ingest_key_wrong")
    assert await own(client, creator) == []
    assert (await say(client, "start", fresh)).status_code == 200
    assert (await client.delete("/v1/creator/ingest", headers=creator.headers)).status_code == 204
    assert (await say(client, "end", fresh)).status_code == 401
    async with db.read() as conn:
        cursor = await conn.execute(
            "SELECT action, data::text FROM audit WHERE action LIKE 'ingest%'"
        )
        rows = await cursor.fetchall()
    assert [row[0] for row in rows] == ["ingest_key.make"] * 2 + ["ingest_key.delete"]
    assert not any(fresh[33:] in row[1] or key[33:] in row[1] for row in rows)


async def test_a_streams_own_key_serves_that_stream_alone(
    client: httpx.AsyncClient, creator: SignedIn, stream: Stream, users: MakeUser, db: Database
) -> None:
    path = f"/v1/streams/{stream['id']}/ingest-key"
    vera = await users()
    assert (await client.post(path, headers=vera.headers)).json()["code"] == "not_your_stream"
    assert (await client.post(path)).status_code == 401
    key = (await client.post(path, headers=creator.headers)).json()["key"]
    assert (await say(client, "start", key)).json()["stream_id"] == stream["id"]
    await set_grace(db, 0)
    assert (await say(client, "end", key)).status_code == 200
    await until_ended(client, stream["id"])
    ended = await say(client, "start", key)
    assert (ended.status_code, ended.json()["code"]) == (409, "stream_ended")
    await client.post("/v1/streams", json={"title": "Next"}, headers=creator.headers)
    assert (await say(client, "start", key)).json()["code"] == "stream_ended"
    assert (await client.post(path, headers=creator.headers)).json()["code"] == "stream_ended"


@pytest.mark.parametrize(
    "form",
    [
        {"call": "publish", "app": "live", "name": "KEY", "addr": "10.0.0.1", "clientid": "7"},
        {"key": "KEY", "title": "From a form", "junk": "\x00\ud83d".encode(errors="replace").decode()},
    ],
)  # fmt: skip
async def test_forms_as_media_servers_send_them(
    client: httpx.AsyncClient, creator: SignedIn, key: str, form: dict[str, str]
) -> None:
    data = {name: text.replace("KEY", key) for name, text in form.items()}
    for what in ("start", "end"):
        answer = await client.post(f"/v1/ingest/{what}", data=data)
        assert answer.status_code == 200, answer.text
    assert len(await own(client, creator)) == 1


async def test_what_is_no_key_is_refused(client: httpx.AsyncClient) -> None:
    keys = [None, "", "x", "-" * 40, f"{uuid4().hex}-abc", f"{uuid4().hex}", "9" * 300, "ä" * 40]
    for key in keys:
        for what in ("start", "end"):
            answer = await client.post(f"/v1/ingest/{what}", json={"key": key})
            assert (answer.status_code, answer.json()["code"]) == (401, "ingest_key_wrong")


async def test_bad_bodies_change_nothing(
    client: httpx.AsyncClient, creator: SignedIn, key: str
) -> None:
    bodies = (
        b"[]", b"null", b"{", b'{"title": 1}', b'{"more": 1}', b'{"title": "a\\u202eb"}',
        b'{"hls_url": "javascript:x"}',
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    for body in bodies:
        answer = await client.post("/v1/ingest/start", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), body
    assert await own(client, creator) == []


async def test_wrong_and_right_keys_are_limited(
    client: httpx.AsyncClient, creator: SignedIn, key: str, db: Database
) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE stream_rule SET ingest_wrong_max = 3, ingest_calls_max = 3")
    for shown, code in ((f"{creator.id.hex}-wrong", 401), (key, 200)):
        codes = [(await say(client, "start", shown)).status_code for _ in range(4)]
        assert codes == [code] * 3 + [429]


async def test_a_stream_that_cannot_be_ended_keeps_no_other_open(
    client: httpx.AsyncClient,
    creator: SignedIn,
    users: MakeUser,
    db: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    creators = [creator, *[await users(f"Olga {no}", roles={Role.CREATOR}) for no in range(2)]]
    ids = []
    for user in creators:
        made = await client.post("/v1/streams", json={"title": "Piano"}, headers=user.headers)
        ids.append(made.json()["id"])
    end = streams.end_overdue
    broken = UUID(ids[0])

    async def fails_for_one(services: Services, stream_id: UUID) -> None:
        if stream_id == broken:
            raise RuntimeError("out of order")
        await end(services, stream_id)

    monkeypatch.setattr(endings, "end_overdue", fails_for_one)
    async with db.transaction() as conn:
        await conn.execute("UPDATE stream SET ends_at = now()")
    for stream_id in ids[1:]:
        await until_ended(client, stream_id)
    assert (await client.get(f"/v1/streams/{broken}")).json()["state"] == "live"
