"""Who people are: users, roles, countries, and the state of their age."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from largesse.types import Schema


class Role(StrEnum):
    """What a user may do beyond watching."""

    VIEWER = "viewer"
    """Everybody: tops up, gives, follows."""
    CREATOR = "creator"
    """Opens rooms and receives gifts."""
    MODERATOR = "moderator"
    """Keeps rooms clean."""
    OPERATOR = "operator"
    """Runs the platform."""


class AgeState(StrEnum):
    """Whether a user may spend, by country and age."""

    ALLOWED = "allowed"
    UNDERAGE = "underage"
    COUNTRY_CLOSED = "country_closed"


class SessionKind(StrEnum):
    """How a session's token reaches us; one kind is never taken for the other."""

    COOKIE = "cookie"
    BEARER = "bearer"


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account."""

    id: UUID
    display_name: str
    country: str
    birth_date: date
    roles: frozenset[Role]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Country:
    """Where coins may be bought and given, and from what age."""

    code: str
    name: str
    currency: str
    open: bool
    age_min_years: int


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just made: the only moment its token is known to us."""

    token: str
    expires_at: datetime


class Person(Schema):
    """A user as others see them."""

    id: UUID
    display_name: str


ANONYMOUS = Person(id=UUID(int=0), display_name="Anonymous")
"""Stands for the giver of an anonymous gift, whoever it was."""
