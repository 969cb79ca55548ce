"""Alerts held for approval: what waits follows from the log, decisions are stored, each is shown once."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.fixtures_identity import SignedIn
from tests.overlays.conftest import Overlay, Studio, token_of
from tests.rooms.conftest import MakeViewer, Open, Socket

Stream = dict[str, Any]


@pytest.fixture
async def held(studio: Studio, stream: Stream) -> Overlay:
    """An alert box whose alerts wait, from 2 coins on."""
    assert stream["state"] == "live"
    return await studio.change(await studio.overlay("alerts"), hold=True, coins_min=2)


@pytest.fixture
async def giver(open_socket: Open, stream: Stream, viewer: MakeViewer) -> Socket:
    vera = await viewer(coins=1000)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    return socket


async def waiting(studio: Studio, overlay: Overlay, after: int = 0) -> list[int]:
    found = await studio.call("GET", f"/overlays/{overlay['id']}/alerts?after={after}")
    return [item["event"]["seq"] for item in found["items"]]


async def decide(
    studio: Studio, overlay: Overlay, room_id: str, seq: int, deed: str, status: int = 204
) -> Any:
    path = f"/overlays/{overlay['id']}/alerts/{seq}/{deed}"
    return await studio.call("POST", path, {"room_id": room_id}, status=status)


async def approved(client: httpx.AsyncClient, overlay: Overlay, after: int = 0) -> list[Any]:
    answer = await client.get(f"/v1/overlays/{token_of(overlay)}/approved?after={after}")
    items: list[Any] = answer.raise_for_status().json()["items"]
    return [(item["no"], item["event"]["seq"]) for item in items]


async def test_alerts_wait_until_they_are_approved_or_skipped(
    studio: Studio, held: Overlay, giver: Socket, stream: Stream, client: httpx.AsyncClient
) -> None:
    for count in (3, 1, 4, 5):
        await giver.gift("rose", count)
    await giver.chat("hello")
    assert await waiting(studio, held) == [1, 3, 4]
    await decide(studio, held, stream["id"], 4, "approve")
    await decide(studio, held, stream["id"], 1, "skip")
    assert await waiting(studio, held) == [3]
    await decide(studio, held, stream["id"], 3, "approve")
    assert await waiting(studio, held) == []
    assert await approved(client, held) == [(1, 4), (2, 3)]
    assert await approved(client, held, after=1) == [(2, 3)]


async def test_an_open_page_hears_of_approvals(
    studio: Studio, held: Overlay, giver: Socket, stream: Stream, open_socket: Open
) -> None:
    page = await open_socket("overlays", token_of(held))
    told = await page.receive()
    assert (told["approved"], told["settings"]["hold"]) == (0, True)
    assert told["hold_switch"] == {"room_id": stream["id"], "seq": 0}
    await giver.gift("rose", 2)
    await decide(studio, held, stream["id"], 1, "approve")
    while (told := await page.receive())["op"] != "settings":
        pass
    assert told["approved"] == 1


async def test_a_decision_is_made_once(
    studio: Studio, held: Overlay, giver: Socket, stream: Stream, client: httpx.AsyncClient
) -> None:
    await giver.gift("rose", 2)
    await asyncio.gather(
        *(decide(studio, held, stream["id"], 1, "approve") for _ in range(4)),
    )
    assert await approved(client, held) == [(1, 1)]
    refused = await decide(studio, held, stream["id"], 1, "skip", status=409)
    assert refused["code"] == "alert_decided"


async def test_only_what_waits_can_be_approved(
    studio: Studio, held: Overlay, giver: Socket, stream: Stream, client: httpx.AsyncClient
) -> None:
    await giver.gift("rose", 1)  # too cheap
    await giver.chat("hello")
    for seq in (1, 2, 3, 2**62):
        refused = await decide(studio, held, stream["id"], seq, "approve", status=404)
        assert refused["code"] == "alert_not_found"
    await decide(studio, held, held["id"], 1, "approve", status=404)
    await studio.call(
        "POST", f"/overlays/{held['id']}/alerts/0/approve", {"room_id": stream["id"]}, status=422
    )
    assert await approved(client, held) == []


async def test_what_came_before_holding_does_not_wait(
    studio: Studio, stream: Stream, giver: Socket
) -> None:
    await giver.gift("rose", 5)
    overlay = await studio.change(await studio.overlay("alerts"), hold=True)
    await giver.gift("rose", 6)
    assert await waiting(studio, overlay) == [2]
    await decide(studio, overlay, stream["id"], 1, "approve", status=404)
    released = await studio.change(overlay, hold=False)
    assert await waiting(studio, released) == []


async def test_the_log_is_looked_through_in_parts(
    studio: Studio, held: Overlay, giver: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.overlays.alerts.SCAN_EVENTS_MAX", 3)
    for _ in range(5):
        await giver.gift("rose", 2)
    seen: list[int] = []
    after, more = 0, True
    while more:
        part = await studio.call("GET", f"/overlays/{held['id']}/alerts?after={after}")
        seen += [item["event"]["seq"] for item in part["items"]]
        after, more = part["reached_seq"], part["more"]
    assert seen == [1, 2, 3, 4, 5]


async def test_a_streak_waits_as_one_alert_with_its_total(
    studio: Studio, held: Overlay, giver: Socket, stream: Stream
) -> None:
    streak = str(uuid4())
    for _ in range(4):
        await giver.gift("rose", 1, streak=streak)
    await giver.until(lambda: any(event["type"] == "streak_end" for event in giver.events))
    end = next(event for event in giver.events if event["type"] == "streak_end")
    found = await studio.call("GET", f"/overlays/{held['id']}/alerts")
    assert [item["event"]["seq"] for item in found["items"]] == [end["seq"]]
    assert found["items"][0]["event"]["total"]["count"] == 4


async def test_the_page_reads_the_log_of_its_own_creator_only(
    client: httpx.AsyncClient,
    studio: Studio,
    giver: Socket,
    stream: Stream,
    creator: SignedIn,
) -> None:
    await giver.gift("rose", 2)
    token = token_of(await studio.overlay("alerts"))
    path = f"/v1/overlays/{token}/streams/{stream['id']}/events"
    log = (await client.get(path)).json()
    assert [event["seq"] for event in log["items"]] == [1]
    assert log["last_seq"] == 1
    other = await client.get(f"/v1/overlays/{token}/streams/{creator.id}/events")
    assert (other.status_code, other.json()["code"]) == (404, "stream_not_found")
    wrong = await client.get(path.replace(token, "wrong"))
    assert (wrong.status_code, wrong.json()["code"]) == (404, "overlay_not_found")
