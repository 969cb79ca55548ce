"""Small values that every module shares: ids, time, JSON shapes of money and pages."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import uuid_utils.compat
from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

PLATFORM_ID = UUID(int=0)
"""Owner of the platform's accounts."""

PAGE_LIMIT_MAX = 100
PAGE_LIMIT_DEFAULT = 30

T = TypeVar("T")

PathId = Annotated[UUID, Path(alias="id")]
"""The `{id}` of a path, under a name of its own in the code."""

PathMonth = Annotated[str, Path(alias="month", pattern=r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])$")]
"""The `{month}` of a path: 2026-11."""

PageLimit = Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)]


_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)

_clock: Callable[[], datetime] | None = None


def new_id() -> UUID:
    """A UUIDv7: sorts by the time it was made."""
    return uuid_utils.compat.uuid7() if _clock is None else _id_of(_clock())


def _id_of(moment: datetime) -> UUID:
    milliseconds = int(moment.timestamp() * 1000)
    noise = secrets.randbits(74)
    return UUID(
        int=milliseconds << 80 | 7 << 76 | noise >> 62 << 64 | 2 << 62 | noise & (1 << 62) - 1
    )


_TIME_BIT, _VERSION_BIT, _VARIANT_BIT = 80, 76, 62
_DERIVED = 8
"""The version of a UUID that nobody but this server makes."""
_NO_TIME = 1 << 127
"""Beyond every month that has a table."""


def derived_id(of: UUID, use: bytes, *, secret: bytes = b"") -> UUID:
    """The one id of what follows from something with an id: whoever writes it, it is written once.

    A UUIDv8, which clients may not choose, or they could take it first. It bears the time of a UUIDv7: both lie in the
    same month. `use` tells several such things apart.
    """
    digest = blake2b(of.bytes + use, digest_size=16, key=secret, person=b"derived").digest()
    number = int.from_bytes(digest)
    if of.version == 7:
        number = of.int >> _TIME_BIT << _TIME_BIT | number & (1 << _TIME_BIT) - 1
    else:
        number |= _NO_TIME
    number = number & ~(0xF << _VERSION_BIT) | _DERIVED << _VERSION_BIT
    return UUID(int=number & ~(3 << _VARIANT_BIT) | 2 << _VARIANT_BIT)


def is_derived(id_: UUID) -> bool:
    """Whether only this server makes such ids."""
    return id_.version == _DERIVED


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC) if _clock is None else _clock()


@contextmanager
def living_by(clock: Callable[[], datetime]) -> Iterator[None]:
    """Within the block the whole process goes by another clock: to make a history, never while serving."""
    global _clock
    _clock = clock
    try:
        yield
    finally:
        _clock = None


class Schema(BaseModel):
    """Base of every request and response body: unknown fields are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def is_idempotency_key(text: str) -> bool:
    """Whether a caller may name a request so: 1 to 200 printable ASCII characters, no blanks."""
    return _IDEMPOTENCY_KEY.fullmatch(text) is not None


def one_line(text: str) -> str:
    """Text for people that stays in its line; for a field's AfterValidator."""
    if text != text.strip() or not text.isprintable():
        raise ValueError("no control characters, no blanks at the ends")
    return text


class Money(Schema):
    """An amount in minor units of an ISO 4217 currency."""

    amount_minor: int
    currency: str


class Page(Schema, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None
