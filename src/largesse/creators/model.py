"""Rules about creators, and what other modules tell us about their rooms."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from largesse.db import ReadConnection


@dataclass(frozen=True, slots=True)
class CreatorRule:
    """Who may receive gifts, from one moment on."""

    live_followers_min: int
    post_followers_min: int
    account_age_min_days: int
    recent_public_post_days: int


@dataclass(frozen=True, slots=True)
class RoomTitle:
    """What a room is called, for statements."""

    room_id: UUID
    kind: Literal["stream", "post"]
    title: str
    started_at: datetime


RoomTitles: TypeAlias = Callable[[ReadConnection, Sequence[UUID]], Awaitable[dict[UUID, RoomTitle]]]
"""Looks up the titles of rooms; ids it does not know are missing."""
