"""A creator's overlays: one of each to begin with, settings by kind, limits, and whose they are."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest

from largesse.identity import Role
from tests.fixtures_identity import MakeUser, SignedIn
from tests.overlays.conftest import Studio, token_of
from tests.rooms.conftest import Open

KINDS = ["alerts", "goal", "supporters", "ticker", "chat"]


async def test_a_creator_starts_with_one_of_each(studio: Studio) -> None:
    first = await studio.overlays()
    assert [overlay["kind"] for overlay in first] == KINDS
    assert len({overlay["overlay_url"] for overlay in first}) == 5
    assert await studio.overlays() == first


async def test_first_visits_at_the_same_time_make_one_set(studio: Studio) -> None:
    seen = await asyncio.gather(*(studio.overlays() for _ in range(6)))
    assert all(overlays == seen[0] for overlays in seen)


async def test_the_old_address_is_that_of_the_alert_box(studio: Studio) -> None:
    link = await studio.call("GET", "/overlay")
    assert link["overlay_url"] == (await studio.overlay("alerts"))["overlay_url"]
    await studio.call("POST", "/overlay/rotate")
    assert (await studio.overlay("alerts"))["overlay_url"] != link["overlay_url"]


async def test_settings_are_kept_and_reach_the_open_page_at_once(
    studio: Studio, open_socket: Open
) -> None:
    overlay = await studio.overlay("supporters")
    page = await open_socket("overlays", token_of(overlay))
    told = await page.receive()
    assert (told["op"], told["id"], told["settings"]["places"]) == ("settings", overlay["id"], 5)
    await studio.change(overlay, places=3, title="Kings")
    while (told := await page.receive())["op"] != "settings":
        pass
    assert (told["settings"]["places"], told["settings"]["title"]) == (3, "Kings")
    assert (await studio.overlay("supporters"))["settings"] == told["settings"]


BAD: list[tuple[str, dict[str, Any]]] = [
    ("supporters", {"places": 0}),
    ("supporters", {"title": "a\u202eb"}),
    ("supporters", {"accent": "red;} body{"}),
    ("ticker", {"kinds": []}),
    ("chat", {"lines": 10_000}),
    ("goal", {"goals": "none"}),
    ("goal", {"unknown": 1}),
    ("alerts", {"variations": []}),
    ("alerts", {"variations": [{"kinds": ["gift"], "template": "{token}"}]}),
    ("alerts", {"variations": [{"kinds": ["gift"], "template": "{name"}]}),
    ("alerts", {"variations": [{"kinds": ["gift"], "sound": "/etc/passwd"}]}),
    ("alerts", {"variations": [{"kinds": ["gift"]}] * 21}),
    ("alerts", {"speech": {"language": "english"}}),
]


async def test_bad_settings_change_nothing(studio: Studio) -> None:
    before = await studio.overlays()
    for kind, wish in BAD:
        overlay = next(each for each in before if each["kind"] == kind)
        body = {"name": "Mine", "settings": {**overlay["settings"], **wish}}
        refused = await studio.call("PUT", f"/overlays/{overlay['id']}", body, status=422)
        assert refused["code"] == "validation_failed", wish
    assert await studio.overlays() == before


async def test_an_overlay_keeps_its_kind(studio: Studio) -> None:
    chat, goal = await studio.overlay("chat"), await studio.overlay("goal")
    body = {"name": "Chat", "settings": goal["settings"]}
    refused = await studio.call("PUT", f"/overlays/{chat['id']}", body, status=422)
    assert refused["code"] == "overlay_kind_fixed"


async def test_overlays_are_added_up_to_the_limit_and_deleted(
    studio: Studio, open_socket: Open, database_url: str
) -> None:
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE overlay_rule SET overlays_max = 6")
    made = await studio.call("POST", "/overlays", {"kind": "alerts", "name": "Large"}, status=201)
    refused = await studio.call("POST", "/overlays", {"kind": "chat"}, status=409)
    assert refused["code"] == "too_many_overlays"
    page = await open_socket("overlays", token_of(made))
    await page.receive()
    await studio.call("DELETE", f"/overlays/{made['id']}", status=204)
    assert await page.closed() == 4401
    await studio.call("DELETE", f"/overlays/{made['id']}", status=404)
    assert [overlay["kind"] for overlay in await studio.overlays()] == KINDS


async def test_overlays_of_others_are_not_there(
    client: httpx.AsyncClient, studio: Studio, users: MakeUser
) -> None:
    olga = await users("Olga", roles={Role.CREATOR})
    other = Studio(client, olga.headers)
    mine = await studio.overlay("alerts")
    path = f"/overlays/{mine['id']}"
    body = {"name": "Mine", "settings": mine["settings"]}
    await other.call("PUT", path, body, status=404)
    await other.call("DELETE", path, status=404)
    await other.call("POST", f"{path}/rotate", status=404)
    await other.call("POST", f"{path}/test", {}, status=404)
    await other.call("GET", f"{path}/alerts", status=404)
    decide = {"room_id": mine["id"]}
    for deed in ("approve", "skip"):
        await other.call("POST", f"{path}/alerts/1/{deed}", decide, status=404)
    assert await studio.overlay("alerts") == mine


async def test_rotating_closes_the_pages_of_this_overlay_only(
    studio: Studio, open_socket: Open, client: httpx.AsyncClient
) -> None:
    alerts, chat = await studio.overlay("alerts"), await studio.overlay("chat")
    leaked = await open_socket("overlays", token_of(alerts))
    kept = await open_socket("overlays", token_of(chat))
    await leaked.ping()
    await kept.ping()
    rotated = await studio.call("POST", f"/overlays/{alerts['id']}/rotate")
    assert await leaked.closed() == 4401
    await kept.ping()
    old = await client.get(f"/v1/overlays/{token_of(alerts)}")
    assert (old.status_code, old.json()["code"]) == (404, "overlay_not_found")
    new = (await client.get(f"/v1/overlays/{token_of(rotated)}")).json()
    assert new["id"] == alerts["id"]


async def test_the_address_is_told_to_nobody(
    client: httpx.AsyncClient, studio: Studio, creator: SignedIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "largesse")
    token = token_of(await studio.overlay("alerts"))
    page = await client.get(f"/overlay/{token}", headers={"accept": "text/html"})
    view = await client.get(f"/v1/overlays/{token}")
    for answer in (page, view):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
    assert token not in caplog.text
    assert "wallet" not in view.text
