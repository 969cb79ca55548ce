"""Bodies of the room routes."""

from datetime import datetime
from uuid import UUID

from largesse.identity import Person
from largesse.realtime import Event, Stream
from largesse.types import Schema


class StartStream(Schema):
    """What a new stream is called."""

    title: str


class CreatePost(Schema):
    """What a new post says."""

    caption: str


class Post(Schema):
    """An ordinary video that takes gifts."""

    id: UUID
    caption: str
    creator: Person
    created_at: datetime
    gifting: bool
    gifts_count: int
    coins_total: int


class EventPage(Schema):
    """A part of a room's log; `next_cursor` is the `after` that continues it."""

    items: list[Event]
    next_cursor: str | None
    last_seq: int


class OverlayLink(Schema):
    """The secret address of the creator's overlay."""

    overlay_url: str
    token: str


class OverlayView(Schema):
    """Whose overlay it is, and what is live now."""

    creator: Person
    stream: Stream | None
