"""Every page: usable with assistive technology in both themes, and nothing jumps while it loads."""

import re
from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter, live_room
from .quality import SHIFT_MAX, obstacles, settle, shifts, watch_shifts
from .test_refusals import open_gifts

pytestmark = pytest.mark.browser

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


def _open_gifts(page: Page) -> None:
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
    "room": _room,
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
# They are come to by clicks, and wait for the server.
_MOVED_BY_HAND = ("checkout", "order")


@pytest.fixture(scope="module")
def member(server: DemoServer) -> Person:
    """Somebody with a past: a top-up, a gift, and a studio."""
    person = Person.join(server.url, "Maya")
    person.top_up(350)
    person.give(live_room(server.url, "Ines Okafor"), "rose", 5)
    person.call("POST", "/creator")
    return person


@pytest.mark.parametrize(
    ("width", "schemes"), [(390, ("dark", "light")), (1440, ("light",))], ids=["phone", "wide"]
)
def test_no_page_jumps_or_stands_in_the_way_of_assistive_technology(
    server: DemoServer,
    visitor: VisitorMaker,
    member: Person,
    width: int,
    schemes: tuple[Literal["dark", "light"], ...],
) -> None:
    page = visitor(width=width, scheme=schemes[0], still=False)
    enter(page, member)
    watch_shifts(page)
    found: dict[str, Any] = {}
    for name, visit in PAGES.items():
        page.emulate_media(color_scheme=schemes[0], reduced_motion="no-preference")
        visit(page, server)
        if name not in _MOVED_BY_HAND:
            if name != "room":  # where something always comes
                page.wait_for_load_state("networkidle")
            moved = shifts(page)
            if sum(each["value"] for each in moved) >= SHIFT_MAX:
                found[f"{name} jumps"] = moved
        if name == "room":
            _open_gifts(page)
        # In the second colour the page is the same but for its contrasts.
        for scheme, rules in zip(schemes, (None, ["color-contrast"]), strict=False):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            settle(page)
            if met := obstacles(page, rules):
                found[f"{name} in {scheme}"] = met
    assert found == {}
