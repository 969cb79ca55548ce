"""The demo's people and rooms, read from data/demo.json, and its history, read from data/history.json."""

from functools import cache
from importlib.resources import files

from largesse.goals import NewGoalPart
from largesse.types import Schema


class DemoUser(Schema):
    """One person; `followers` guests are made to follow a creator."""

    email: str
    display_name: str
    country: str
    birth_date: str
    roles: list[str]
    followers: int


class DemoGoal(Schema):
    """What a creator wants to reach in a room."""

    title: str
    parts: list[NewGoalPart]


class DemoStream(Schema):
    """One live room; `video`: with the demonstration's own picture."""

    creator: str
    title: str
    video: bool = False
    goal: DemoGoal | None = None


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


class Buyer(Schema):
    """Somebody who buys coins and gives; `weight` says how often."""

    email: str
    package_coins: int
    weight: int


class Show(Schema):
    """A creator's regular stream; days of the week from Monday (0), the hour in UTC."""

    creator: str
    weekdays: list[int]
    hour: int
    titles: list[str]


class Incident(Schema):
    """What happens to a buyer's newest purchase on a day of the history."""

    day: int
    email: str
    outcome: str


class HistoryData(Schema):
    """The whole file: `gifts` and `counts` say how often each is chosen."""

    days: int
    seed: int
    viewers: list[DemoUser]
    buyers: list[Buyer]
    shows: list[Show]
    show_minutes: int
    gifts_min: int
    gifts_max: int
    gifts: dict[str, int]
    counts: dict[int, int]
    messages: list[str]
    message_percent: int
    incidents: list[Incident]


@cache
def load() -> DemoData:
    """The shipped file."""
    return DemoData.model_validate_json((files("largesse.demo") / "data/demo.json").read_bytes())


@cache
def load_history() -> HistoryData:
    """The shipped file."""
    data = (files("largesse.demo") / "data/history.json").read_bytes()
    return HistoryData.model_validate_json(data)
