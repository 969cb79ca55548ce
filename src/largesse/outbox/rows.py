"""What reading the rollups answers with."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Stretch:
    """Batches of a lane, after one number up to another."""

    lane: int
    after: int
    upto: int


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a follower has read a lane."""

    follower: str
    lane: int
    no: int
    last_no: int
    """The lane's newest batch."""
    behind_since: datetime | None
    """When the oldest batch that is not read yet was written; None: nothing is left to read."""


@dataclass(frozen=True, slots=True)
class Supporter:
    sender_id: UUID
    coins: int
    first_seq: int
    """Of his first gift in the room: of equals, who gave first stands higher."""


@dataclass(frozen=True, slots=True)
class DayEarnings:
    date: date
    """The calendar day, UTC."""
    gifts: int
    coins: int
    milli_diamonds: int


@dataclass(frozen=True, slots=True)
class RoomEarnings:
    room_id: UUID
    gifts: int
    coins: int
    milli_diamonds: int


@dataclass(frozen=True, slots=True)
class Sent:
    """Gifts a viewer sent in a month."""

    month: date
    gifts: int
    coins_paid: int
    coins_bonus: int


@dataclass(frozen=True, slots=True)
class Movement:
    """What entries of one kind added to an account on a day, less what they took."""

    day: date
    code: int
    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class CoinEntry:
    """An entry other than a gift in a viewer's month; coins and money are signed as the viewer sees them."""

    id: UUID
    kind: str
    at: datetime
    order_id: UUID | None
    coins_paid: int
    coins_bonus: int
    coins_owed: int
    currency: str | None
    """None: no money moved."""
    amount_minor: int
    """What was paid; below zero: what was paid back."""
    tax_minor: int
    """Of the amount."""
