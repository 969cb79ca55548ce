"""Shapes of the promotions API."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StrictBool, StrictInt

from largesse.promotions.model import PromotionKind
from largesse.types import Money, Schema, one_line

COINS_MAX = 10**9
_AMOUNT_MAX = 10**15
_DAYS_MAX = 3_650
_BP_MAX = 100_000


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
_Coins = Annotated[StrictInt, Field(ge=0, le=COINS_MAX)]
_Title = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(one_line)]
_Text = Annotated[str, Field(max_length=500), AfterValidator(one_line)]
_Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
_Channel = Literal["web", "app_store", "google_play"]


class PromotionBody(Schema):
    """A promotion as an operator makes it. It is not changed afterwards, only ended."""

    slug: Slug
    title: _Title
    description: _Text = ""
    kind: PromotionKind
    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{3,40}$")] | None = None
    """Null: it applies by itself, or can be claimed without."""
    bp: Annotated[StrictInt, Field(ge=0, le=_BP_MAX)] = 0
    """Basis points of the coins bought (bonus), or off the shown price (discount)."""
    coins: _Coins = 0
    """Extra coins of a bonus besides those of `bp`; the coins of a grant."""
    coins_max: Annotated[StrictInt, Field(ge=1, le=COINS_MAX)] | None = None
    """The most extra coins of one use."""
    first_recharge: StrictBool = False
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    countries: Annotated[list[_Country], Field(min_length=1, max_length=300)] | None = None
    channels: Annotated[list[_Channel], Field(min_length=1, max_length=3)] | None = None
    coins_min: _Coins = 0
    budget: Annotated[StrictInt, Field(ge=1, le=_AMOUNT_MAX)] | None = None
    """Coins; of a discount, minor units of `currency` off shown prices."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    uses_max: Annotated[StrictInt, Field(ge=1, le=_AMOUNT_MAX)] | None = None
    per_person_max: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = None
    daily: StrictBool = False
    """Of a grant: once each day (UTC) rather than once."""
    bonus_expires_days: Annotated[StrictInt, Field(ge=1, le=_DAYS_MAX)] | None = None
    priority: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = 100
    stacks: StrictBool = False


class PromotionCost(Schema):
    """What a promotion has given out so far. Coins cost something only once they are given to creators."""

    coins: int
    """Bonus coins credited."""
    discounts: list[Money]
    """Off credited orders, without tax; what refunds took back is not deducted."""
    uses: int
    """Credited or claimed."""
    reserved: int
    """Kept for orders that wait for payment."""


class OperatorPromotion(PromotionBody):
    """A promotion with what became of it."""

    id: UUID
    created_at: datetime
    budget_left: int | None
    cost: PromotionCost


class PromotionView(Schema):
    """A promotion as people see it."""

    slug: str
    title: str
    description: str
    kind: PromotionKind
    bp: int
    coins: int
    coins_min: int
    first_recharge: bool
    ends_at: datetime
    code_needed: bool
    claimable: bool
    """Free coins that you can claim now."""
    claimed: bool
    """You have them: today's, where it is once a day."""


class PromotionLine(Schema):
    """What a promotion gives to a purchase."""

    slug: str
    title: str
    kind: PromotionKind
    coins: int
    discount_minor: int
    """Off the total."""
    bonus_expires_days: int | None
    """After so many days what is left of its coins lapses; null: never."""


class ClaimRequest(Schema):
    """Claims free coins."""

    code: Code | None = None


class Claim(Schema):
    """Free coins that were claimed."""

    slug: str
    coins: int
    claimed_at: datetime
    expires_at: datetime | None
    """When those not given lapse; null: never."""


class GrantRequest(Schema):
    """Gives free coins to one person."""

    user_id: UUID
    coins: Annotated[StrictInt, Field(ge=1, le=COINS_MAX)]
    reason: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(one_line)]
    expires_days: Annotated[StrictInt, Field(ge=1, le=_DAYS_MAX)] | None = None


class Grant(Schema):
    """Free coins that an operator gave."""

    id: UUID
    user_id: UUID
    coins: int
    reason: str
    expires_at: datetime | None
    created_at: datetime
