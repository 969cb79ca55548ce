"""A demo creator's live room: the fixtures of tests in it, and what is found on its page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import DemoServer
from .people import Person, cancel_goals, enter, live_room

ROOM_OF = "Ines Okafor"
_EMAIL = "ines@demo.test"


@pytest.fixture
def creator(server: DemoServer) -> Person:
    """Whose room it is."""
    return Person.known(server.url, _EMAIL)


@pytest.fixture
def room(server: DemoServer, creator: Person) -> Iterator[str]:
    """The room's id; goals that a test sets are gone after it."""
    found = live_room(server.url, ROOM_OF)
    yield found
    cancel_goals(creator, found)


def enter_room(page: Page, person: Person, room: str) -> None:
    """In the room, with its snapshot on screen."""
    enter(page, person)
    page.goto(f"/live/{room}")
    expect(page.get_by_label("Chat message")).to_be_enabled()
    expect(page.get_by_text("Entering the room")).to_be_hidden()


def chat_log(page: Page) -> Locator:
    """The chat of the room."""
    return page.get_by_role("log", name="Chat")
