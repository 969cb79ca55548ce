"""Rooms as the journal sees them: who receives, and the gap-free numbers of what happens in them."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from largesse.db import Connection, ReadConnection
from largesse.ledger.errors import RoomClosed
from largesse.ledger.queries.gifts import GIFT_COLUMNS
from largesse.ledger.rows import GiftRow, RoomEventRow, RoomRow
from largesse.types import now

_EVENT_COLUMNS = "room_id, seq, type, id, user_id, data, created_at"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What is to be written into a room's log."""

    type: str
    id: UUID
    user_id: UUID | None
    data: Mapping[str, Any]


async def open_room(conn: Connection, room_id: UUID, recipient_id: UUID, gifting: bool) -> None:
    """Let a new room take events, and gifts where `gifting`; opening it again changes nothing."""
    await conn.execute(
        "INSERT INTO room (id, recipient_id, gifting) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (room_id, recipient_id, gifting),
    )


async def close_room(conn: Connection, room_id: UUID) -> None:
    """No event and no gift goes into the room from this commit on."""
    await conn.execute("UPDATE room SET open = false WHERE id = %s AND open", (room_id,))


async def set_gifting(conn: Connection, recipient_id: UUID, enabled: bool) -> None:
    """Let all open rooms of a recipient take gifts, or stop them."""
    await conn.execute(
        "UPDATE room SET gifting = %s WHERE recipient_id = %s AND open AND gifting <> %s",
        (enabled, recipient_id, enabled),
    )


async def change_rules(conn: Connection, room_id: UUID) -> None:
    """Count that the rules of what is said in an open room changed. Its row stays locked until the commit: what is said
    before it is in the log before it."""
    await conn.execute("UPDATE room SET rules_no = rules_no + 1 WHERE id = %s AND open", (room_id,))


async def room_state(conn: ReadConnection, room_id: UUID) -> RoomRow | None:
    """The room, if there is one."""
    async with conn.cursor(row_factory=class_row(RoomRow)) as cursor:
        await cursor.execute(
            "SELECT id, recipient_id, open, gifting, last_seq FROM room WHERE id = %s", (room_id,)
        )
        return await cursor.fetchone()


async def lock_room(conn: Connection, room_id: UUID) -> RoomRow | None:
    """The room, if there is one; until the transaction ends no gift and no event gets a number in it."""
    async with conn.cursor(row_factory=class_row(RoomRow)) as cursor:
        await cursor.execute(
            "SELECT id, recipient_id, open, gifting, last_seq FROM room WHERE id = %s FOR UPDATE",
            (room_id,),
        )
        return await cursor.fetchone()


async def last_seq(conn: ReadConnection, room_id: UUID) -> int:
    """The number of the room's latest event; 0 when nothing happened yet."""
    cursor = await conn.execute("SELECT last_seq FROM room WHERE id = %s", (room_id,))
    row = await cursor.fetchone()
    return row[0] if row else 0


async def append_event(
    conn: Connection,
    *,
    room_id: UUID,
    id: UUID,
    type: str,
    user_id: UUID | None,
    data: Mapping[str, Any],
    allow: Callable[[], Awaitable[None]] | None = None,
) -> RoomEventRow:
    """Write an event into an open room under its next number; the room's row stays locked until COMMIT.

    The same id again is answered with the event written first, also after the room was closed. `allow` raises when the
    event must not be written: asked of a new one only, with the room locked.
    """
    cursor = await conn.execute("SELECT open FROM room WHERE id = %s FOR UPDATE", (room_id,))
    room = await cursor.fetchone()
    earlier = await find_event(conn, room_id, id)
    if earlier is not None:
        return earlier
    if room is None or not room[0]:
        raise RoomClosed
    if allow is not None:
        await allow()
    async with conn.cursor(row_factory=class_row(RoomEventRow)) as events:
        await events.execute(
            "WITH seat AS (UPDATE room SET last_seq = last_seq + 1 WHERE id = %s RETURNING last_seq)"
            f" INSERT INTO room_event ({_EVENT_COLUMNS})"
            " SELECT %s, last_seq, %s, %s, %s, %s, %s FROM seat"
            f" RETURNING {_EVENT_COLUMNS}",
            (room_id, room_id, type, id, user_id, Jsonb(dict(data)), now()),
        )
        event = await events.fetchone()
    assert event is not None
    return event


async def append_events(
    conn: Connection, room_id: UUID, events: Sequence[NewEvent]
) -> list[RoomEventRow]:
    """Write events, whose ids are not in the log, into an open room under its next numbers, in their order.

    The room's row stays locked until COMMIT.
    """
    room = await lock_room(conn, room_id)
    if room is None or not room.open:
        raise RoomClosed
    async with conn.cursor(row_factory=class_row(RoomEventRow)) as cursor:
        await cursor.execute(
            "WITH seat AS (UPDATE room SET last_seq = last_seq + %s WHERE id = %s)"
            f" INSERT INTO room_event ({_EVENT_COLUMNS})"
            " SELECT %s, %s + place, type, id, user_id, data, %s"
            "   FROM unnest(%s::text[], %s::uuid[], %s::uuid[], %s::jsonb[])"
            "        WITH ORDINALITY AS new (type, id, user_id, data, place)"
            f" RETURNING {_EVENT_COLUMNS}",
            (
                *(len(events), room_id, room_id, room.last_seq, now()),
                [event.type for event in events],
                [event.id for event in events],
                [event.user_id for event in events],
                [Jsonb(dict(event.data)) for event in events],
            ),
        )
        return sorted(await cursor.fetchall(), key=attrgetter("seq"))


async def find_event(conn: ReadConnection, room_id: UUID, id: UUID) -> RoomEventRow | None:
    """The event with this id, marked as a duplicate."""
    async with conn.cursor(row_factory=class_row(RoomEventRow)) as cursor:
        await cursor.execute(
            f"SELECT {_EVENT_COLUMNS}, true AS duplicate FROM room_event"
            " WHERE room_id = %s AND id = %s",
            (room_id, id),
        )
        return await cursor.fetchone()


async def events_after(
    conn: ReadConnection, room_id: UUID, after: int, limit: int
) -> list[GiftRow | RoomEventRow]:
    """The room's events with a number above `after`, oldest first."""
    return await _events(conn, room_id, "seq > %s", after, limit, order="ASC")


async def events_at(
    conn: ReadConnection, room_id: UUID, seqs: Collection[int]
) -> list[GiftRow | RoomEventRow]:
    """The room's events that have these numbers, oldest first."""
    return await _events(conn, room_id, "seq = ANY (%s)", list(seqs), len(seqs), order="ASC")


async def recent_events(
    conn: ReadConnection, room_id: UUID, limit: int
) -> list[GiftRow | RoomEventRow]:
    """The room's latest events, oldest first."""
    events = await _events(conn, room_id, "seq > %s", 0, limit, order="DESC")
    return events[::-1]


async def _events(
    conn: ReadConnection,
    room_id: UUID,
    where: str,
    value: int | list[int],
    limit: int,
    *,
    order: str,
) -> list[GiftRow | RoomEventRow]:
    """Gifts and other events of a room, merged by their number."""
    tail = f"WHERE room_id = %s AND {where} ORDER BY seq {order} LIMIT %s"
    async with conn.cursor(row_factory=class_row(GiftRow)) as gift_cursor:
        await gift_cursor.execute(
            f"SELECT {GIFT_COLUMNS} FROM gift {tail}",
            (room_id, value, limit),
        )
        gifts = await gift_cursor.fetchall()
    async with conn.cursor(row_factory=class_row(RoomEventRow)) as event_cursor:
        await event_cursor.execute(
            f"SELECT {_EVENT_COLUMNS} FROM room_event {tail}",
            (room_id, value, limit),
        )
        events = await event_cursor.fetchall()
    merged: list[GiftRow | RoomEventRow] = [*gifts, *events]
    merged.sort(key=lambda row: row.seq, reverse=order == "DESC")
    return merged[:limit]


async def rooms_of(conn: ReadConnection, room_ids: Sequence[UUID]) -> dict[UUID, RoomRow]:
    """Those of the rooms that exist."""
    async with conn.cursor(row_factory=class_row(RoomRow)) as cursor:
        await cursor.execute(
            "SELECT id, recipient_id, open, gifting, last_seq FROM room WHERE id = ANY (%s::uuid[])",
            (list(room_ids),),
        )
        return {row.id: row for row in await cursor.fetchall()}
