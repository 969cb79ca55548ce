"""The demonstration's picture really plays, and the room does without it."""

from typing import Any

import httpx
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker

_SHOWN_MS = 60_000  # a busy machine decodes slowly


def _room(server: DemoServer) -> str:
    items: list[dict[str, Any]] = httpx.get(f"{server.url}/v1/streams").json()["items"]
    found: str = next(item["id"] for item in items if item["playback"])
    return found


def _time_s(page: Page) -> float:
    at_s: float = page.locator("video").evaluate("video => video.currentTime")
    return at_s


def _assert_moves(page: Page) -> None:
    """Its time grows, and there are pictures in it."""
    expect(page.locator("video[data-state=playing]")).to_have_count(1, timeout=_SHOWN_MS)
    before_s = _time_s(page)
    for _ in range(200):
        if _time_s(page) > before_s + 0.5:
            break
        page.wait_for_timeout(100)
    assert _time_s(page) > before_s
    assert page.locator("video").evaluate("video => video.videoWidth") == 540


def test_the_demos_picture_plays_pauses_and_sounds(
    visitor: VisitorMaker, server: DemoServer
) -> None:
    page = visitor()
    page.goto(f"/live/{_room(server)}")
    _assert_moves(page)
    assert page.locator("video").evaluate("video => video.muted") is True
    page.get_by_role("button", name="Turn sound on").click()
    assert page.locator("video").evaluate("video => video.muted") is False
    page.get_by_role("button", name="Pause the picture").click()
    assert page.locator("video").evaluate("video => video.paused") is True
    page.get_by_role("button", name="Play the picture").click()
    _assert_moves(page)


def test_who_wants_less_motion_is_asked_first(visitor: VisitorMaker, server: DemoServer) -> None:
    page = visitor(still=True)
    page.goto(f"/live/{_room(server)}")
    page.get_by_role("button", name="Watch the picture").click()
    _assert_moves(page)


def test_a_room_without_a_picture_loads_no_player(
    visitor: VisitorMaker, server: DemoServer
) -> None:
    items = httpx.get(f"{server.url}/v1/streams").json()["items"]
    bare = next(item["id"] for item in items if not item["playback"])
    page = visitor()
    media: list[str] = []
    page.on(
        "request", lambda request: media.append(request.url) if ".m3u8" in request.url else None
    )
    page.goto(f"/live/{bare}")
    expect(page.get_by_role("region", name="Stage")).to_be_visible()
    expect(page.locator("video[data-state=off]")).to_have_count(1)
    assert media == []
