"""Another title or picture for a live stream: everybody in its room hears of it."""

from dataclasses import replace
from uuid import UUID

from largesse import identity, ledger
from largesse.db import Connection
from largesse.identity import User
from largesse.ledger import RoomEventRow
from largesse.realtime import Playback, Stream
from largesse.rooms import queries
from largesse.rooms.defaults import stream_rule
from largesse.rooms.errors import NotYourStream, StreamEnded, StreamNotFound, TooManyChanges
from largesse.rooms.events import STREAM_UPDATE, stream_updated
from largesse.rooms.model import TITLE_CHARACTERS_MAX, StreamRow
from largesse.rooms.playback import checked_playback
from largesse.rooms.schemas import ChangeStream
from largesse.rooms.streams import get_stream
from largesse.rooms.words import bounded_text
from largesse.services import Services
from largesse.types import new_id


async def change_stream(
    services: Services, user: User, stream_id: UUID, body: ChangeStream
) -> Stream:
    """Change one's live stream. What stays as it is makes no event."""
    given = body.model_fields_set
    playback = checked_playback(body.playback, services.settings)
    title = bounded_text(body.title, "title", TITLE_CHARACTERS_MAX) if body.title else body.title
    event = None
    async with services.db.transaction() as conn:
        row = await queries.lock_stream(conn, stream_id)
        if row is None:
            raise StreamNotFound
        if row.creator_id != user.id:
            raise NotYourStream("Only its creator may change a stream.")
        if row.ended_at is not None:
            raise StreamEnded
        await _count_change(conn, stream_id)
        wanted = with_playback(row, playback) if "playback" in given else row
        if title is not None:
            wanted = replace(wanted, title=title or bounded_text("", "title", TITLE_CHARACTERS_MAX))
        if wanted != row:
            event = await write_change(conn, wanted)
    publish_change(services, event)
    return await get_stream(services, stream_id)


async def _count_change(conn: Connection, stream_id: UUID) -> None:
    """By people: media servers have limits of their own."""
    rule = await stream_rule(conn)
    wait_s = await identity.rate_limited(
        conn, f"stream:{stream_id}", rule.changes_max, rule.changes_window_s
    )
    if wait_s:
        raise TooManyChanges(retry_after_s=wait_s)


def with_playback(row: StreamRow, playback: Playback | None) -> StreamRow:
    """The stream with this picture."""
    return replace(
        row,
        hls_url=playback.hls_url if playback else None,
        whep_url=playback.whep_url if playback else None,
    )


async def write_change(conn: Connection, row: StreamRow) -> RoomEventRow:
    """Store the title and picture of a live stream, whose row is locked, and the event that tells it."""
    await queries.update_stream(conn, row)
    return await ledger.append_event(
        conn,
        room_id=row.id,
        id=new_id(),
        type=STREAM_UPDATE,
        user_id=row.creator_id,
        data={"title": row.title, "hls_url": row.hls_url, "whep_url": row.whep_url},
    )


def publish_change(services: Services, event: RoomEventRow | None) -> None:
    """After the commit."""
    if event is not None:
        services.hub.publish(event.room_id, [stream_updated(event)])
