"""Shapes of the wallet API."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictInt

from largesse.identity import Person
from largesse.types import Money, Page, Schema

BUDGET_COINS_MAX = 10**9
TransactionKind = Literal[
    "top_up", "gift", "refund", "chargeback", "restored", "grant_bonus", "lapse"
]


class BudgetChange(Schema):
    """A budget that will take the place of the present one."""

    monthly_coins: int | None
    at: datetime


class BudgetView(Schema):
    """How many coins may be spent in a calendar month (UTC), and how many were."""

    monthly_coins: int | None
    """Null: no limit."""
    spent_coins: int
    remaining_coins: int | None
    resets_at: datetime
    next: BudgetChange | None
    """A raise that waits."""


class WalletView(Schema):
    """What a viewer holds."""

    coins_paid: int
    coins_bonus: int
    coins_total: int
    coins_owed: int
    frozen: bool
    budget: BudgetView


class BonusExpiring(Schema):
    """Bonus coins that lapse, within some minutes of a moment, unless they are given before."""

    coins: int
    expires_at: datetime


class OwnWallet(WalletView):
    """What a viewer holds, and which of it lapses when."""

    bonus_expiring: list[BonusExpiring]
    """The next first; bonus coins that are not here never lapse."""


class BudgetRequest(Schema):
    """A new monthly budget; null removes it."""

    monthly_coins: Annotated[StrictInt, Field(ge=0, le=BUDGET_COINS_MAX)] | None


class GivenGift(Schema):
    """The gift of a line of the history."""

    slug: str
    name: str
    count: int
    recipient: Person
    room_id: UUID
    anonymous: bool
    """Given without one's name."""


class WalletTransaction(Schema):
    """One line of a wallet's history; coins are signed."""

    id: UUID
    kind: TransactionKind
    at: datetime
    coins_paid: int
    coins_bonus: int
    balance_after: int
    """Paid and bonus coins together."""
    order_id: UUID | None
    gift: GivenGift | None


class WalletHistory(Page[WalletTransaction]):
    """A page of a wallet's history."""

    archived_until: datetime | None
    """Older lines lie in the archive; null: the history is whole. Statements know every month."""


class Lot(Schema):
    """The coins of one purchase, and what became of them."""

    id: UUID
    """The order's id."""
    at: datetime
    coins_bought: int
    coins_spent: int
    coins_left: int
    coins_refunded: int
    total: Money
    tax: Money
    provider: str


class LotGift(Schema):
    """A gift, and the part of it that a purchase paid for."""

    id: UUID
    at: datetime
    gift: GivenGift
    coins: int
    """Paid from this purchase; the gift may have cost more."""
    price: Money
    """Of these coins, with tax."""


class LotGifts(Schema):
    """A purchase, and one page of the gifts it paid for, newest first; `next_cursor` is null on the last."""

    lot: Lot
    items: list[LotGift]
    next_cursor: str | None
