"""The demo's people and rooms, read from data/demo.json."""

from functools import cache
from importlib.resources import files

from largesse.types import Schema


class DemoUser(Schema):
    """One person; `followers` guests are made to follow a creator."""

    email: str
    display_name: str
    country: str
    birth_date: str
    roles: list[str]
    followers: int


class DemoStream(Schema):
    """One live room."""

    creator: str
    title: str


class DemoPost(Schema):
    """One post."""

    creator: str
    caption: str


class DemoData(Schema):
    """The whole file."""

    account_age_days: int
    users: list[DemoUser]
    streams: list[DemoStream]
    posts: list[DemoPost]


@cache
def load() -> DemoData:
    """The shipped file."""
    return DemoData.model_validate_json((files("largesse.demo") / "data/demo.json").read_bytes())
