"""What moderation, which stands below this module, needs to know of rooms; and what it keeps of them."""

from datetime import datetime
from uuid import UUID

from largesse import ledger, messages, moderation
from largesse.db import Database, ReadConnection, database_time
from largesse.moderation import Place
from largesse.realtime import BoardStart, LoggedEvent, PinEvent, PinnedPage, Rank
from largesse.rooms import queries
from largesse.rooms.events import to_events
from largesse.rooms.model import StreamRow

RECENT_EVENTS = 50


class Rooms:
    """The port `moderation.RoomsPort`."""

    async def place(self, conn: ReadConnection, stream_id: UUID) -> Place | None:
        """Whose stream it is, and whether it is live."""
        row = await queries.stream(conn, stream_id)
        if row is None:
            return None
        return Place(row.id, row.creator_id, live=row.ended_at is None)

    async def live_place(self, conn: ReadConnection, creator_id: UUID) -> Place | None:
        """The creator's live stream; until the transaction ends no other one starts."""
        await queries.hold_starts(conn, creator_id)
        stream_id = await queries.live_stream_id(conn, creator_id)
        return None if stream_id is None else Place(stream_id, creator_id, live=True)

    async def event(self, conn: ReadConnection, room_id: UUID, seq: int) -> LoggedEvent | None:
        """An event of a room's log as it stands."""
        rows = await ledger.events_after(conn, room_id, seq - 1, 1)
        if not rows or rows[0].seq != seq:
            return None
        return (await to_events(conn, rows))[0]


async def board_of(
    db: Database, conn: ReadConnection, stream: StreamRow, last_seq: int, at: datetime
) -> BoardStart:
    """What is read in a stream's room at a moment, of one consistent read: the events up to `last_seq`."""
    room_id = stream.id
    shown = await messages.pinned_max(conn, stream.started_at)

    async def read_pinned(below: Rank) -> PinnedPage:
        async with db.read() as later:
            moment = await database_time(later)
            return await messages.pinned(
                later, room_id, moment, upto=last_seq, limit=shown, below=below
            )

    return BoardStart(
        recent=await to_events(conn, await ledger.recent_events(conn, room_id, RECENT_EVENTS)),
        pinned=await messages.pinned(conn, room_id, at, upto=last_seq, limit=shown),
        approved=await messages.pinned_by_approval(conn, room_id, at),
        pinned_max=shown,
        read_pinned=read_pinned,
        pin=await _pin_on_top(conn, room_id),
        chat_rules=await moderation.chat_rules(conn, stream.creator_id),
    )


async def _pin_on_top(conn: ReadConnection, room_id: UUID) -> PinEvent | None:
    """The event that put the message on top of a room's chat."""
    pinned = await moderation.pinned(conn, room_id)
    if pinned is None:
        return None
    event = await Rooms().event(conn, room_id, pinned.pin_seq)
    return event if isinstance(event, PinEvent) and event.text is not None else None
