"""Every page: usable with assistive technology in both themes, and nothing jumps while it loads."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter, live_room
from .test_refusals import open_gifts

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
SHIFT_MAX = 0.1
_RULES = """async () => {
    const found = await axe.run(document, { resultTypes: ['violations'] });
    return found.violations
        .filter((each) => each.impact === 'serious' || each.impact === 'critical')
        .map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
}"""
_SHIFTS = """() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
            if (!entry.hadRecentInput) window.shifts.push({
                value: entry.value,
                what: entry.sources.map((each) => each.node?.outerHTML?.slice(0, 120)),
            });
    }).observe({ type: 'layout-shift', buffered: true });
}"""

Visit = Callable[[Page, DemoServer], None]


def _goto(path: str, ready: str) -> Visit:
    def visit(page: Page, _: DemoServer) -> None:
        page.goto(path)
        expect(page.get_by_text(ready).first).to_be_visible()

    return visit


def _room(page: Page, server: DemoServer) -> None:
    page.goto(f"/live/{live_room(server.url, 'Ines Okafor')}")
    expect(page.get_by_role("button", name="Send a gift").first).to_be_visible()
    expect(page.get_by_text("Entering the room…")).to_be_hidden()


def _gifts(page: Page, server: DemoServer) -> None:
    _room(page, server)
    open_gifts(page)
    expect(page.get_by_role("radio", name=re.compile("^Rose"))).to_be_attached()


def _checkout(page: Page, _: DemoServer) -> None:
    page.goto("/recharge")
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_label("Card number")).to_be_visible()


def _order(page: Page, _: DemoServer) -> None:
    page.goto("/wallet#orders")
    page.get_by_role("row").filter(has_text="Done").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()


def _receipt(page: Page, _: DemoServer) -> None:
    page.goto("/wallet")
    page.get_by_role("link", name="Rose").first.click()
    expect(page.get_by_role("heading", name="Where your money went")).to_be_visible()


def _lot(page: Page, _: DemoServer) -> None:
    page.goto("/wallet/lots")
    page.get_by_role("link").filter(has_text="350 coins").first.click()
    expect(page.get_by_role("row").filter(has_text="Rose")).to_be_visible()


PAGES: dict[str, Visit] = {
    "home": _goto("/", "Sketching whoever writes in chat"),
    "room": _gifts,
    "recharge": _goto("/recharge", "You pay"),
    "checkout": _checkout,
    "order": _order,
    "wallet": _goto("/wallet", "Rose"),
    "receipt": _receipt,
    "lots": _goto("/wallet/lots", "Spent"),
    "lot": _lot,
    "statement": _goto("/wallet/statements", "Top-up"),
    "studio": _goto("/studio", "Gifts received"),
    "earnings": _goto("/studio/statements", "A quiet month"),
    "chat rules": _goto("/studio/chat", "Blocked words"),
    "goals": _goto("/studio/goals", "Go live first"),
    "supporters": _goto("/studio/supporters", "No supporters in these 30 days"),
    "overlays": _goto("/studio/overlays", "Link for OBS"),
    "sign-in": _goto("/sign-in", "Look around as"),
}
CALM: dict[str, Visit] = {**PAGES, "room": _room}


@pytest.fixture(scope="module")
def member(server: DemoServer) -> Person:
    """Somebody with a past: a top-up, a gift, and a studio."""
    person = Person.join(server.url, "Maya")
    person.top_up(350)
    person.give(live_room(server.url, "Ines Okafor"), "rose", 5)
    person.call("POST", "/creator")
    return person


def _settle(page: Page) -> None:
    """Until every entrance has ended: half-faded words have no contrast."""
    page.wait_for_function(
        """() => document.getAnimations().every((each) =>
            each.playState !== 'running' || each.effect?.getComputedTiming().iterations === Infinity)"""
    )


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_assistive_technology_meets_no_serious_obstacle(
    server: DemoServer, visitor: VisitorMaker, member: Person, scheme: str
) -> None:
    page = visitor(scheme=scheme, still=True)
    enter(page, member)
    axe = AXE.read_text()
    found: dict[str, Any] = {}
    for name, visit in PAGES.items():
        visit(page, server)
        _settle(page)
        page.evaluate(axe)
        found[name] = page.evaluate(_RULES)
    assert {name: each for name, each in found.items() if each} == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_jumps_while_a_page_loads(
    server: DemoServer, visitor: VisitorMaker, member: Person, width: int
) -> None:
    page = visitor(width=width)
    enter(page, member)
    page.add_init_script(f"({_SHIFTS})()")
    jumps: dict[str, Any] = {}
    for name in (each for each in CALM if each not in ("checkout", "order")):
        CALM[name](page, server)
        page.wait_for_load_state("networkidle") if name != "room" else None
        shifts = page.evaluate("window.shifts")
        if sum(each["value"] for each in shifts) >= SHIFT_MAX:
            jumps[name] = shifts
    assert jumps == {}
