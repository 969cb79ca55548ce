"""The whole show: what a viewer gives in a room, as another viewer, the creator's overlay and the studio see it."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.asking import ask

from .conftest import DemoServer, VisitorMaker
from .in_room import chat_log, creator, enter_room, room
from .people import Person, enter
from .test_refusals import choose_gift, open_gifts

__all__ = ["creator", "room"]

pytestmark = pytest.mark.browser

ROSES = 30

# Every alert that was ever on screen, and how often the box began another one.
_WATCH = """() => {
    window.shown = [];
    window.boxes = new Set();
    new MutationObserver(() => {
        const box = document.querySelector('.alert-box .alert');
        const text = box?.querySelector('.line')?.textContent.trim();
        if (!text) return;
        window.boxes.add(box);
        if (window.shown.at(-1) !== text) window.shown.push(text);
    }).observe(document, { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture
def overlay(creator: Person, visitor: VisitorMaker) -> Iterator[Page]:
    """An alert box of the test's own, open and watched."""
    name = f"Show {uuid.uuid4().hex[:6]}"
    made = creator.call("POST", "/creator/overlays", {"kind": "alerts", "name": name})
    page = visitor(width=800, height=600, still=False)
    page.add_init_script(f"({_WATCH})()")
    page.goto(f"{made['overlay_url']}?debug")
    expect(page.get_by_text("Connected, waiting for gifts")).to_be_visible()
    yield page
    creator.call("DELETE", f"/creator/overlays/{made['id']}")


def _set_goal(page: Page, creator: Person, title: str) -> None:
    """In the studio: thirty roses."""
    enter(page, creator)
    page.goto("/studio/goals")
    page.get_by_label("What for").fill(title)
    page.get_by_label("What counts").select_option(label="Rose")
    page.get_by_label("How many").fill(str(ROSES))
    page.get_by_role("button", name="Set the goal").click()
    card = page.locator(".card", has=page.get_by_role("heading", name=title))
    expect(card.get_by_role("progressbar", name="Rose")).to_have_attribute(
        "aria-valuetext", f"0 of {ROSES}"
    )


def _ends(person: Person, room: str) -> list[dict[str, Any]]:
    """The totals that the server closed the person's streaks with."""
    events = person.call("GET", f"/streams/{room}/events?limit=100")["items"]
    totals = [one["total"] for one in events if one["type"] == "streak_end"]
    return [one for one in totals if one["sender"]["display_name"] == person.display_name]


def test_thirty_roses_are_one_streak_for_everybody_and_reach_a_goal(
    server: DemoServer, visitor: VisitorMaker, room: str, creator: Person, overlay: Page
) -> None:
    title = f"Encore {uuid.uuid4().hex[:6]}"
    studio = visitor(width=1440, height=900)
    _set_goal(studio, creator, title)
    giver = Person.join(server.url, f"Rosa{uuid.uuid4().hex[:4]}")
    giver.top_up(70)
    page, other = visitor(), visitor(width=1440, height=900, scheme="light")
    enter_room(page, giver, room)
    enter_room(other, Person.join(server.url, "Bo"), room)

    open_gifts(page)
    choose_gift(page, "Small", "Rose")
    page.get_by_role("group", name="How many").get_by_text("10", exact=True).click()
    beat = page.get_by_role("button", name=re.compile("^(Hold to send a|Streak)"))
    # Clicks as assistive technology sends them: a busy machine might hold a key long enough for another gift. And
    # without waiting in between: it might need longer for an answer than a streak waits for the next gift.
    for _ in range(ROSES // 10):
        beat.dispatch_event("click")

    line = chat_log(other).locator(".entry", has_text=giver.display_name)
    expect(line).to_have_count(1)
    expect(line).to_contain_text(f"×{ROSES}")
    overlay.wait_for_function(f"() => window.shown.some((each) => each.includes('×{ROSES}'))")
    bar = other.get_by_role("button", name=re.compile(rf"Goal: {title}, 100 percent"))
    expect(bar).to_contain_text("reached")
    card = studio.locator(".card", has=studio.get_by_role("heading", name=title))
    expect(card.get_by_text("Reached")).to_be_visible()

    for _ in range(200):
        if _ends(giver, room):
            break
        page.wait_for_timeout(100)
    assert [(one["count"], one["coins"]) for one in _ends(giver, room)] == [(ROSES, ROSES)]
    expect(line).to_have_count(1)
    alerts = [text for text in overlay.evaluate("window.shown") if giver.display_name in text]
    assert alerts[-1] == f"{giver.display_name} sent Rose ×{ROSES}"
    # One that counted up, not one for each of its gifts; the goal has another.
    assert overlay.evaluate("window.boxes.size") <= 2
    assert giver.coins() == 70 - ROSES


def test_a_paid_message_at_each_tier_is_on_top_the_dearest_first(
    server: DemoServer, visitor: VisitorMaker, room: str
) -> None:
    tiers = ask("GET", f"{server.url}/v1/paid-messages").raise_for_status().json()["paid_tiers"]
    prices = [tier["coins_min"] for tier in tiers]
    giver = Person.join(server.url, f"Gil{uuid.uuid4().hex[:4]}")
    for _ in range(2):  # new accounts buy little at a time
        giver.top_up(7000)
    page, other = visitor(), visitor(width=1440, height=900)
    enter_room(other, Person.join(server.url, "Bo"), room)
    # By hand once, the others as programs do: the room shows them alike.
    enter_room(page, giver, room)
    page.get_by_role("button", name="Paid message or cheer").click()
    page.get_by_role("button", name="Paid message stays").click()
    page.get_by_label("Coins for the message").fill(str(prices[-1]))
    page.get_by_label("Your message").fill(f"Tier of {prices[-1]}")
    page.get_by_role("button", name=re.compile("^Pay and send")).click()
    for price in prices[:-1]:
        body = {"id": str(uuid.uuid4()), "coins": price, "text": f"Tier of {price}"}
        giver.call("POST", f"/streams/{room}/paid-messages", body)

    for price in prices:
        expect(chat_log(other).get_by_text(f"Tier of {price}", exact=True)).to_be_visible()
    stack = other.get_by_role("group", name="Paid messages on top")
    expect(stack.get_by_role("button").first).to_contain_text(f"Tier of {prices[-1]}")
    stack.get_by_role("button").first.click()
    cards = other.get_by_role("dialog", name="On top of the chat").locator("li")
    mine = cards.filter(has_text=giver.display_name)
    pinned = [tier["coins_min"] for tier in reversed(tiers) if tier["pin_s"]]
    expect(mine).to_have_count(len(pinned))
    for card, price in zip(mine.all(), pinned, strict=True):
        expect(card).to_contain_text(f"Tier of {price}")
    assert giver.coins() == 14_000 - sum(prices)
