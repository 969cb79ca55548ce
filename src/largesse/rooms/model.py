"""Streams and posts as stored."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from largesse.realtime import Playback, Visibility

TITLE_CHARACTERS_MAX = 100
CAPTION_CHARACTERS_MAX = 300
CHAT_CHARACTERS_MAX = 200
CHATS_MAX = 20
"""Messages of one user within CHAT_WINDOW_S, over all rooms."""
CHAT_WINDOW_S = 20


def playback_of(hls_url: str | None, whep_url: str | None) -> Playback | None:
    """Where a picture comes from; none without an address. The log's texts of erased people are empty."""
    if not hls_url and not whep_url:
        return None
    return Playback(hls_url=hls_url or None, whep_url=whep_url or None)


@dataclass(frozen=True, slots=True)
class StreamRow:
    """A stream; its id is also its room's."""

    id: UUID
    creator_id: UUID
    title: str
    started_at: datetime
    ended_at: datetime | None
    visibility: Visibility = "public"
    hls_url: str | None = None
    whep_url: str | None = None

    @property
    def playback(self) -> Playback | None:
        """Where its picture comes from."""
        return playback_of(self.hls_url, self.whep_url)


@dataclass(frozen=True, slots=True)
class ListedStream(StreamRow):
    """A live stream in the list, with the number it is sorted by."""

    viewers: int = 0


@dataclass(frozen=True, slots=True)
class StreamRule:
    """Figures of media servers and invitations; the migrations 0024, 0025 and 0028 say what each one bounds."""

    ingest_grace_s: int
    ingest_calls_max: int
    ingest_wrong_max: int
    ingest_window_s: int
    invitations_max: int
    ingest_key_days: int
    changes_max: int
    changes_window_s: int


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post; its id is also its room's."""

    id: UUID
    creator_id: UUID
    caption: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Door:
    """Who a stream is for, as one user finds it."""

    creator_id: UUID
    visibility: Visibility
    open: bool
    """It is for this user; its creator and moderators may enter anyway."""


@dataclass(frozen=True, slots=True)
class IngestKey:
    """What a media server shows, as stored."""

    owner_id: UUID
    """The creator, or the one stream that it is for."""
    creator_id: UUID
    digest: bytes
    created_at: datetime

    @property
    def stream_id(self) -> UUID | None:
        """The one stream that it is for."""
        return None if self.owner_id == self.creator_id else self.owner_id


@dataclass(frozen=True, slots=True)
class IngestDefault:
    """How a creator's media server opens a stream when it says nothing else."""

    creator_id: UUID
    title: str
    visibility: Visibility = "public"
    hls_url: str | None = None
    whep_url: str | None = None

    @property
    def playback(self) -> Playback | None:
        """Where its pictures come from."""
        return playback_of(self.hls_url, self.whep_url)
