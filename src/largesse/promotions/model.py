"""What promotions are, and whom they meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PromotionKind(StrEnum):
    """What a promotion gives."""

    BONUS = "bonus"
    """Extra coins with a purchase."""
    DISCOUNT = "discount"
    """Something off the shown price."""
    GRANT = "grant"
    """Free coins, claimed without a purchase."""


class UseState(StrEnum):
    """Where a use of a promotion stands."""

    RESERVED = "reserved"  # its order was placed
    USED = "used"  # its order was credited, or its coins were claimed
    RELEASED = "released"  # its order failed or expired; a payment that comes late still uses it


@dataclass(frozen=True, slots=True)
class Terms:
    """What an operator decides about a promotion; not changed once it is made."""

    slug: str
    title: str
    description: str
    kind: PromotionKind
    code: str | None
    """As the operator typed it; compared without regard to case. None: it applies by itself."""
    bp: int
    """Basis points: of the coins bought, or off the shown price."""
    coins: int
    """Besides those of `bp`; of a grant, all of it."""
    coins_max: int | None
    """The most extra coins of one use."""
    first_recharge: bool
    starts_at: datetime
    ends_at: datetime
    countries: Sequence[str] | None
    channels: Sequence[str] | None
    coins_min: int
    """Coins that the purchase must have."""
    budget: int | None
    """Coins; of a discount, minor units of `currency` off shown prices."""
    currency: str | None
    uses_max: int | None
    per_person_max: int | None
    daily: bool
    """Of a grant: it can be claimed once each day, UTC, rather than once."""
    bonus_expires_days: int | None
    priority: int
    """The lower one counts as the better of two that are worth the same."""
    stacks: bool
    """It adds up with others that do."""


@dataclass(frozen=True, slots=True)
class Promotion(Terms):
    """A promotion with its counters."""

    id: UUID
    created_at: datetime
    uses: int = 0
    """Reserved and used."""
    spent: int = 0
    """Of the budget, reserved and used."""

    @property
    def budget_left(self) -> int | None:
        return None if self.budget is None else max(0, self.budget - self.spent)


@dataclass(frozen=True, slots=True)
class Case:
    """Who buys, or looks around, and where; what is None is not known and forbids nothing."""

    country: str | None
    channel: str | None
    has_bought: bool = False
    uses: Mapping[UUID, int] = field(default_factory=dict)
    """How often this person used, or reserved, each promotion."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """What promotions are applied to."""

    coins: int
    price_minor: int
    """As shown: with tax where prices include it."""
    currency: str


@dataclass(frozen=True, slots=True)
class Award:
    """What a promotion gives to one purchase."""

    promotion: Promotion
    coins: int = 0
    off_minor: int = 0
    """Off the shown price."""

    @property
    def budget_taken(self) -> int:
        return self.off_minor if self.promotion.kind is PromotionKind.DISCOUNT else self.coins


@dataclass(frozen=True, slots=True)
class Line:
    """An award as an order keeps it. Amounts are minor units of the order's currency."""

    award: Award
    discount_minor: int = 0
    """Off the total."""
    discount_net_minor: int = 0
    """Of it, without tax."""


@dataclass(frozen=True, slots=True)
class Use:
    """A stored use."""

    user_id: UUID
    occasion: str
    promotion_id: UUID
    no: int
    order_id: UUID | None
    coins: int
    discount_minor: int
    discount_net_minor: int
    currency: str | None
    budget_taken: int
    state: UseState
    created_at: datetime
