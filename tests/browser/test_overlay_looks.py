"""What is said with coins, in overlays: drawn cheer marks, and the colours of tiers, which can be read."""

import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .in_room import creator, room
from .people import Person

__all__ = ["creator", "room"]

pytestmark = pytest.mark.browser

# Width, height, scheme, and whether motion is wanted. Alerts first: they leave again.
PAGES = {
    "alerts": (800, 600, "dark", True),
    "chat": (390, 640, "dark", False),
    "ticker": (1440, 80, "light", True),
}

# The contrast of every line of text on the ground it stands on, by WCAG's formula; marks are drawings with a number.
_CONTRASTS = """() => {
    const light = (css) => css.match(/[\\d.]+/g).slice(0, 3).map((each) => each / 255)
        .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, place) => sum + c * [0.2126, 0.7152, 0.0722][place], 0);
    const found = [];
    for (const box of document.querySelectorAll('.tinted')) {
        for (const part of [box, ...box.querySelectorAll('strong, b, span, p')]) {
            const own = getComputedStyle(part);
            const clear = own.backgroundColor === 'rgba(0, 0, 0, 0)';
            const ground = clear ? getComputedStyle(box).backgroundColor : own.backgroundColor;
            const [low, high] = [light(ground), light(own.color)].sort((a, b) => a - b);
            found.push((high + 0.05) / (low + 0.05));
        }
    }
    return found;
}"""


def opened(page: Page, creator: Person, kind: str) -> None:
    """A new overlay of a kind, whose alerts stay, open in a page."""
    body = {"kind": kind, "name": f"Looks {uuid.uuid4().hex[:6]}"}
    made: dict[str, Any] = creator.call("POST", "/creator/overlays", body)
    if kind == "alerts":
        long = [{**each, "duration_s": 30} for each in made["settings"]["variations"]]
        settings = {**made["settings"], "variations": long}
        creator.call(
            "PUT", f"/creator/overlays/{made['id']}", {"name": made["name"], "settings": settings}
        )
    page.goto(f"{made['overlay_url']}?debug")
    connected(page)


def connected(page: Page) -> None:
    expect(page.get_by_text("Connected, waiting for gifts")).to_be_visible()


def say(person: Person, room: str, what: str, text: str, coins: int) -> None:
    body = {"id": str(uuid.uuid4()), "text": text, "coins": coins}
    person.call("POST", f"/streams/{room}/{what}", body)


def motion(page: Page) -> str:
    """How the drawing of the first mark moves."""
    name: str = page.locator(".tinted svg.wave").first.evaluate(
        "each => getComputedStyle(each).animationName"
    )
    return name


def test_cheers_are_drawn_and_paid_lines_have_the_colour_of_their_tier(
    server: DemoServer, visitor: VisitorMaker, creator: Person, room: str
) -> None:
    pages = {}
    for kind, (width, height, scheme, moves) in PAGES.items():
        pages[kind] = visitor(width=width, height=height, scheme=scheme, still=not moves)
        opened(pages[kind], creator, kind)
    una = Person.join(server.url, "Una")
    una.top_up(350)
    say(una, room, "cheers", "what a night cheer100 glow5", 105)
    for kind, page in pages.items():
        mark = page.locator(".tinted", has_text="what a night").first
        expect(mark.locator("svg.wave").first).to_be_visible()
        expect(mark).to_contain_text("coins cheer")
        expect(mark).not_to_contain_text("cheer100")
        assert motion(page).endswith("wave") is PAGES[kind][3], kind
    pages["alerts"].reload()  # what was on screen is not shown again
    connected(pages["alerts"])
    say(una, room, "paid-messages", "Once more", 100)
    for kind, page in pages.items():
        paid = page.locator(".tinted", has_text="Once more").first
        expect(paid).to_be_visible()
        expect(paid).to_have_css("background-color", "rgb(23, 98, 0)")
        contrasts = page.evaluate(_CONTRASTS)
        assert contrasts
        assert min(contrasts) >= 4.5, kind
