"""The figures shipped with the module, read from data/*.json."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from largesse.identity.model import Country, Role


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many hits in a sliding window."""

    hits_max: int
    window_s: int


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Someone who exists in demo mode."""

    email: str
    display_name: str
    role: Role
    country: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class DemoData:
    """The demo users, how old their accounts are, and how many follow the creator."""

    users: tuple[DemoUser, ...]
    account_age_days: int
    followers: int


def _read(name: str) -> Any:
    return json.loads(resources.files(__package__).joinpath("data", name).read_text("utf-8"))


def shipped_countries() -> list[Country]:
    """The countries a new database starts with."""
    return [Country(**row) for row in _read("countries.json")["countries"]]


@cache
def limits() -> dict[str, Limit]:
    """Rate limits by name."""
    return {name: Limit(**row) for name, row in _read("limits.json").items()}


@cache
def demo_data() -> DemoData:
    """Who exists in demo mode."""
    raw = _read("demo_users.json")
    users = tuple(DemoUser(**{**row, "role": Role(row["role"])}) for row in raw["users"])
    return DemoData(users, raw["account_age_days"], raw["followers"])
