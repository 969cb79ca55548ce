"""Streams: start, end, list, and who supports them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from largesse import creators, gifts, goals, identity, ledger, outbox, streaks
from largesse.db import Connection, ReadConnection, database_time
from largesse.gifts import Target
from largesse.identity import User
from largesse.realtime import Event, LoggedEvent, Playback, Stream, Supporter, Visibility
from largesse.rooms import door_queries, doors, queries
from largesse.rooms.cursors import decode_cursor, encode_cursor
from largesse.rooms.errors import AlreadyLive, NotYourStream, StreamNotFound
from largesse.rooms.events import STREAM_END, named, stream_ended, to_events
from largesse.rooms.model import TITLE_CHARACTERS_MAX, StreamRow
from largesse.rooms.schemas import EventPage
from largesse.rooms.words import bounded_text
from largesse.services import Services
from largesse.streaks import Ending
from largesse.types import Page, new_id, now


async def start_stream(
    services: Services,
    user: User,
    title: str,
    visibility: Visibility = "public",
    playback: Playback | None = None,
) -> Stream:
    """Go live. Gifts are taken when the creator may and wants to receive them. `playback` was checked."""
    text = bounded_text(title, "title", TITLE_CHARACTERS_MAX)
    row = new_stream(user.id, text, visibility, playback)
    async with services.db.transaction() as conn:
        if not await open_stream(conn, row):
            raise AlreadyLive(stream_id=await queries.live_stream_id(conn, user.id))
        stream = (await _views(conn, services, [row]))[0]
    services.hub.stream_changed(user.id)
    return stream


def new_stream(
    creator_id: UUID, title: str, visibility: Visibility, playback: Playback | None
) -> StreamRow:
    """A stream that starts now."""
    return StreamRow(
        id=new_id(),
        creator_id=creator_id,
        title=title,
        started_at=now(),
        ended_at=None,
        visibility=visibility,
        hls_url=playback.hls_url if playback else None,
        whep_url=playback.whep_url if playback else None,
    )


async def open_stream(conn: Connection, row: StreamRow) -> bool:
    """Store a stream and its room; false when the creator is live already."""
    await queries.lock_start(conn, row.creator_id)
    if not await queries.claim_live(conn, row.creator_id, row.id):
        return False
    gifting = await creators.gifting_for_new_room(conn, row.creator_id)
    await queries.insert_stream(conn, row)
    await ledger.open_room(conn, row.id, row.creator_id, gifting)
    return True


async def end_stream(services: Services, user: User, stream_id: UUID) -> Stream:
    """End one's stream: the last event of its room. Ending it again changes nothing."""
    async with services.db.transaction() as conn:
        row = await _stream(conn, stream_id)
        if row.creator_id != user.id:
            raise NotYourStream
        last = await _end(conn, row)
        stream = (await _views(conn, services, [await _stream(conn, stream_id)]))[0]
    _publish_end(services, row, last)
    return stream


async def end_overdue(services: Services, stream_id: UUID) -> None:
    """End a stream whose picture did not come back in time, unless it just did."""
    async with services.db.transaction() as conn:
        row = await queries.lock_stream(conn, stream_id)
        at = await database_time(conn)
        if row is None or not await door_queries.is_due(conn, stream_id, at):
            return
        last = await _end(conn, row)
    _publish_end(services, row, last)


@dataclass(frozen=True, slots=True)
class _Last:
    """The last events of a room, and the streaks that ended with it."""

    events: Sequence[LoggedEvent]
    streaks: Ending


async def _end(conn: Connection, row: StreamRow) -> _Last | None:
    """None: it had ended before."""
    if not await queries.end_stream(conn, row.id, now()):
        return None
    await ledger.lock_room(conn, row.id)
    ending = await streaks.end_all(conn, row.id)
    reached = await goals.close_goals(conn, row.id)
    event = await ledger.append_event(
        conn, room_id=row.id, id=new_id(), type=STREAM_END, user_id=row.creator_id, data={}
    )
    await ledger.close_room(conn, row.id)
    await queries.release_live(conn, row.creator_id)
    told = await to_events(conn, ending.rows)
    return _Last([*told, *reached, stream_ended(event)], ending)


def _publish_end(services: Services, row: StreamRow, last: _Last | None) -> None:
    if last is not None:
        services.streaks.ended(row.id, last.streaks)
        services.hub.publish(row.id, last.events)
        services.hub.stream_changed(row.creator_id)


async def get_stream(services: Services, stream_id: UUID) -> Stream:
    """One stream."""
    async with services.db.read() as conn:
        return (await _views(conn, services, [await _stream(conn, stream_id)]))[0]


async def live_stream(conn: ReadConnection, services: Services, creator_id: UUID) -> Stream | None:
    """The creator's live stream."""
    row = await queries.live_stream_of(conn, creator_id)
    return None if row is None else (await _views(conn, services, [row]))[0]


async def list_streams(
    services: Services, asker: User | None, cursor: str | None, limit: int
) -> Page[Stream]:
    """Live streams that the asker may enter, most viewers first."""
    after = decode_cursor(cursor)
    async with services.db.read() as conn:
        rows = await queries.live_streams(
            conn,
            asker_id=asker.id if asker else None,
            sees_all=doors.is_staff(asker),
            viewers=services.hub.viewers_by_room(),
            after=after,
            limit=limit + 1,
        )
        more = len(rows) > limit
        rows = rows[:limit]
        items = await _views(conn, services, rows)
    following = encode_cursor(rows[-1].viewers, rows[-1].id) if more else None
    return Page(items=items, next_cursor=following)


async def list_own_streams(
    services: Services, user: User, cursor: str | None, limit: int
) -> Page[Stream]:
    """One's streams, live or ended, newest first."""
    after = decode_cursor(cursor)
    async with services.db.read() as conn:
        before_id = after[1] if after else None
        rows = await queries.streams_of(conn, user.id, before_id=before_id, limit=limit + 1)
        more = len(rows) > limit
        rows = rows[:limit]
        items = await _views(conn, services, rows)
    return Page(items=items, next_cursor=encode_cursor(0, rows[-1].id) if more else None)


async def list_events(services: Services, stream_id: UUID, after: int, limit: int) -> EventPage:
    """A part of a stream's log."""
    async with services.db.read() as conn:
        await _stream(conn, stream_id)
        rows = await ledger.events_after(conn, stream_id, after, limit)
        events = await to_events(conn, rows)
        last_seq = await ledger.last_seq(conn, stream_id)
    reached = events[-1].seq if events else last_seq
    return EventPage(
        items=[Event(root=event) for event in events],
        next_cursor=str(reached) if reached < last_seq else None,
        last_seq=last_seq,
    )


async def list_stream_supporters(
    services: Services, stream_id: UUID, limit: int | None
) -> Page[Supporter]:
    """Who gave most in a stream."""
    async with services.db.read() as conn:
        await _stream(conn, stream_id)
        return await supporters_page(conn, stream_id, limit)


async def supporters_page(
    conn: ReadConnection, room_id: UUID, limit: int | None
) -> Page[Supporter]:
    """Who gave most in a room; as many as the rules say unless `limit` does."""
    rows = limit or (await gifts.gift_rule(conn, now())).leaderboard_rows
    places = await outbox.supporters(conn, room_id, rows)
    people = await identity.persons(conn, [place.sender_id for place in places])
    items = [
        Supporter(rank=rank, user=named(people, place.sender_id), coins=place.coins)
        for rank, place in enumerate(places, start=1)
    ]
    return Page(items=items, next_cursor=None)


async def _stream(conn: ReadConnection, stream_id: UUID) -> StreamRow:
    """The one place where a stream is looked up for somebody."""
    row = await queries.stream(conn, stream_id)
    if row is None:
        raise StreamNotFound
    return row


async def stream_target(services: Services, user: User, stream_id: UUID) -> Target:
    """Where the user's gifts of a stream go. Streams that are for everybody stay so, and are asked about once."""
    if (target := services.desk.target("stream", stream_id)) is None:
        async with services.db.read() as conn:
            door = await doors.assert_may_enter(conn, stream_id, user)
        target = Target(kind="stream", room_id=stream_id, recipient_id=door.creator_id)
        if door.visibility == "public":
            services.desk.remember_target(target)
    return target


async def _views(
    conn: ReadConnection, services: Services, rows: Sequence[StreamRow]
) -> list[Stream]:
    """Streams with what others know of them."""
    creator_ids = [row.creator_id for row in rows]
    people = await identity.persons(conn, creator_ids)
    followers = await identity.follower_counts(conn, creator_ids)
    rooms = await ledger.rooms_of(conn, [row.id for row in rows])
    return [
        Stream(
            id=row.id,
            title=row.title,
            creator=named(people, row.creator_id),
            state="live" if row.ended_at is None else "ended",
            started_at=row.started_at,
            ended_at=row.ended_at,
            viewers=services.hub.viewers(row.id),
            gifting=rooms[row.id].gifting and row.ended_at is None,
            followers=followers[row.creator_id],
            visibility=row.visibility,
            playback=row.playback,
        )
        for row in rows
    ]
