"""The log of a stream, for the overlays of its creator."""

from uuid import UUID

from largesse import ledger, rooms
from largesse.overlays.service import overlay_of_token
from largesse.realtime import Event
from largesse.rooms import EventPage, StreamNotFound
from largesse.services import Services


async def list_events(
    services: Services, token: str, stream_id: UUID, after: int, limit: int
) -> EventPage:
    """A part of the log; StreamNotFound unless the stream is that of the overlay's creator."""
    async with services.db.read() as conn:
        row = await overlay_of_token(conn, token)
        room = await ledger.room_state(conn, stream_id)
        if room is None or room.recipient_id != row.creator_id:
            raise StreamNotFound
        events = await rooms.to_events(
            conn, await ledger.events_after(conn, stream_id, after, limit)
        )
    reached = events[-1].seq if events else room.last_seq
    return EventPage(
        items=[Event(root=event) for event in events],
        next_cursor=str(reached) if reached < room.last_seq else None,
        last_seq=room.last_seq,
    )
