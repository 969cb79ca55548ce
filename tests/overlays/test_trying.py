"""Test alerts: only the pages of that overlay see them, and no log does."""

import httpx
import psycopg
import pytest

from tests.overlays.conftest import Studio, token_of
from tests.rooms.conftest import Open, Socket


async def shown_by(page: Socket) -> list[str]:
    """The types of the events of the next test."""
    while (frame := await page.receive())["op"] != "test":
        pass
    return [event["type"] for event in frame["events"]]


TESTS: list[tuple[str, dict[str, object], list[str]]] = [
    ("alerts", {"kind": "gift", "coins": 30}, ["gift"]),
    ("alerts", {"kind": "streak"}, ["streak_end"]),
    ("alerts", {"kind": "paid_message"}, ["paid_message"]),
    ("alerts", {"kind": "cheer"}, ["cheer"]),
    ("alerts", {"kind": "goal"}, ["goal"]),
    ("goal", {}, ["goal_progress"]),
    ("supporters", {}, ["supporters"]),
    ("ticker", {}, ["gift", "cheer", "paid_message"]),
    ("chat", {}, ["chat", "cheer", "paid_message"]),
]


async def test_a_test_shows_what_the_overlay_holds(studio: Studio, open_socket: Open) -> None:
    pages = {each["kind"]: each for each in await studio.overlays()}
    for kind, body, types in TESTS:
        overlay = pages[kind]
        page = await open_socket("overlays", token_of(overlay))
        await page.ping()
        await studio.call("POST", f"/overlays/{overlay['id']}/test", body, status=204)
        assert await shown_by(page) == types


@pytest.mark.usefixtures("creator")
async def test_a_test_reaches_every_page_of_this_overlay_and_nobody_else(
    studio: Studio, open_socket: Open, client: httpx.AsyncClient, stream: dict[str, str]
) -> None:
    alerts, chat = await studio.overlay("alerts"), await studio.overlay("chat")
    first, second = [await open_socket("overlays", token_of(alerts)) for _ in range(2)]
    other = await open_socket("overlays", token_of(chat))
    viewer = await open_socket("streams", stream["id"])
    await viewer.join()
    for page in (first, second, other):
        await page.ping()
    await studio.call("POST", f"/overlays/{alerts['id']}/test", {"coins": 5}, status=204)
    assert await shown_by(first) == await shown_by(second) == ["gift"]
    await other.ping()
    await viewer.ping()
    assert [event for event in (*other.events, *viewer.events) if event["type"] == "gift"] == []
    log = (await client.get(f"/v1/streams/{stream['id']}/events")).json()
    assert (log["items"], log["last_seq"]) == ([], 0)


async def test_tests_are_limited(studio: Studio, database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE overlay_rule SET tests_max_per_min = 2")
    path = f"/overlays/{(await studio.overlay('alerts'))['id']}/test"
    await studio.call("POST", path, {"coins": 0}, status=422)
    for _ in range(2):
        await studio.call("POST", path, {}, status=204)
    refused = await studio.call("POST", path, {}, status=429)
    assert refused["code"] == "too_fast"
    assert refused["retry_after_s"] > 0


async def test_what_is_tried_looks_as_its_tier_does(studio: Studio, open_socket: Open) -> None:
    chat = await studio.overlay("chat")
    page = await open_socket("overlays", token_of(chat))
    await page.ping()
    for coins, tier, cheer_tier, color in ((1, 1, 1, "#49079B"), (2000, 7, 3, "#8B0503")):
        body = {"coins": coins}
        await studio.call("POST", f"/overlays/{chat['id']}/test", body, status=204)
        while (frame := await page.receive())["op"] != "test":
            pass
        _, cheer, paid = frame["events"]
        assert (paid["tier"], paid["color"]) == (tier, color)
        assert (cheer["tier"], cheer["text"].split()[0]) == (cheer_tier, f"cheer{coins}")
