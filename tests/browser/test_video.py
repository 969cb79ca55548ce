"""The demonstration's picture really plays, one by WebRTC does too, and the room does without."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.asking import ask

from . import whep_server
from .conftest import ROOT, DemoServer, VisitorMaker
from .people import Person, live_room

_SHOWN_MS = 60_000  # a busy machine decodes slowly


def _room(server: DemoServer) -> str:
    items: list[dict[str, Any]] = ask("GET", f"{server.url}/v1/streams").json()["items"]
    found: str = next(item["id"] for item in items if item["playback"])
    return found


def _time_s(page: Page) -> float:
    at_s: float = page.locator("video").evaluate("video => video.currentTime")
    return at_s


def _assert_moves(page: Page, width: int = 540) -> None:
    """Its time grows, and there are pictures in it."""
    expect(page.locator("video[data-state=playing]")).to_have_count(1, timeout=_SHOWN_MS)
    before_s = _time_s(page)
    for _ in range(200):
        if _time_s(page) > before_s + 0.5:
            break
        page.wait_for_timeout(100)
    assert _time_s(page) > before_s
    assert page.locator("video").evaluate("video => video.videoWidth") == width


def test_the_demos_picture_plays_pauses_and_sounds(
    visitor: VisitorMaker, server: DemoServer
) -> None:
    page = visitor(still=False)
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
    items = ask("GET", f"{server.url}/v1/streams").json()["items"]
    bare = next(item["id"] for item in items if not item["playback"])
    page = visitor(still=False)
    media: list[str] = []
    page.on(
        "request", lambda request: media.append(request.url) if ".m3u8" in request.url else None
    )
    page.goto(f"/live/{bare}")
    expect(page.get_by_role("region", name="Stage")).to_be_visible()
    expect(page.locator("video[data-state=off]")).to_have_count(1)
    assert media == []


@pytest.fixture
def whep(server: DemoServer) -> Iterator[str]:
    """A media server with a picture of its own: where it is."""
    url = f"http://127.0.0.1:{server.media_port}"
    command = [sys.executable, "-m", whep_server.__name__, str(server.media_port)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        deadline = time.monotonic() + _SHOWN_MS / 1000
        while not _answers(f"{url}/calls"):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def _frames(page: Page) -> int:
    """Pictures that were decoded: the clock of a video that comes by WebRTC runs on without any."""
    count: int = page.locator("video").evaluate(
        "video => video.getVideoPlaybackQuality().totalVideoFrames"
    )
    return count


def test_a_picture_by_webrtc_plays_and_its_viewer_says_goodbye(
    visitor: VisitorMaker, server: DemoServer, whep: str
) -> None:
    creator = Person.known(server.url, "theo@demo.test")
    room = live_room(server.url, creator.display_name)
    path = f"/streams/{room}"
    before = creator.call("GET", path)
    playback = {"hls_url": None, "whep_url": f"{whep}/whep"}
    creator.call("PATCH", path, {"title": before["title"], "playback": playback})
    try:
        page = visitor(still=False)
        # Who may record is connected by plain addresses: a machine without a network answers for no others.
        page.context.grant_permissions(["microphone"])
        page.goto(f"/live/{room}")
        _assert_moves(page, whep_server.WIDTH)
        seen = _frames(page)
        expect(page.get_by_role("button", name="Pause the picture")).to_be_visible()
        _until(lambda: _frames(page) > seen + whep_server.FRAMES_PER_S, page)
        page.get_by_role("button", name="Turn sound on").click()
        page.get_by_role("button", name="Pause the picture").click()
        page.get_by_role("button", name="Play the picture").click()
        _assert_moves(page, whep_server.WIDTH)
        assert _calls(whep) == {"begun": 1, "said_goodbye": 0}
    finally:
        creator.call("PATCH", path, {"title": before["title"], "playback": before["playback"]})
    _until(lambda: _calls(whep) == {"begun": 1, "said_goodbye": 1}, page)
    expect(page.locator("video[data-state=playing]")).to_have_count(0)


def _calls(whep: str) -> dict[str, int]:
    told: dict[str, int] = ask("GET", f"{whep}/calls").json()
    return told


def _until(holds: Callable[[], bool], page: Page) -> None:
    for _ in range(_SHOWN_MS // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come")
