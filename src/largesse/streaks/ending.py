"""Ending streaks: the totals are read while the room's numbers stand still, so they are those of all gifts before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from largesse import gifts, ledger
from largesse.db import Connection, Database
from largesse.gifts import GiftType, StreakKey
from largesse.ledger import NewEvent, RoomEventRow
from largesse.streaks import queries
from largesse.streaks.ids import end_id, shown_id
from largesse.streaks.model import Streak


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of streaks that were to end."""

    ended: Sequence[StreakKey]
    """Over, whoever wrote the end."""
    going_on: Mapping[StreakKey, int]
    """Got gifts that the caller did not know of: the number of the latest."""
    rows: Sequence[RoomEventRow]
    """The ends that were written now, in their order."""
    found: Mapping[StreakKey, int] = field(default_factory=dict)
    """Of those, the numbers of ends that were written before, by whomever: perhaps nobody was told of them."""

    @property
    def found_seq(self) -> int:
        """The highest of these; 0: there are none."""
        return max(self.found.values(), default=0)


async def end_streaks(db: Database, room_id: UUID, known: Mapping[StreakKey, int | None]) -> Ending:
    """End streaks of a room whose last gift is the one that the caller knows of (None: whatever came since).

    Exactly one end is written for a streak, however many callers there are. In a closed room there is nothing to end.
    """
    async with db.transaction() as conn:
        terms = await _terms(conn, known)  # before the room stands still
        room = await ledger.lock_room(conn, room_id)
        if room is None or not room.open:
            return Ending(list(known), {}, [])
        senders = {key.sender_id for key in known}
        found = await queries.standing(conn, room_id, senders)
        standing = {streak.key: streak for streak in found if streak.key in known}
        ended = await _ended_of(conn, terms, room_id, known)  # also those that stand no more
        going_on = [streak for streak in standing.values() if streak.key not in ended]
        ending = [streak for streak in going_on if _is_due(streak, known[streak.key])]
        rows = await _append(conn, terms, room_id, ending)
    moved = {streak.key: streak.last_seq for streak in going_on if streak not in ending}
    over = [key for key in known if key not in moved]
    return Ending(over, moved, rows, ended)


def _is_due(streak: Streak, known_seq: int | None) -> bool:
    return known_seq is None or streak.last_seq <= known_seq


async def end_all(conn: Connection, room_id: UUID) -> Ending:
    """End every streak of a room in the caller's transaction, before the room's own end."""
    await ledger.lock_room(conn, room_id)
    standing = await queries.standing(conn, room_id)
    keys = [streak.key for streak in standing]
    terms = await _terms(conn, keys)
    ended = await _ended_of(conn, terms, room_id, keys)
    ending = [streak for streak in standing if streak.key not in ended]
    rows = await _append(conn, terms, room_id, ending)
    return Ending([streak.key for streak in ending], {}, rows)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What ends are made with; none of it changes."""

    secret: bytes
    types: Mapping[int, GiftType]


async def _terms(conn: Connection, keys: Collection[StreakKey]) -> _Terms:
    types = await gifts.gift_types_by_no(conn, {key.gift_type_no for key in keys})
    return _Terms(await queries.secret(conn), types)


async def _ended_of(
    conn: Connection, terms: _Terms, room_id: UUID, keys: Collection[StreakKey]
) -> dict[StreakKey, int]:
    """Those with an end in the log, and its number."""
    if not keys:
        return {}
    ids = {end_id(terms.secret, key): key for key in keys}
    ended = await queries.ends(conn, room_id, ids)
    return {ids[id_]: seq for id_, seq in ended.items()}


async def _append(
    conn: Connection, terms: _Terms, room_id: UUID, streaks: Sequence[Streak]
) -> list[RoomEventRow]:
    if not streaks:
        return []
    new = [_event(terms, streak) for streak in streaks]
    return await ledger.append_events(conn, room_id, new)


def _event(terms: _Terms, streak: Streak) -> NewEvent:
    """A version of a gift never changes, so what viewers see of it is kept with the end.

    All of it lies one level down: the erasure of a person empties the texts above.
    """
    secret, gift = terms.secret, terms.types[streak.key.gift_type_no]
    version = {"id": str(gift.id), "version": gift.version, "slug": gift.slug, "name": gift.name}
    total = {
        "streak": str(shown_id(secret, streak.key)),
        "anonymous": streak.key.anonymous,
        "gift": version,
        "animation_kind": gift.animation_kind,
        "gifts": streak.gifts,
        "count": streak.count,
        "coins": streak.coins,
        "milli_diamonds": streak.milli_diamonds,
    }
    id_ = end_id(secret, streak.key)
    return NewEvent(queries.STREAK_END, id_, streak.key.sender_id, {"total": total})
