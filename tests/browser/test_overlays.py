"""Overlays in browsers: alerts once, tests, approval, a new link, and the studio's page for them."""

import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .in_room import creator, room
from .people import Person, enter

__all__ = ["creator", "room"]

pytestmark = pytest.mark.browser


@pytest.fixture
def box(creator: Person) -> Iterator[dict[str, Any]]:
    """An alert box of the test's own, whose alerts are short."""
    name = f"Box {uuid.uuid4().hex[:6]}"
    made = creator.call("POST", "/creator/overlays", {"kind": "alerts", "name": name})
    yield change(creator, made, variations=lasting(made, 2), pause_ms=0)
    creator.call("DELETE", f"/creator/overlays/{made['id']}")


def lasting(overlay: dict[str, Any], duration_s: int) -> list[dict[str, Any]]:
    """Its variations, with alerts that stay for so long."""
    return [{**each, "duration_s": duration_s} for each in overlay["settings"]["variations"]]


def change(creator: Person, overlay: dict[str, Any], **settings: Any) -> dict[str, Any]:
    body = {"name": overlay["name"], "settings": {**overlay["settings"], **settings}}
    changed: dict[str, Any] = creator.call("PUT", f"/creator/overlays/{overlay['id']}", body)
    return changed


def giver(server: DemoServer, name: str, coins: int = 70) -> Person:
    person = Person.join(server.url, name)
    person.top_up(coins)
    return person


# Every alert that was ever on screen since the page was loaded, however short its turn was.
_WATCH = """() => {
    window.shown = [];
    new MutationObserver(() => {
        const text = document.querySelector('.alert-box .line')?.textContent.trim();
        if (text && window.shown.at(-1) !== text) window.shown.push(text);
    }).observe(document, { childList: true, subtree: true, characterData: true });
}"""


def watch(page: Page, overlay: dict[str, Any]) -> None:
    """Open an overlay and note what it shows."""
    page.add_init_script(f"({_WATCH})()")
    page.goto(f"{overlay['overlay_url']}?debug")
    expect(page.get_by_text("Connected, waiting for gifts")).to_be_visible()


def shows(page: Page, text: str) -> None:
    page.wait_for_function(f"() => window.shown.some((each) => each.includes({text!r}))")


def test_an_overlay_loaded_again_shows_nothing_twice_and_misses_nothing(
    server: DemoServer,
    visitor: VisitorMaker,
    creator: Person,
    box: dict[str, Any],
    room: str,
) -> None:
    change(creator, box, variations=lasting(box, 30))  # Uma's is on screen until the page is left
    uma, vic, wim = (giver(server, name) for name in ("Uma", "Vic", "Wim"))
    page = visitor(width=800, height=600, still=False)
    watch(page, box)
    uma.give(room, "rose", 3)
    shows(page, "Uma")
    vic.give(room, "tulip")
    page.goto("about:blank")
    change(creator, box, variations=lasting(box, 2))
    wim.give(room, "rose", 2)
    page.goto(f"{box['overlay_url']}?debug")
    shows(page, "Wim")
    # Uma's comes before the others: had it been repeated, it would have been shown by now.
    assert page.evaluate("window.shown") == ["Vic sent Tulip ×1", "Wim sent Rose ×2"]


def test_a_streak_is_one_alert_that_counts_up(
    server: DemoServer, visitor: VisitorMaker, box: dict[str, Any], room: str
) -> None:
    xena = giver(server, "Xena")
    page = visitor(width=800, height=600)
    watch(page, box)
    rose = {"gift": "rose", "count": 1, "streak": str(uuid.uuid4())}
    beats = [{"id": str(uuid.uuid4()), **rose} for _ in range(3)]
    # All at once: a busy machine might need longer for each than a streak waits for the next.
    with ThreadPoolExecutor(len(beats)) as threads:
        list(threads.map(partial(xena.call, "POST", f"/streams/{room}/gifts"), beats))
    shows(page, "×3")
    expect(page.locator(".alert")).to_have_count(0)
    seen = [text for text in page.evaluate("window.shown") if "Xena" in text]
    assert seen[-1] == "Xena sent Rose ×3"
    assert seen == sorted(set(seen), key=seen.index)


def test_the_studio_tests_changes_and_rotates_an_open_overlay(
    server: DemoServer, visitor: VisitorMaker, creator: Person, box: dict[str, Any]
) -> None:
    page = visitor(width=800, height=600, still=False)
    watch(page, box)
    studio = visitor(width=1440, height=900)
    enter(studio, creator)
    studio.goto("/studio/overlays")
    studio.locator("label", has_text=box["name"]).click()
    studio.get_by_role("button", name="Send a test alert").click()
    shows(page, "Robin")

    template = studio.get_by_label("Text", exact=True).first
    template.fill("Thank you, {name}")
    expect(studio.get_by_test_id("preview").get_by_text("Thank you,")).to_be_visible()
    studio.get_by_role("button", name="Save", exact=True).click()
    expect(studio.get_by_text("Open overlays show it already.", exact=True)).to_be_visible()
    studio.get_by_role("button", name="Send a test alert").click()
    shows(page, "Thank you, Robin")

    link = studio.get_by_test_id("overlay-link")
    expect(link).to_contain_text("Hidden")
    studio.get_by_role("button", name="Show the link").click()
    expect(link).to_have_text(box["overlay_url"])
    studio.get_by_role("button", name="New link").click()
    studio.get_by_role("dialog").get_by_role("button", name="Make a new link").click()
    expect(page.get_by_text(re.compile("not valid any more"))).to_be_visible()
    expect(link).not_to_have_text(box["overlay_url"])
    assert page.request.get(f"/v1/overlays/{box['overlay_url'].rsplit('/', 1)[-1]}").status == 404


def test_alerts_wait_for_the_creator(
    server: DemoServer, visitor: VisitorMaker, creator: Person, box: dict[str, Any], room: str
) -> None:
    change(creator, box, hold=True)
    yara, zoe = giver(server, "Yara"), giver(server, "Zoe")
    page = visitor(width=800, height=600)
    watch(page, box)
    yara.give(room, "rose", 2)
    zoe.give(room, "rose", 4)
    studio = visitor(width=390)
    enter(studio, creator)
    studio.goto("/studio/overlays")
    studio.locator("label", has_text=box["name"]).click()
    waiting = studio.locator("li", has_text="Yara")
    expect(waiting).to_be_visible()
    studio.reload()
    studio.locator("label", has_text=box["name"]).click()
    expect(waiting).to_be_visible()
    waiting.get_by_role("button", name="Skip").click()
    expect(waiting).to_have_count(0)
    assert page.evaluate("window.shown") == []
    studio.locator("li", has_text="Zoe").get_by_role("button", name="Show").click()
    shows(page, "Zoe")
    page.reload()
    expect(page.get_by_text("Connected, waiting for gifts")).to_be_visible()
    again = giver(server, "Abe")
    again.give(room, "rose", 5)
    abe = studio.locator("li", has_text="Abe")
    abe.get_by_role("button", name="Show").click()
    shows(page, "Abe")
    assert page.evaluate("window.shown") == ["Abe sent Rose ×5"]
