"""Bodies of the room routes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from largesse.identity import Person
from largesse.realtime import Event, Playback, RoomLife, Visibility
from largesse.types import Page, Schema


class GivenPlayback(Schema):
    """Where the picture of a stream comes from; without any address there is none."""

    hls_url: str | None = None
    """Of the HLS playlist: https on a host that the operator allows, or a path of this server."""
    whep_url: str | None = None


class StartStream(Schema):
    """What a new stream is called, who may enter, and where its picture comes from."""

    title: str
    visibility: Visibility = "public"
    """Holds until the stream ends."""
    playback: GivenPlayback | None = None


class ChangeStream(Schema):
    """What is to change of a live stream; what is left out stays."""

    title: str | None = None
    playback: GivenPlayback | None = None
    """Null takes the picture away."""


class Invite(Schema):
    """People who may enter."""

    user_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class InvitationPage(Page[Person]):
    """Who is invited, and how many they are."""

    count: int


class IngestKeyMade(Schema):
    """A key for a media server. It is shown this once: we keep only its digest."""

    key: str
    created_at: datetime


class IngestOpening(Schema):
    """How the creator's media server opens a stream when it says nothing else."""

    title: str
    visibility: Visibility = "public"
    playback: GivenPlayback | None = None


class IngestOpeningView(Schema):
    """The same as stored."""

    title: str
    visibility: Visibility
    playback: Playback | None


class IngestView(Schema):
    """What the creator knows of his key, which is not shown again."""

    key_made_at: datetime | None
    """Null: there is no key."""
    opening: IngestOpeningView
    grace_s: int
    """So long a lost picture may take to come back before the stream ends."""


class IngestStart(Schema):
    """What a media server says when a picture arrives; everything may be left out."""

    key: str | None = None
    """Unless it stands in the Authorization header."""
    title: str | None = None
    hls_url: str | None = None
    whep_url: str | None = None


class IngestState(Schema):
    """The stream that a media server feeds, or fed."""

    stream_id: UUID
    state: RoomLife
    ends_at: datetime | None
    """When it ends unless the picture comes back."""


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
