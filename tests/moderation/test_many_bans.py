"""A process keeps so many bans at hand and no more, however many creators are asked about, whomever they ban."""

from typing import Any, cast
from uuid import UUID

import pytest

from largesse.db import ReadConnection
from largesse.moderation import Bans, ban_queries, bans
from largesse.moderation.model import Barring
from largesse.types import new_id, now

_CONN = cast(ReadConnection, None)


@pytest.fixture
def banned(monkeypatch: pytest.MonkeyPatch) -> dict[UUID, list[UUID]]:
    """Whom each creator bans, as the database has it."""
    found: dict[UUID, list[UUID]] = {}

    async def read(_conn: ReadConnection, creator_id: UUID, **_: Any) -> list[Barring]:
        who = found.get(creator_id, [])
        return [Barring(creator_id, user_id, True, creator_id, now()) for user_id in who]

    monkeypatch.setattr(ban_queries, "bans", read)
    return found


def _people(count: int) -> list[UUID]:
    return [new_id() for _ in range(count)]


async def test_what_was_asked_about_first_is_forgotten_before_it_is_too_much(
    banned: dict[UUID, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bans, "BANS_MAX", 5)
    first, second, third = _people(3)
    banned |= {first: _people(3), second: _people(2), third: _people(1)}
    book = Bans()
    for creator_id in (first, second):
        await book.learn(_CONN, creator_id)
    assert book.knows(first)
    await book.learn(_CONN, third)
    assert [book.knows(creator_id) for creator_id in (first, second, third)] == [False, True, True]
    assert not book.has(first, banned[first][0])  # the ledger knows
    await book.learn(_CONN, first)
    assert book.has(first, banned[first][0])
    assert not book.knows(second)


async def test_of_one_who_bans_more_than_that_all_are_known(
    banned: dict[UUID, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bans, "BANS_MAX", 5)
    strict, other = _people(2)
    banned[strict] = _people(50)
    book = Bans()
    await book.learn(_CONN, other)
    await book.learn(_CONN, strict)
    assert all(book.has(strict, user_id) for user_id in banned[strict])
    assert not book.knows(other)


async def test_creators_who_ban_nobody_are_too_many_some_day(
    banned: dict[UUID, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bans, "CREATORS_MAX", 2)
    creators = _people(4)
    book = Bans()
    for creator_id in creators:
        await book.learn(_CONN, creator_id)
    assert [book.knows(creator_id) for creator_id in creators] == [False, False, True, True]
