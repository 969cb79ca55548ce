"""More paid messages on top of a chat than are shown at once."""

from datetime import datetime
from functools import partial
from typing import Any

import httpx
import pytest

from largesse.services import Services
from largesse.types import now
from tests.fixtures_identity import SignedIn
from tests.messages.conftest import Stream, assert_live_is_stored, log_of, pay
from tests.rooms.conftest import MakeViewer, Open, Socket

SHOWN = 3


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A top of three, looked at often."""
    for module in ("parts.board", "projection"):
        monkeypatch.setattr(f"largesse.realtime.{module}.PINNED_MAX", SHOWN)
    monkeypatch.setattr("largesse.realtime.room.SUMMARY_INTERVAL_S", 0.05)


def reached(socket: Socket) -> list[int]:
    """What a client shows on top that keeps all it was told, of which it shows as many as the snapshot says."""
    room = socket.snapshot["room"]
    known: dict[int, dict[str, Any]] = {each["seq"]: each for each in room["pinned"]}
    for event in socket.events:
        if event["type"] == "paid_message":
            known[event["seq"]] = event
        elif event["type"] == "on_top":
            known |= {each["seq"]: each for each in event["items"]}
        elif event["type"] == "unpin" or event.get("action") == "remove":
            known.pop(event["target_seq"], None)
        elif event.get("action") == "ban":
            gone = event["user"]["id"]
            known = {seq: each for seq, each in known.items() if each["sender"]["id"] != gone}
    there = [each for each in known.values() if _holds(each)]
    there.sort(key=lambda each: (-each["coins"], -each["seq"]))
    return [each["seq"] for each in there[: room["pinned_max"]]]


def _shows(socket: Socket, top: list[int]) -> bool:
    return reached(socket) == top


def _holds(message: dict[str, Any]) -> bool:
    until = message["pinned_until"]
    return until is not None and datetime.fromisoformat(until) > now()


async def test_whoever_came_when_shows_what_a_newcomer_is_shown(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    services: Services,
) -> None:
    path = f"/v1/streams/{stream['id']}"
    vera, otto = await viewer("Vera", coins=2000), await viewer("Otto", coins=2000)
    first = await open_socket("streams", stream["id"])
    await first.join()
    for coins, giver in ((10, vera), (50, otto), (20, vera), (50, vera), (30, vera), (100, vera)):
        assert (await pay(client, stream, giver, coins, "hi")).status_code == 201
    late = await open_socket("streams", stream["id"])
    snapshot = (await late.join())["room"]
    assert snapshot["pinned_max"] == SHOWN
    assert [each["seq"] for each in snapshot["pinned"]] == [6, 4, 2]

    steps: tuple[tuple[str, str, dict[str, Any] | None, list[int]], ...] = (
        ("DELETE", f"{path}/pins/6", None, [4, 2, 5]),
        ("POST", f"{path}/bans", {"user_id": str(otto.id)}, [4, 5, 3]),
        ("POST", f"{path}/messages/4/remove", None, [5, 3, 1]),
    )
    for method, where, body, top in steps:
        answer = await client.request(method, where, json=body, headers=creator.headers)
        assert answer.status_code < 300, answer.text
        for socket in (first, late):
            await socket.until(partial(_shows, socket, top))
        newcomer = await open_socket("streams", stream["id"])
        await newcomer.join()
        assert reached(newcomer) == top
        await assert_live_is_stored(services, stream)
    told = [event["items"] for event in late.events if event["type"] == "on_top"]
    assert [[each["seq"] for each in items] for items in told] == [[5], [3], [1]]
    kinds = [event["type"] for event in await log_of(client, stream)]
    assert kinds.count("paid_message") == 6
