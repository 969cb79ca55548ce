"""In the room: what one viewer gives, says and pays for is what the others see, until a moderator takes it down."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .in_room import chat_log, creator, enter_room, room
from .people import Person
from .test_refusals import open_gifts

__all__ = ["creator", "room"]

pytestmark = pytest.mark.browser


def _say(page: Page, text: str) -> None:
    page.get_by_label("Chat message").fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Chat message")).to_have_value("")


def _name(name: str) -> str:
    return f"{name}{uuid.uuid4().hex[:5]}"


def test_what_a_viewer_gives_and_pays_for_reaches_the_others(
    server: DemoServer, visitor: VisitorMaker, room: str
) -> None:
    giver = Person.join(server.url, _name("Ana"))
    giver.top_up(350)
    page, other = visitor(), visitor(width=1440, height=900)
    enter_room(page, giver, room)
    enter_room(other, Person.join(server.url, "Bo"), room)

    _give_a_streak(page, other, giver, room)
    coins = giver.coins()

    # A paid message: on top, in its colour, and in the chat.
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Paid message or cheer").click()
    page.get_by_role("button", name="Paid message stays").click()
    expect(page.get_by_text("stay given")).to_be_visible()
    page.get_by_role("group", name="Coins").get_by_text("50", exact=True).click()
    page.get_by_label("Your message").fill("Play it again")
    page.get_by_role("button", name=re.compile("^Pay and send · 50")).click()
    expect(chat_log(other).get_by_text("Play it again")).to_be_visible()
    # Dearer ones of others may stand before it.
    top = other.get_by_role("group", name="Paid messages on top")
    top.get_by_role("button").first.click()
    cards = other.get_by_role("dialog", name="On top of the chat").locator("li")
    mine = cards.filter(has_text=giver.display_name)
    expect(mine).to_contain_text("Play it again")
    other.keyboard.press("Escape")
    expect(mine).to_be_hidden()
    assert giver.coins() == coins - 50

    # A cheer: its marks are drawings, its price is on the button.
    page.get_by_label("Chat message").fill("go cheer10 glow5")
    page.get_by_role("button", name=re.compile("Cheer with.*15")).click()
    mine = chat_log(other).locator(".entry", has_text=giver.display_name)
    cheer = mine.filter(has_text="go").locator(".mark")
    expect(cheer).to_have_count(2)
    assert giver.coins() == coins - 65


def _give_a_streak(page: Page, other: Page, giver: Person, room: str) -> None:
    """One card that counts, one line."""
    open_gifts(page)
    hold = page.get_by_role("button", name="Hold to send a streak")
    hold.hover()
    page.mouse.down()
    several = re.compile(r"Streak, ([4-9]|\d{2,}) sent")
    expect(page.get_by_role("button", name=several)).to_be_visible()
    card = other.locator(".lanes li", has_text=giver.display_name)
    line = chat_log(other).locator(".entry", has_text=f"{giver.display_name} sent")
    expect(card).to_have_count(1)
    page.mouse.up()
    ended = _streak_ends(giver, other, room)
    expect(line).to_have_count(len(ended))  # one, unless the machine lost its breath meanwhile
    for streak in ended:
        expect(line.filter(has_text=f"×{streak['count']}").first).to_be_visible()


def _streak_ends(person: Person, page: Page, room: str) -> list[dict[str, int]]:
    """The totals that the server closed the person's streaks with, which hold all that was given of 350 coins."""
    for _ in range(200):
        events = person.call("GET", f"/streams/{room}/events?limit=100")["items"]
        totals = [one["total"] for one in events if one["type"] == "streak_end"]
        ended = [one for one in totals if one["sender"]["display_name"] == person.display_name]
        if ended and sum(one["coins"] for one in ended) == 350 - person.coins():
            return ended
        page.wait_for_timeout(100)
    raise AssertionError("the streak was never ended")


def test_a_creator_runs_the_chat_and_reaches_a_goal(
    server: DemoServer, visitor: VisitorMaker, room: str, creator: Person
) -> None:
    giver = Person.join(server.url, _name("Eve"))
    giver.top_up(350)
    mine, other = visitor(width=1440, height=900), visitor()
    enter_room(mine, creator, room)
    enter_room(other, giver, room)
    word = uuid.uuid4().hex[:8]

    # Removed: gone at the other viewer, too.
    _say(other, f"rude {word}")
    entry = chat_log(mine).locator(".entry", has_text=word)
    entry.hover()
    entry.get_by_role("button", name=re.compile("More about the line")).click()
    mine.get_by_role("button", name="Remove the message").click()
    expect(chat_log(other).get_by_text(word)).to_be_hidden()
    expect(chat_log(other).get_by_text("removed by a moderator").last).to_be_visible()

    # A goal: its bar fills while gifts come, and is reached.
    goal = {
        "id": str(uuid.uuid4()),
        "title": f"Goal {word}",
        "parts": [{"gift": "rose", "target": 4}],
    }
    creator.call("POST", f"/streams/{room}/goals", goal)
    expect(other.get_by_role("button", name=f"Goal: Goal {word}, 0 percent")).to_be_visible()
    giver.give(room, "rose", 2)
    expect(other.get_by_role("button", name=f"Goal: Goal {word}, 50 percent")).to_be_visible()
    giver.give(room, "rose", 2)
    expect(other.get_by_text("Goal reached!")).to_be_visible()  # only for a moment
    expect(other.get_by_role("button", name=f"Goal: Goal {word}, 100 percent")).to_be_visible()

    # Muted: says so instead of taking words.
    _say(other, f"more {word}")
    entry = chat_log(mine).locator(".entry", has_text=f"more {word}")
    entry.hover()
    entry.get_by_role("button", name=re.compile("More about the line")).click()
    mine.get_by_role("button", name="Mute for 10 minutes").click()
    expect(other.get_by_placeholder("You are muted for 10 min")).to_be_disabled()
