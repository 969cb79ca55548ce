"""Lists for those who keep a creator's rooms, by the id of the person; the cursor is the last id seen."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from largesse import identity
from largesse.db import ReadConnection
from largesse.identity import Person, User
from largesse.moderation import ban_queries, queries
from largesse.moderation.model import Barring, Muting
from largesse.moderation.roles import assert_moderates
from largesse.moderation.schemas import BanView, ModeratorView, MuteView
from largesse.services import Services
from largesse.types import Page

_UNKNOWN_NAME = "?"


class _OfUser(Protocol):
    @property
    def user_id(self) -> UUID: ...


Row = TypeVar("Row", bound=_OfUser)


async def list_moderators(
    services: Services, user: User, creator_id: UUID, cursor: UUID | None, limit: int
) -> Page[ModeratorView]:
    """The moderators that the creator appointed."""
    async with services.db.read() as conn:
        await assert_moderates(conn, creator_id, user)
        rows = await queries.moderators(conn, creator_id, after=cursor, limit=limit + 1)
        rows, following = _cut(rows, limit)
        people = await _people(conn, [row.user_id for row in rows])
    items = [ModeratorView(user=people[row.user_id], created_at=row.created_at) for row in rows]
    return Page(items=items, next_cursor=following)


async def list_mutes(
    services: Services, user: User, creator_id: UUID, cursor: UUID | None, limit: int
) -> Page[MuteView]:
    """Who may not speak now."""
    async with services.db.read() as conn:
        await assert_moderates(conn, creator_id, user)
        rows = await queries.mutes(conn, creator_id, after=cursor, limit=limit + 1)
        rows, following = _cut(rows, limit)
        people = await _people_of(conn, rows)
    items = [_mute_view(row, people) for row in rows]
    return Page(items=items, next_cursor=following)


async def list_bans(
    services: Services, user: User, creator_id: UUID, cursor: UUID | None, limit: int
) -> Page[BanView]:
    """Who is banned."""
    async with services.db.read() as conn:
        await assert_moderates(conn, creator_id, user)
        rows = await ban_queries.bans(conn, creator_id, after=cursor, limit=limit + 1)
        rows, following = _cut(rows, limit)
        people = await _people_of(conn, rows)
    items = [_ban_view(row, people) for row in rows]
    return Page(items=items, next_cursor=following)


async def mute_view(conn: ReadConnection, muting: Muting) -> MuteView:
    """A mute with names."""
    return _mute_view(muting, await _people_of(conn, [muting]))


def _mute_view(muting: Muting, people: Mapping[UUID, Person]) -> MuteView:
    return MuteView(
        user=people[muting.user_id],
        until=muting.until,
        by=people[muting.by_id],
        created_at=muting.created_at,
    )


async def ban_view(conn: ReadConnection, barring: Barring) -> BanView:
    """A ban with names."""
    return _ban_view(barring, await _people_of(conn, [barring]))


def _ban_view(barring: Barring, people: Mapping[UUID, Person]) -> BanView:
    return BanView(
        user=people[barring.user_id], by=people[barring.by_id], created_at=barring.changed_at
    )


def _cut(rows: list[Row], limit: int) -> tuple[list[Row], str | None]:
    more = len(rows) > limit
    return rows[:limit], str(rows[limit - 1].user_id) if more else None


async def _people_of(
    conn: ReadConnection, rows: Sequence[Muting] | Sequence[Barring]
) -> dict[UUID, Person]:
    return await _people(conn, [id_ for row in rows for id_ in (row.user_id, row.by_id)])


async def _people(conn: ReadConnection, ids: Sequence[UUID]) -> dict[UUID, Person]:
    known = await identity.persons(conn, list(set(ids)))
    return {id_: known.get(id_) or Person(id=id_, display_name=_UNKNOWN_NAME) for id_ in ids}
