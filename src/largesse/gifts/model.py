"""Gift types and the limits on giving."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

AnimationKind = Literal["hop", "fly", "stage"]
TargetKind = Literal["stream", "post"]
GiftKind = Literal["gift", "paid_message", "paid_message_held", "cheer"]
"""What a row of the journal was given as. All but `gift` are built in: one coin each, as many as were paid."""


@dataclass(frozen=True, slots=True)
class GiftType:
    """One version of a gift of the catalogue; a change makes a new version."""

    no: int
    id: UUID
    version: int
    slug: str
    name: str
    coins: int
    streakable: bool
    animation_kind: AnimationKind
    animation_duration_ms: int
    alt: str
    position: int
    valid_from: datetime
    valid_until: datetime | None
    kind: GiftKind

    def is_current(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class GiftRule:
    """Limits on one gift."""

    valid_from: datetime
    count_max: int
    message_characters_max: int
    post_gift_coins_min: int
    post_gift_coins_max: int
    new_viewer_days: int
    leaderboard_rows: int
    id_age_max_s: int
    id_ahead_max_s: int


@dataclass(frozen=True, slots=True)
class Target:
    """Where a gift goes and who receives it."""

    kind: TargetKind
    room_id: UUID
    recipient_id: UUID


class Wish(Protocol):
    """A gift that somebody asks to give, by whatever way: a POST or a socket's message."""

    @property
    def id(self) -> UUID:
        """Made by the client: the idempotency key."""
        ...

    @property
    def gift(self) -> str:
        """Slug or id."""
        ...

    @property
    def count(self) -> int: ...

    @property
    def version(self) -> int | None:
        """The version the viewer saw."""
        ...

    @property
    def message(self) -> str | None: ...

    @property
    def streak(self) -> UUID | None: ...

    @property
    def anonymous(self) -> bool:
        """Nobody in the room may learn who gave it."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """Something to pay for that is no gift of the catalogue: its row has a built-in type."""

    id: UUID
    """Made by the client: the idempotency key."""
    kind: GiftKind
    coins: int
    message: str | None
    """Cleaned; None where there is no text."""
    rules_no: int | None
    """By which rules of the room the text was looked at; see `ledger.GiftRequest`."""
