"""Streams and posts as stored."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

TITLE_CHARACTERS_MAX = 100
CAPTION_CHARACTERS_MAX = 300
CHAT_CHARACTERS_MAX = 200
CHATS_MAX = 20
"""Messages of one user within CHAT_WINDOW_S, over all rooms."""
CHAT_WINDOW_S = 20


@dataclass(frozen=True, slots=True)
class StreamRow:
    """A stream; its id is also its room's."""

    id: UUID
    creator_id: UUID
    title: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListedStream:
    """A live stream in the list, with the number it is sorted by."""

    id: UUID
    creator_id: UUID
    title: str
    started_at: datetime
    ended_at: datetime | None
    viewers: int

    @property
    def row(self) -> StreamRow:
        return StreamRow(self.id, self.creator_id, self.title, self.started_at, self.ended_at)


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post; its id is also its room's."""

    id: UUID
    creator_id: UUID
    caption: str
    created_at: datetime
