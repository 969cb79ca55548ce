"""What a creator sets for his rooms in the studio, and who his supporters are."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter, live_room

pytestmark = pytest.mark.browser

CREATOR = "theo@demo.test"
ROOM_OF = "Theo Marsh"


@pytest.fixture
def newcomer(server: DemoServer) -> Person:
    """A creator of the test's own, whose chats nobody else is in."""
    person = Person.join(server.url, "Cy")
    person.call("POST", "/creator")
    return person


def test_a_creator_sets_rules_and_words_and_lifts_a_ban(
    server: DemoServer, visitor: VisitorMaker, newcomer: Person
) -> None:
    creator = newcomer
    word = f"w{uuid.uuid4().hex[:6]}"
    barred = Person.join(server.url, f"Max{word}")
    user_id = barred.call("GET", "/me")["id"]
    creator.call("POST", "/creator/bans", {"user_id": user_id})
    page = visitor()
    enter(page, creator)
    page.goto("/studio/chat")
    page.get_by_role("switch", name="Followers only").check(force=True)
    page.get_by_label("Slow mode").select_option("10")
    page.get_by_label("A word to block").fill(f"{word}, {word}, buy {word}*")
    page.get_by_role("button", name="Block", exact=True).click()
    chip = page.get_by_role("list", name="Blocked words").get_by_role("button")
    expect(chip.filter(has_text=f"buy {word}*")).to_be_visible()
    chip.filter(has_text=re.compile(rf"^{word}")).click()
    expect(chip.filter(has_text=re.compile(rf"^{word}"))).to_have_count(0)
    rules = creator.call("GET", "/creator/chat-rules")
    assert (rules["followers_only"], rules["slow_mode_s"]) == (True, 10)
    assert f"buy {word}*" in rules["words"]
    assert word not in rules["words"]

    page.get_by_role("button", name=f"Lift the ban of {barred.display_name}").click()
    expect(page.get_by_text(barred.display_name)).to_have_count(0)
    assert all(
        each["user"]["id"] != user_id for each in creator.call("GET", "/creator/bans")["items"]
    )


def test_a_word_that_cannot_be_is_refused_beside_its_field(
    visitor: VisitorMaker, newcomer: Person
) -> None:
    page = visitor(refused=True)
    enter(page, newcomer)
    page.goto("/studio/chat")
    page.get_by_label("A word to block").fill("a*b")
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_text("stands at the end only")).to_be_visible()
    expect(page.get_by_label("A word to block")).to_have_value("a*b")


def test_anybody_is_found_by_name_and_appointed(server: DemoServer, visitor: VisitorMaker) -> None:
    """On a phone, with the keyboard alone; whoever never gave anything too."""
    creator = Person.known(server.url, CREATOR)
    stranger = Person.join(server.url, f"Uma{uuid.uuid4().hex[:6]}")
    page = visitor(refused=True)
    enter(page, creator)
    page.goto("/studio/chat")
    page.get_by_role("button", name="Appoint", exact=True).click()
    sheet = page.get_by_role("dialog", name="Appoint a moderator")
    field = sheet.get_by_label("Find somebody by name")
    field.fill("nobody@demo.test")
    field.press("Enter")
    expect(sheet.get_by_text("never by their e-mail addresses")).to_be_visible()
    field.fill(stranger.display_name[:-1])
    field.press("Enter")
    expect(sheet.get_by_text("Nobody goes by this name")).to_be_visible()
    field.fill(stranger.display_name.upper())
    field.press("Enter")
    appoint = sheet.get_by_role("button", name=f"Appoint {stranger.display_name}")
    expect(appoint).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(appoint).to_be_focused()
    page.keyboard.press("Enter")
    expect(sheet.get_by_text("Done")).to_be_visible()
    field.fill("")
    expect(sheet.get_by_role("heading", name="Your supporters")).to_be_visible()
    names = [
        each["user"]["display_name"] for each in creator.call("GET", "/creator/moderators")["items"]
    ]
    assert stranger.display_name in names
    creator.call("DELETE", f"/creator/moderators/{stranger.call('GET', '/me')['id']}")


def test_a_supporter_becomes_a_moderator_and_is_dismissed(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    creator = Person.known(server.url, CREATOR)
    giver = Person.join(server.url, f"Ida{uuid.uuid4().hex[:5]}")
    giver.top_up(70)
    giver.give(live_room(server.url, ROOM_OF), "rose", 20)
    page = visitor(width=1440, height=900)
    enter(page, creator)
    for _ in range(100):  # the list is added up by a follower
        items = creator.call("GET", "/creator/supporters")["items"]
        if any(each["user"]["display_name"] == giver.display_name for each in items):
            break
        page.wait_for_timeout(100)
    page.goto("/studio/supporters")
    expect(page.get_by_role("row", name=re.compile(giver.display_name))).to_contain_text("20")
    page.get_by_role("navigation", name="Studio").get_by_role("link", name="Chat").click()
    page.get_by_role("button", name="Appoint", exact=True).click()
    sheet = page.get_by_role("dialog", name="Appoint a moderator")
    sheet.get_by_role("button", name=f"Appoint {giver.display_name}").click()
    expect(sheet.get_by_text("Done")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Dismiss {giver.display_name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Dismiss", exact=True).click()
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
    assert creator.call("GET", "/creator/moderators")["items"] == []
