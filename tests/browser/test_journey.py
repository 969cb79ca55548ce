"""The whole loop in browsers: top up, walk into a room, give; the overlay shows it and the studio counts it."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.asking import ask

from .conftest import ROOT, DemoServer, VisitorMaker, demo_server
from .people import PASSWORD, live_room

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """A server of its own, as `make run` starts it.

    It uses the default folder when there is none yet, so that in a fresh clone `largesse ledger check` after the
    tests has this journey to check.
    """
    default = ROOT / ".largesse"
    with tempfile.TemporaryDirectory(prefix="largesse-journey-") as name:
        Path(name).chmod(0o755)  # under root PostgreSQL runs as nobody
        with demo_server(Path(name) if default.exists() else default) as running:
            yield running


def _sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def _top_up_350(page: Page) -> None:
    page.goto("/recharge")
    page.get_by_role("radio", name=re.compile(r"\b350\b")).check(force=True)
    page.get_by_role("button", name="Continue to payment").click()
    page.wait_for_url("**/sandbox/checkout/**")
    page.get_by_role("button", name="4242 4242 4242 4242").click()
    page.get_by_role("button", name="Pay $3.70").click()
    page.wait_for_url("**/orders/**")
    expect(page.get_by_role("heading", name="The coins are in your wallet")).to_be_visible()


def _choose(page: Page, gift: str) -> None:
    page.locator("label", has=page.get_by_role("radio", name=re.compile(f"^{gift}"))).click()


def test_a_viewer_tops_up_and_gives_and_the_creator_sees_it(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    creator = {"Authorization": f"Bearer {server.token('creator@demo.test')}"}
    made = ask("GET", f"{server.url}/v1/creator/overlay", headers=creator).json()
    overlay_url = made["overlay_url"]
    overlay = visitor(width=1080, height=1080, still=False)
    overlay.goto(f"{overlay_url}?debug")
    expect(overlay.get_by_text("Connected, waiting for gifts")).to_be_visible()
    viewer = visitor(still=False)

    _sign_in(viewer, "viewer@demo.test")
    _top_up_350(viewer)

    viewer.goto(f"/live/{live_room(server.url, 'Nora Vale')}")
    viewer.get_by_role("button", name="Send a gift").first.click()
    _choose(viewer, "Rose")
    viewer.locator("label", has_text=re.compile(r"^\s*5\s*$")).click()
    viewer.get_by_role("button", name="Send Rose ×5 · 5 coins").click()
    expect(overlay.get_by_text("Vera Lind").first).to_be_visible()
    expect(overlay.get_by_text(re.compile("×5")).first).to_be_visible()

    _choose(viewer, "Paper Crane")
    viewer.get_by_role("button", name="Send Paper Crane · 99 coins").click()
    expect(overlay.get_by_text(re.compile("Paper Crane")).first).to_be_visible()

    studio = visitor(width=1440, height=900, still=False)
    _sign_in(studio, "creator@demo.test")
    studio.goto("/studio")
    expect(studio.get_by_test_id("pending")).to_have_text(re.compile(r"^\s*52\s*(diamonds)?\s*$"))

    viewer.goto("/wallet")
    expect(viewer.get_by_text("246").first).to_be_visible()  # 350 - 5 - 99
    checked = server.run("ledger", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert re.search(r"entries 3, batches 3, lots 1\s+ok", checked.stdout)
