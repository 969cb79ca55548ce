"""Rows of the journal as the events that viewers see."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from largesse import gifts, goals, identity, ledger, messages, moderation, recognition, streaks
from largesse.db import Database, ReadConnection
from largesse.gifts import GiftType
from largesse.identity import ANONYMOUS, Person
from largesse.ledger import GiftRow, RoomEventRow
from largesse.realtime import (
    ChatEvent,
    EventReader,
    First,
    GiftEvent,
    GiftVersion,
    LoggedEvent,
    Naming,
    StreamEndEvent,
    StreamUpdateEvent,
)
from largesse.rooms.firsts import first_gifts
from largesse.rooms.model import playback_of
from largesse.rooms.standing import as_they_stand, states_of

CHAT = "chat"
STREAM_END = "stream_end"
STREAM_UPDATE = "stream_update"
_UNKNOWN_NAME = "?"
"""Stands for somebody whose account is gone."""


def gift_name(gift: GiftType) -> GiftVersion:
    """Which gift it is, for viewers."""
    return GiftVersion(id=gift.id, version=gift.version, slug=gift.slug, name=gift.name)


async def read_events(db: Database, room_id: UUID, after: int, limit: int) -> Sequence[LoggedEvent]:
    """Events of a room's log after a number, in order."""
    async with db.read() as conn:
        rows = await ledger.events_after(conn, room_id, after, limit)
        return await to_events(conn, rows)


async def to_events(
    conn: ReadConnection, rows: Sequence[GiftRow | RoomEventRow]
) -> list[LoggedEvent]:
    """Rows of the log with names in place of ids."""
    gift_rows = [row for row in rows if isinstance(row, GiftRow)]
    types = await gifts.gift_types_by_no(conn, {row.gift_type_no for row in gift_rows})
    people = await identity.persons(conn, list({id_ for row in rows for id_ in _people_of(row)}))
    shown = await streaks.shown_streaks(conn, rows)
    states = await states_of(conn, rows)
    firsts = await first_gifts(conn, gift_rows)
    paid = await messages.paid_events(conn, gift_rows, types, partial(named, people), states)
    events = [paid.get(row.seq) or _event(row, types, people, shown, firsts) for row in rows]
    if not rows:
        return []
    events = await as_they_stand(conn, rows[0].room_id, events, states)
    return await messages.with_approved(conn, rows[0].room_id, events)


def _people_of(row: GiftRow | RoomEventRow) -> list[UUID]:
    if isinstance(row, GiftRow):
        return [row.sender_id]
    actor = [] if row.user_id is None else [row.user_id]
    return [*actor, *READERS[row.type].mentions(row)]


def _event(
    row: GiftRow | RoomEventRow,
    types: dict[int, GiftType],
    people: dict[UUID, Person],
    shown: dict[int, UUID],
    firsts: Mapping[UUID, First],
) -> LoggedEvent:
    if isinstance(row, GiftRow):
        sender = ANONYMOUS if row.anonymous else named(people, row.sender_id)
        gift = _stored_gift(row, types[row.gift_type_no], sender, shown.get(row.seq))
        first = firsts.get(row.id)
        return gift if first is None else gift.model_copy(update={"first": first})
    return READERS[row.type].read(row, partial(named, people))


def named(people: dict[UUID, Person], id_: UUID) -> Person:
    """Somebody by id, also when the account is gone."""
    return people.get(id_) or Person(id=id_, display_name=_UNKNOWN_NAME)


def _stored_gift(row: GiftRow, gift: GiftType, sender: Person, streak: UUID | None) -> GiftEvent:
    return GiftEvent(
        type="gift",
        seq=row.seq,
        at=row.created_at,
        id=row.id,
        sender=sender,
        gift=gift_name(gift),
        animation_kind=gift.animation_kind,
        count=row.count,
        coins=row.coins,
        milli_diamonds=row.milli_diamonds,
        streak=streak,
        message=row.message,
    )


def said(row: RoomEventRow, sender: Person) -> ChatEvent:
    """A chat message."""
    return ChatEvent(
        type="chat",
        seq=row.seq,
        at=row.created_at,
        id=row.id,
        sender=sender,
        text=row.data["text"],
    )


def stream_ended(row: RoomEventRow) -> StreamEndEvent:
    """The end of a stream."""
    return StreamEndEvent(type="stream_end", seq=row.seq, at=row.created_at)


def stream_updated(row: RoomEventRow) -> StreamUpdateEvent:
    """Another title or picture."""
    return StreamUpdateEvent(
        type="stream_update",
        seq=row.seq,
        at=row.created_at,
        title=row.data["title"],
        playback=playback_of(row.data["hls_url"], row.data["whep_url"]),
    )


def _read_chat(row: RoomEventRow, naming: Naming) -> ChatEvent:
    assert row.user_id is not None, "chat has an author"
    return said(row, naming(row.user_id))


READERS: dict[str, EventReader] = {
    CHAT: EventReader(_read_chat),
    streaks.STREAK_END: streaks.READER,
    STREAM_END: EventReader(lambda row, _: stream_ended(row)),
    STREAM_UPDATE: EventReader(lambda row, _: stream_updated(row)),
    **goals.READERS,
    **recognition.READERS,
    **moderation.READERS,
}
"""Every type of the log that is not a gift."""
