"""The figures shipped with the module, read from data/*.json."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from largesse.identity.model import Country


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many hits in a sliding window."""

    hits_max: int
    window_s: int


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
def demo_sign_in() -> tuple[str, ...]:
    """The addresses that demo mode offers to sign in with one click."""
    return tuple(_read("demo.json")["sign_in"])
