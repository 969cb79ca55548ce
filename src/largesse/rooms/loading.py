"""Reads a room's state for its first visitor."""

from collections.abc import Sequence
from uuid import UUID

from largesse import gifts, identity, ledger
from largesse.db import Database
from largesse.realtime import Giving, Hub, LoggedEvent, RoomStart
from largesse.rooms import queries
from largesse.rooms.events import named, read_events, to_events
from largesse.settings import Settings
from largesse.types import now

RECENT_EVENTS = 50
SENDERS_MAX = 100_000
"""Totals are kept for so many supporters of a room; beyond it, the smallest start from zero again."""


def build_hub(db: Database, settings: Settings) -> Hub:
    """The hub, fed from the database."""

    async def load(room_id: UUID) -> RoomStart | None:
        return await load_room(db, room_id)

    async def read(room_id: UUID, after: int, limit: int) -> Sequence[LoggedEvent]:
        return await read_events(db, room_id, after, limit)

    return Hub(load=load, read_events=read, frame_interval_ms=settings.frame_interval_ms)


async def load_room(db: Database, room_id: UUID) -> RoomStart | None:
    """A stream's room as one consistent read finds it: every event up to `seq`, and none after."""
    async with db.read() as conn:
        stream = await queries.stream(conn, room_id)
        room = await ledger.room_state(conn, room_id)
        if stream is None or room is None:
            return None
        recent = await to_events(conn, await ledger.recent_events(conn, room_id, RECENT_EVENTS))
        senders = await ledger.supporters(conn, room_id, SENDERS_MAX)
        rows = (await gifts.gift_rule(conn, now())).leaderboard_rows
        top = senders[:rows]
        people = await identity.persons(
            conn, [stream.creator_id, *(place.sender_id for place in top)]
        )
    return RoomStart(
        id=room_id,
        kind="stream",
        title=stream.title,
        creator=people[stream.creator_id],
        state="live" if stream.ended_at is None else "ended",
        gifting=room.gifting and stream.ended_at is None,
        seq=room.last_seq,
        giving={place.sender_id: Giving(place.coins, place.first_seq) for place in senders},
        names={place.sender_id: named(people, place.sender_id) for place in top},
        supporters_max=rows,
        recent=recent,
    )
