"""In the room: too few coins, a page that is loaded again, and a viewer who wants no motion."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.asking import ask

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter, live_room
from .test_refusals import choose_gift, open_gifts

pytestmark = pytest.mark.browser
ROOM_OF = "Ines Okafor"


def test_too_few_coins_lead_over_the_top_up_back_to_the_same_gift(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    viewer = Person.join(server.url, "Lou")
    page = visitor()
    enter(page, viewer)
    room = f"/live/{live_room(server.url, ROOM_OF)}"
    page.goto(room)
    open_gifts(page)
    choose_gift(page, "Bigger", "Corgi")
    page.get_by_role("button", name=re.compile("Top up to send Corgi")).click()
    sheet = page.get_by_role("dialog", name="Top up")
    expect(sheet.get_by_role("radio", name=re.compile(r"\b350\b"))).to_be_checked()
    sheet.get_by_role("button", name=re.compile("^Pay")).click()
    sheet.get_by_role("button", name="4242 4242 4242 4242").click()
    sheet.get_by_role("button", name=re.compile("^Pay")).click()
    sheet.get_by_role("button", name="Back to the gift").click()
    expect(sheet).to_be_hidden()
    expect(page).to_have_url(re.compile(f"{room}$"))
    expect(page.get_by_role("radio", name=re.compile("^Corgi"))).to_be_checked()
    page.get_by_role("button", name=re.compile("^Send Corgi")).click()
    expect(page.get_by_role("log", name="Chat").get_by_text("sent Corgi")).to_be_visible()
    assert viewer.coins() == 350 - 299


def _lines(page: Page, mark: str) -> list[str]:
    """The chat lines of this test, newest last."""
    lines = page.get_by_role("log", name="Chat").get_by_text(mark).all_inner_texts()
    return list(reversed(lines))


def test_a_room_loaded_again_loses_and_repeats_nothing(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    mark = uuid.uuid4().hex[:8]
    page = visitor()
    enter(page, Person.join(server.url, "Ray"))
    page.goto(f"/live/{live_room(server.url, ROOM_OF)}")
    log = page.get_by_role("log", name="Chat")

    def say(number: int) -> None:
        page.get_by_label("Chat message").fill(f"{mark} {number}")
        page.keyboard.press("Enter")
        expect(log.get_by_text(f"{mark} {number}")).to_be_visible()
        # Until it is answered nothing else goes out.
        expect(page.get_by_label("Chat message")).to_have_value("")

    for number in (1, 2, 3):
        say(number)
    page.reload()
    expect(log.get_by_text(f"{mark} 3")).to_be_visible()
    say(4)
    assert _lines(page, mark) == [f"{mark} {number}" for number in (1, 2, 3, 4)]


_MOVING = """() => document.getAnimations().filter((each) => {
    const target = each.effect?.target;
    const time = each.effect?.getComputedTiming();
    return target?.closest('.gifts') && time && time.duration > 50;
}).length"""


@pytest.mark.parametrize("still", [True, False], ids=["reduced", "usual"])
def test_gifts_stand_still_for_whoever_wants_no_motion(
    server: DemoServer, visitor: VisitorMaker, still: bool
) -> None:
    giver = Person.join(server.url, "Sol")
    giver.top_up(350)
    room = live_room(server.url, ROOM_OF)
    page = visitor(still=still)
    frames: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda one: frames.append(one)))
    page.goto(f"/live/{room}")
    expect(page.get_by_role("log", name="Chat")).to_be_visible()
    # Only what comes after the snapshot is shown on the stage.
    for _ in range(200):
        if any("snapshot" in str(frame) for frame in frames):
            break
        page.wait_for_timeout(100)
    giver.give(room, "paper-crane")
    expect(page.locator(".gifts .lanes img[src*='paper-crane']")).to_be_visible()
    moving = page.evaluate(_MOVING)
    assert (moving == 0) is still
    drawing = ask("GET", f"{server.url}/art/gifts/paper-crane.svg").text
    assert "prefers-reduced-motion" in drawing  # what moves inside the drawing
