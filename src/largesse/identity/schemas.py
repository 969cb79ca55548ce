"""Bodies of the identity routes."""

from datetime import date, datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from largesse.identity.model import AgeState, Country, Role
from largesse.identity.names import (
    DISPLAY_NAME_CHARACTERS_MAX,
    EMAIL_CHARACTERS_MAX,
    clean_display_name,
    clean_email,
)
from largesse.identity.passwords import PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN
from largesse.types import Schema

_SPACES_AROUND_MAX = 40  # a name may come with spaces that are trimmed before it is measured

NewPassword: TypeAlias = Annotated[
    str,
    Field(
        min_length=PASSWORD_CHARACTERS_MIN,
        max_length=PASSWORD_CHARACTERS_MAX,
        json_schema_extra={"format": "password"},
    ),
]
Email: TypeAlias = Annotated[
    str,
    Field(max_length=EMAIL_CHARACTERS_MAX, json_schema_extra={"format": "email"}),
    AfterValidator(clean_email),
]
DisplayName: TypeAlias = Annotated[
    str,
    Field(min_length=1, max_length=DISPLAY_NAME_CHARACTERS_MAX + _SPACES_AROUND_MAX),
    AfterValidator(clean_display_name),
]


class RegisterBody(Schema):
    """A new account."""

    email: Email
    password: NewPassword
    display_name: DisplayName
    birth_date: Annotated[str, Field(max_length=32, json_schema_extra={"format": "date"})]
    country: Annotated[str, Field(max_length=8)]


class RenameBody(Schema):
    """Another name for an account."""

    display_name: DisplayName


class LoginBody(Schema):
    """Anything may be tried; what is no address or password is simply wrong."""

    email: Annotated[str, Field(max_length=EMAIL_CHARACTERS_MAX)]
    password: Annotated[
        str, Field(max_length=PASSWORD_CHARACTERS_MAX, json_schema_extra={"format": "password"})
    ]


class DemoSessionBody(Schema):
    """Which demo user to be."""

    email: Annotated[str, Field(max_length=EMAIL_CHARACTERS_MAX)]


class Me(Schema):
    """The signed-in user, as only he sees himself."""

    id: UUID
    email: str
    display_name: str
    country: str
    birth_date: date
    roles: list[Role]
    age_state: AgeState
    age_min_years: int
    created_at: datetime


class LoginView(Schema):
    """A bearer token and whose it is."""

    access_token: str
    expires_at: datetime
    user: Me


class SessionView(Schema):
    """A session whose token is in the cookie."""

    expires_at: datetime
    user: Me


class CountryView(Schema):
    """A country and what it allows."""

    code: str
    name: str
    currency: str
    open: bool
    age_min_years: int

    @classmethod
    def of(cls, country: Country) -> "CountryView":
        return cls(
            code=country.code,
            name=country.name,
            currency=country.currency,
            open=country.open,
            age_min_years=country.age_min_years,
        )


class Profile(Schema):
    """A user as others see him."""

    id: UUID
    display_name: str
    is_creator: bool
    followers: int
    following: bool


class FoundPerson(Schema):
    """Somebody who goes by a name; namesakes are told apart by the rest."""

    id: UUID
    display_name: str
    created_at: datetime
    """Of the account."""
    follows_you: bool


class FollowView(Schema):
    """Whether the caller follows, and how many do."""

    following: bool
    followers: int


class DemoUserView(Schema):
    """Someone to be with one click."""

    email: str
    display_name: str
    role: Role


class DemoView(Schema):
    """Whether this server is a demonstration, and who is in it."""

    enabled: bool
    users: list[DemoUserView]
