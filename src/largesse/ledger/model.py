"""The values that go in and out of the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

GIFT_COINS_MAX = 10**12
"""One gift's coins; with the cap on a batch no sum in it can overflow."""
COINS_MAX = 2**62 - 1
"""Coins ever bought by one owner, and bonus coins ever given to one: their sum still fits a bigint."""


class Code(IntEnum):
    """The accounts of docs/money.md; the numbers are those of the table account_code."""

    COINS_PAID = 1
    COINS_BONUS = 2
    COINS_OWED = 3
    DIAMONDS_PENDING = 10
    DIAMONDS_AVAILABLE = 11
    DIAMONDS_HELD = 12
    DIAMONDS_OWED = 13
    COINS_ISSUED = 20
    COINS_REDEEMED = 21
    COINS_REFUNDED = 22
    BONUS_ISSUED = 23
    COINS_RECEIVABLE = 24
    DIAMONDS_ISSUED = 30
    DIAMONDS_REDEEMED = 31
    DIAMONDS_REVERSED = 32
    PROVIDER_CLEARING = 40
    DEFERRED_REVENUE = 41
    REVENUE = 42
    PROVIDER_FEES = 43
    TAX_PAYABLE = 44
    CREATOR_PAYABLE = 45
    CREATOR_COST = 46
    PROMOTION_COST = 47
    CHARGEBACK_LOSS = 48
    BANK = 49


def month_of(moment: datetime) -> int:
    """The number of a calendar month, UTC: year * 12 + month."""
    at = moment.astimezone(UTC)
    return at.year * 12 + at.month


def month_end(moment: datetime) -> datetime:
    """The first moment of the next calendar month, UTC."""
    year, month = divmod(month_of(moment), 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


class WalletState(NamedTuple):
    """A viewer's coins, freeze and budget, as stored; ask the helpers what holds at a moment."""

    coins_paid: int
    coins_bonus: int
    coins_owed: int
    frozen: bool
    month: int
    month_spent: int
    budget: int | None
    budget_next: int | None
    budget_next_at: datetime | None

    def effective_budget(self, now: datetime) -> int | None:
        """Coins a month allowed at `now`; None: no limit."""
        if self.budget_next_at is not None and self.budget_next_at <= now:
            return self.budget_next
        return self.budget

    def pending_budget(self, now: datetime) -> tuple[int | None, datetime] | None:
        """The budget that will take over and when; None: nothing is pending."""
        if self.budget_next_at is None or self.budget_next_at <= now:
            return None
        return self.budget_next, self.budget_next_at

    def spent_this_month(self, now: datetime) -> int:
        """Paid and bonus coins spent in the calendar month of `now`, or in the next where another clock is there."""
        return self.month_spent if self.month >= month_of(now) else 0


EMPTY_WALLET = WalletState(0, 0, 0, False, 0, 0, None, None, None)


@dataclass(slots=True, unsafe_hash=True)  # `frozen` would take five times as long to make
class GiftRequest:
    """A gift whose rules (age, price, self-gift ...) hold; the ledger decides funds, budget, freeze and room.

    Not changed once it is made.
    """

    id: UUID
    sender_id: UUID
    recipient_id: UUID
    room_id: UUID
    gift_type_no: int
    count: int
    coins: int
    """Coins of all `count` gifts together."""
    share_id: int
    milli_diamonds: int
    hold_min_days: int
    """Diamonds stay pending at least this long when paid coins are in the gift."""
    bonus_hold_days: int
    """And this long when only bonus coins are."""
    streak_id: UUID | None = None
    message: str | None = None
    anonymous: bool = False
    """Only its sender and operators may learn who gave it."""
    rules_no: int | None = None
    """By which rules of the room its message was looked at; it is not written under others. None: any."""


class GiftEntry(NamedTuple):
    """A gift that is in the journal."""

    request: GiftRequest
    seq: int
    coins_paid: int
    coins_bonus: int
    spent_before: int
    hold_days: int
    created_at: datetime
    lane: int
    batch_no: int
    wallet: WalletState
    """The sender's wallet after this gift; for a duplicate, the wallet at present."""
    duplicate: bool
    first_ever: bool = False
    """The first that its sender gave under his name, to whomever."""


@dataclass(frozen=True, slots=True)
class BonusPart:
    """Bonus coins that lapse at a moment unless they are given before; None: never."""

    coins: int
    expires_at: datetime | None


NO_BONUS = BonusPart(0, None)


@dataclass(frozen=True, slots=True)
class BonusGrant:
    """Coins for nothing; `id` makes it happen once."""

    owner_id: UUID
    id: UUID
    bonus: BonusPart


@dataclass(frozen=True, slots=True)
class TopUp:
    """A paid order, to be credited."""

    owner_id: UUID
    order_id: UUID
    coins: int
    coins_bonus: int
    currency: str
    gross_minor: int
    tax_minor: int
    fee_minor: int
    provider: str
    channel: str
    hold_days: int
    bonus_parts: Sequence[BonusPart] = ()
    """Of `coins_bonus`, those that lapse."""
    discount_minor: int = 0
    """What promotions took off the price, without tax; already off `gross_minor`."""


@dataclass(frozen=True, slots=True)
class Reversed:
    """What is reversed of an order at present, all its refunds and disputes together."""

    amount_minor: int
    """Of its gross; never more than that."""
    whole: bool
    disputed: bool
    """One of the causes is a chargeback that was not won."""
    coins_removed: int
    """Unused coins that left the wallet."""
    coins_of_gifts: int
    """Spent coins whose gifts lost their diamonds."""
    coins_owed: int
    """Spent coins that the owner had to pay back, or still owes."""
    coins_borne: int
    """Spent coins that the platform bears."""
    coins_bonus: int
    """Unused bonus coins that left the wallet."""
    duplicate: bool
    """This was known; nothing moved."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One amount that moves from one account to another."""

    asset: str
    from_id: UUID
    from_code: Code
    to_id: UUID
    to_code: Code
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Transfers that belong together; `owner_id` is the user they concern, or the platform."""

    owner_id: UUID
    entry_id: UUID
    kind: str
    transfers: Sequence[Transfer]
    reference_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """The creator's share of a gift's coins; diamonds = coins x share, exact in milli-diamonds."""

    id: int
    share_bp: int

    def milli_diamonds(self, coins: int) -> int:
        return coins * self.share_bp // 10


@dataclass(frozen=True, slots=True)
class RedemptionRate:
    id: int
    currency: str
    micro_per_diamond: int
