"""What a creator does in the studio."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from .conftest import DemoServer, VisitorMaker
from .people import Person, enter, live_room

pytestmark = pytest.mark.browser


@pytest.fixture
def creator(server: DemoServer) -> Iterator[Person]:
    """A demo creator, who is live and takes gifts again afterwards."""
    person = Person.known(server.url, "theo@demo.test")
    yield person
    person.call("POST", "/creator/gifting", {"enabled": True})
    if person.call("GET", "/creator/streams?limit=1")["items"][0]["state"] != "live":
        person.call("POST", "/streams", {"title": "Rye"})


def test_a_creator_ends_and_starts_a_stream_and_switches_gifts(
    server: DemoServer, visitor: VisitorMaker, creator: Person
) -> None:
    page = visitor()
    enter(page, creator)
    page.goto("/studio")
    page.get_by_role("button", name="End stream").click()
    dialog = page.get_by_role("dialog", name="End the stream?")
    dialog.get_by_role("button", name="End stream").click()
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_text("Say what it is about.")).to_be_visible()
    page.get_by_label("Title of your stream").fill("Rye, second try")
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("heading", name="You are live")).to_be_visible()
    room = live_room(server.url, "Theo Marsh")
    expect(page.get_by_role("link", name="Open the room")).to_have_attribute(
        "href", f"/live/{room}"
    )

    switch = page.get_by_role("switch", name="Receive gifts")
    switch.uncheck(force=True)
    expect(page.get_by_text("Viewers cannot send you gifts.")).to_be_visible()
    assert creator.call("GET", f"/streams/{room}")["gifting"] is False
    switch.check(force=True)
    expect(page.get_by_text("Viewers can send you gifts.")).to_be_visible()
    assert creator.call("GET", f"/streams/{room}")["gifting"] is True


def test_a_viewer_becomes_a_creator_and_sees_what_is_missing(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    page = visitor()
    enter(page, Person.join(server.url, "Nell"))
    page.goto("/studio")
    page.get_by_role("button", name="Become a creator").click()
    expect(page.get_by_text("1,000 followers; you have 0").first).to_be_visible()
    expect(page.get_by_role("switch", name="Receive gifts")).to_be_disabled()
    expect(page.get_by_text(re.compile("once the 2 open points below are met"))).to_be_visible()
