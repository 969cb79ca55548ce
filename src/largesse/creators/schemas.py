"""Bodies of the creator routes."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import StrictBool

from largesse.identity import Person
from largesse.types import Money, Schema

ReasonCode = Literal["followers", "age", "account_age", "country"]


class Reason(Schema):
    """One condition: what the creator has, what he needs (years, days or followers; null where no number applies)."""

    code: ReasonCode
    met: bool
    have: int | None
    need: int | None


class EligibilityView(Schema):
    """Whether gifts may be switched on, whether they are, and why."""

    eligible: bool
    gifting: bool
    reasons: list[Reason]


class GiftingBody(Schema):
    """The switch."""

    enabled: StrictBool


class Redemption(Schema):
    """What a diamond is worth: micro-units of the currency."""

    currency: str
    micro_per_diamond: int


class DayView(Schema):
    """One calendar day, UTC."""

    date: date
    gifts: int
    coins: int
    milli_diamonds: int


class RoomView(Schema):
    """One stream or post with gifts in the range."""

    room_id: UUID
    kind: Literal["stream", "post"]
    title: str
    started_at: datetime
    gifts: int
    coins: int
    milli_diamonds: int


class EarningsView(Schema):
    """What a creator earned: balances now, then days and rooms of the range asked for."""

    pending_milli_diamonds: int
    available_milli_diamonds: int
    held_milli_diamonds: int
    paid_milli_diamonds: int
    total_milli_diamonds: int
    share_bp: int
    redemption: Redemption
    value: Money
    days: list[DayView]
    streams: list[RoomView]


class GiftName(Schema):
    """A gift of the catalogue, at the version that was given."""

    id: UUID
    version: int
    slug: str
    name: str


class ReceivedGift(Schema):
    """A gift as its recipient sees it; `available_at` is when its diamonds may be cashed out."""

    id: UUID
    at: datetime
    sender: Person
    gift: GiftName
    count: int
    coins: int
    milli_diamonds: int
    reversed_milli_diamonds: int
    """Of the milli-diamonds: taken back because coins of the gift were refunded or charged back."""
    share_bp: int
    room_id: UUID
    room_title: str
    available_at: datetime


class CreatorSupporter(Schema):
    """Somebody who gave to a creator under his name."""

    rank: int
    user: Person
    coins: int
    """In all the rooms of the range, less what was taken back."""


class CreatorSupporters(Schema):
    """Who gave most in rooms with gifts in the last `days`; may lag by some seconds."""

    days: int
    items: list[CreatorSupporter]
