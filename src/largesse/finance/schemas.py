"""Bodies of the receipt route."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from largesse.identity import Person
from largesse.types import Money, Schema

RateKind = Literal["price_book", "share", "redemption_rate"]
LineKind = Literal["tax", "provider_fee", "platform", "creator", "platform_and_creator"]


class ReceiptGift(Schema):
    """A gift of the catalogue, at the version that was given."""

    id: UUID
    version: int
    slug: str
    name: str


class Rate(Schema):
    """A row of a rate table; such rows are never edited."""

    kind: RateKind
    id: int


class ReceiptLine(Schema):
    """Who received a part of the price, and the rates it follows from."""

    kind: LineKind
    amount: Money
    """`platform` may be below zero: fees and the creator's amount can be more than the coins cost."""
    rates: list[Rate]


class LotUse(Schema):
    """Coins of one purchase that were in the gift."""

    lot_id: UUID
    order_id: UUID
    coins: int
    price: Money
    provider: str
    channel: str
    price_book_id: int | None


class Chain(Schema):
    """The coins bought in one currency: what they cost, and where it went; the lines add up to the price."""

    coins: int
    price: Money
    lines: list[ReceiptLine]
    creator_value: Money
    """The value of these coins' diamonds in the currency creators are paid in."""
    lots: list[LotUse]


class Payment(Schema):
    """What the sender paid. Bonus coins cost nothing."""

    coins_bonus: int
    chains: list[Chain]


class Earning(Schema):
    """What the recipient earned."""

    hold_days: int
    available_at: datetime
    """When the diamonds leave their hold."""
    value: Money
    """Of all diamonds of the gift that were not reversed, at the rate of the gift's time, rounded down."""
    redemption_rate_id: int


class GiftReceipt(Schema):
    """The receipt of a gift: `payment` for its sender, `earning` for its recipient, null for the other."""

    id: UUID
    at: datetime
    sender: Person
    recipient: Person
    room_id: UUID
    gift: ReceiptGift
    count: int
    coins: int
    milli_diamonds: int
    reversed_milli_diamonds: int
    """Of the milli-diamonds: taken back because coins of the gift were refunded or charged back."""
    share_id: int
    share_bp: int
    payment: Payment | None
    earning: Earning | None
