"""Streaks as viewers see them: ends in the log, those that are open, and gifts that came too late."""

from collections.abc import Sequence
from uuid import UUID

from largesse import gifts, identity
from largesse.db import ReadConnection
from largesse.gifts import GiftType, StreakKey, streak_key
from largesse.identity import ANONYMOUS, Person
from largesse.ledger import GiftRow, RoomEventRow
from largesse.realtime import (
    EventReader,
    GiftVersion,
    Naming,
    StreakEndEvent,
    StreakName,
    StreaksStart,
    StreakTotal,
)
from largesse.streaks import queries
from largesse.streaks.ids import end_id, shown_id
from largesse.streaks.model import Streak

_UNKNOWN_NAME = "?"
_LATE_EVENTS_MAX = 5_000
_LATE_ENDS_MAX = 1_000
"""How far back ends are read for a room that is opened: what comes late, comes soon."""


def read_end(row: RoomEventRow, naming: Naming) -> StreakEndEvent:
    """The end of a streak."""
    data = row.data["total"]
    assert row.user_id is not None, "a streak has a sender"
    total = StreakTotal(
        streak=UUID(data["streak"]),
        sender=ANONYMOUS if data["anonymous"] else naming(row.user_id),
        gift=GiftVersion(**data["gift"]),
        animation_kind=data["animation_kind"],
        gifts=data["gifts"],
        count=data["count"],
        coins=data["coins"],
        milli_diamonds=data["milli_diamonds"],
    )
    return StreakEndEvent(type="streak_end", seq=row.seq, at=row.created_at, total=total)


READER = EventReader(read_end)


async def streaks_start(conn: ReadConnection, room_id: UUID, last_seq: int) -> StreaksStart:
    """A room's streaks in the caller's consistent read, whose last number is `last_seq`."""
    standing = await queries.standing(conn, room_id)
    after = max(0, last_seq - _LATE_EVENTS_MAX)
    ends = await queries.latest_ends(conn, room_id, after, _LATE_ENDS_MAX)
    if not standing and not ends:
        return StreaksStart()
    secret = await queries.secret(conn)
    ids = {streak.key: end_id(secret, streak.key) for streak in standing}
    ended = await queries.ends(conn, room_id, ids.values())
    opened = [streak for streak in standing if ids[streak.key] not in ended]
    types = await gifts.gift_types_by_no(conn, {streak.key.gift_type_no for streak in opened})
    people = await identity.persons(conn, list({streak.key.sender_id for streak in opened}))
    return StreaksStart(
        open=[_total(secret, streak, types, people) for streak in opened],
        ended=[_name(row) for row in reversed(ends)],
    )


def _total(
    secret: bytes, streak: Streak, types: dict[int, GiftType], people: dict[UUID, Person]
) -> StreakTotal:
    key = streak.key
    gift = types[key.gift_type_no]
    known = people.get(key.sender_id) or Person(id=key.sender_id, display_name=_UNKNOWN_NAME)
    return StreakTotal(
        streak=shown_id(secret, key),
        sender=ANONYMOUS if key.anonymous else known,
        gift=GiftVersion(id=gift.id, version=gift.version, slug=gift.slug, name=gift.name),
        animation_kind=gift.animation_kind,
        gifts=streak.gifts,
        count=streak.count,
        coins=streak.coins,
        milli_diamonds=streak.milli_diamonds,
    )


def _name(row: RoomEventRow) -> StreakName:
    data = row.data["total"]
    assert row.user_id is not None, "a streak has a sender"
    sender_id = ANONYMOUS.id if data["anonymous"] else row.user_id
    gift = data["gift"]
    return StreakName(sender_id, UUID(gift["id"]), gift["version"], UUID(data["streak"]))


async def shown_streaks(
    conn: ReadConnection, rows: Sequence[GiftRow | RoomEventRow]
) -> dict[int, UUID]:
    """The streak that viewers see at each gift of a room's log, by its number; none at those that came too late."""
    given = [
        (row.seq, key)
        for row in rows
        if isinstance(row, GiftRow) and (key := streak_key(row)) is not None
    ]
    if not given:
        return {}
    secret = await queries.secret(conn)
    keys: set[StreakKey] = {key for _, key in given}
    ids = {key: end_id(secret, key) for key in keys}
    ends = await queries.ends(conn, rows[0].room_id, ids.values())
    return {
        seq: shown_id(secret, key)
        for seq, key in given
        if (end := ends.get(ids[key])) is None or seq < end
    }
