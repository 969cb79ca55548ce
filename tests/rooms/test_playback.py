"""Where pictures come from: what is accepted, who hears of a change, and that nothing gets lost."""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from largesse.media_hosts import MediaHost
from largesse.page_policy import content_security_policy
from largesse.realtime import Playback
from largesse.rooms.errors import AddressWrong
from largesse.rooms.playback import checked_playback
from largesse.rooms.schemas import GivenPlayback
from largesse.settings import Settings, SettingsInvalid, read_settings
from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import Open

Stream = dict[str, Any]
HOSTS = "media.example.org, *.cdn.example.net:8443, http://localhost:8888"


@pytest.fixture
def settings(database_url: str, tmp_path: Any) -> Settings:
    return read_settings(
        data_dir=tmp_path, DATABASE_URL=SecretStr(database_url), media_hosts=HOSTS,
        public_url="http://test",
    )  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "https://media.example.org/live/a.m3u8?token=x%20y",
        "https://MEDIA.example.org:443/a.m3u8",
        "https://a.b.cdn.example.net:8443/x",
        "http://localhost:8888/x/index.m3u8",
        "http://test/own.m3u8",
        "/demo/stage/live.m3u8",
    ],
)
def test_addresses_that_are_allowed(address: str) -> None:
    settings = read_settings(media_hosts=HOSTS, public_url="http://test")
    given = GivenPlayback(hls_url=address)
    assert checked_playback(given, settings) == Playback(hls_url=address, whep_url=None)


@pytest.mark.parametrize(
    "address",
    [
        "", " ", "x", "media.example.org/a", "//media.example.org/a", "/\\evil.example/a",
        "///evil.example/a", "////evil.example/a", "https:/evil.example/a", "https:evil.example/a",
        "javascript:alert(1)", "data:text/html,x", "blob:https://media.example.org/1",
        "ftp://media.example.org/a", "https://", "https:///a", "https://media.example.org:99999/",
        "https://user@media.example.org/a", "https://user:word@media.example.org/a",
        "https://media.example.org/a#part", "https://evil.example/a.m3u8",
        "https://media.example.org.evil.example/a", "http://media.example.org/a",
        "https://media.example.org:444/a", "https://cdn.example.net:8443/x",
        "https://evilcdn.example.net:8443/x", "http://localhost:8889/x", "https://[::1/a",
        "https://media.example.org/a b", "https://media.example.org/\u202ea", "https://m\u00e9dia/",
        "https://media.example.org/" + "x" * 1000, "https://media.example.org/<script>",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(address: str) -> None:
    settings = read_settings(media_hosts=HOSTS, public_url="http://test")
    for given in (GivenPlayback(hls_url=address), GivenPlayback(whep_url=address)):
        with pytest.raises(AddressWrong):
            checked_playback(given, settings)


def test_another_host_is_refused_with_the_name_of_the_setting() -> None:
    with pytest.raises(AddressWrong) as caught:
        checked_playback(GivenPlayback(hls_url="https://evil.example/a"), Settings())
    assert "LARGESSE_MEDIA_HOSTS" in str(caught.value.fields["errors"])


@pytest.mark.parametrize(
    "hosts", ["http://media.example.org", "a b", "*", "https://", "x:0", "x:70000", "x/path", "x;y"]
)
def test_hosts_that_are_none_are_refused_at_the_start(hosts: str) -> None:
    with pytest.raises(SettingsInvalid):
        read_settings(media_hosts=hosts)


def test_pages_may_load_media_from_the_hosts_and_nothing_else() -> None:
    sources = [MediaHost.parse(part).policy_source for part in HOSTS.split(",")]
    policy = content_security_policy(sources)
    rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    wanted = {
        "https://media.example.org",
        "https://*.cdn.example.net:8443",
        "http://localhost:8888",
    }
    assert set(rules["media-src"].split()) == {"'self'", "blob:", *wanted}
    assert set(rules["connect-src"].split()) == {"'self'", *wanted}
    assert rules["script-src"] == "'self'"


async def test_a_change_is_heard_and_is_in_the_log(
    client: httpx.AsyncClient, creator: SignedIn, open_socket: Open
) -> None:
    picture = {"hls_url": "https://media.example.org/a.m3u8", "whep_url": None}
    made = await client.post(
        "/v1/streams", json={"title": "Piano", "playback": picture}, headers=creator.headers
    )
    assert made.json()["playback"] == picture
    path = f"/v1/streams/{made.json()['id']}"
    socket = await open_socket("streams", made.json()["id"])
    assert (await socket.join())["room"]["playback"] == picture
    changes: tuple[tuple[Stream, str, Any], ...] = (
        ({"title": " Night piano "}, "Night piano", picture),
        ({"playback": {"whep_url": "https://media.example.org/w"}}, "Night piano",
         {"hls_url": None, "whep_url": "https://media.example.org/w"}),
        ({"playback": None}, "Night piano", None),
        ({"playback": {}, "title": "Last song"}, "Last song", None),
    )  # fmt: skip
    for seq, (body, title, playback) in enumerate(changes, start=1):
        changed = await client.patch(path, json=body, headers=creator.headers)
        assert changed.status_code == 200, changed.text
        assert (changed.json()["title"], changed.json()["playback"]) == (title, playback)
        await socket.until_seq(seq)
        assert {"type": "stream_update", "title": title, "playback": playback}.items() <= (
            socket.logged[-1].items()
        )
        late = await open_socket("streams", made.json()["id"])
        room = (await late.join())["room"]
        assert (room["title"], room["playback"]) == (title, playback)
    for same in ({}, {"title": None}, {"title": "Last song", "playback": None}):
        assert (await client.patch(path, json=same, headers=creator.headers)).status_code == 200
    stored = (await client.get(f"{path}/events")).json()
    assert stored["items"] == socket.logged
    assert stored["last_seq"] == len(changes)


async def test_a_room_loaded_anew_shows_the_same(
    client: httpx.AsyncClient, creator: SignedIn, open_socket: Open, stream: Stream
) -> None:
    """Snapshot and events make the state that the database has."""
    path = f"/v1/streams/{stream['id']}"
    picture = {"hls_url": "/demo/stage/live.m3u8", "whep_url": None}
    first = await open_socket("streams", stream["id"])
    await first.join()
    await client.patch(path, json={"title": "B", "playback": picture}, headers=creator.headers)
    await first.until_seq(1)
    early = await open_socket("streams", stream["id"])
    before = (await early.join())["room"]
    await first.connection.close()
    await early.connection.close()
    late = await open_socket("streams", stream["id"])
    after = (await late.join())["room"]
    assert {**after, "viewers": 0} == {**before, "viewers": 0}
    assert (after["title"], after["playback"]) == ("B", picture)


async def test_only_the_creator_changes_a_stream_and_only_while_it_lives(
    client: httpx.AsyncClient, creator: SignedIn, stream: Stream, users: MakeUser
) -> None:
    path = f"/v1/streams/{stream['id']}"
    vera = await users()
    refused = await client.patch(path, json={"title": "Mine"}, headers=vera.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_stream")
    assert (await client.patch(path, json={"title": "Mine"})).status_code == 401
    wrong: tuple[Any, ...] = (
        {"title": ""}, {"title": "x" * 101}, {"title": "a\u202eb"}, {"title": 1}, {"state": "ended"},
        {"playback": "x"}, {"playback": {"hls_url": 1}}, {"playback": {"hls_url": "x"}}, {"visibility": "public"},
    )  # fmt: skip
    for body in wrong:
        answer = await client.patch(path, json=body, headers=creator.headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), body
    await client.post(f"{path}/end", headers=creator.headers)
    late = await client.patch(path, json={"title": "Late"}, headers=creator.headers)
    assert (late.status_code, late.json()["code"]) == (409, "stream_ended")
    assert (await client.get(path)).json()["title"] == stream["title"]


async def test_own_streams_are_listed_newest_first(
    client: httpx.AsyncClient, creator: SignedIn, stream: Stream, users: MakeUser
) -> None:
    await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    body = {"title": "Two", "visibility": "invited"}
    second = await client.post("/v1/streams", json=body, headers=creator.headers)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(2):
        page = await client.get(
            "/v1/creator/streams", params={"limit": 1, **cursor}, headers=creator.headers
        )
        seen += [item["id"] for item in page.json()["items"]]
        cursor = {"cursor": page.json()["next_cursor"]}
    assert seen == [second.json()["id"], stream["id"]]
    vera = await users()
    assert (await client.get("/v1/creator/streams", headers=vera.headers)).status_code == 403
    assert (await client.get("/v1/creator/streams")).status_code == 401


async def test_an_ended_room_can_be_looked_at_and_takes_nothing(
    client: httpx.AsyncClient, creator: SignedIn, stream: Stream, open_socket: Open, users: MakeUser
) -> None:
    await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    vera = await users()
    socket = await open_socket("streams", stream["id"])
    room = (await socket.join(vera.token))["room"]
    assert (room["state"], room["gifting"]) == ("ended", False)
    assert (await socket.chat("late"))["code"] == "room_closed"
    assert (await socket.gift("rose", 1))["op"] == "error"
    await socket.ping()
