"""Shapes of the review of held payments. No addresses, devices or cards: figures and sentences."""

from datetime import datetime
from uuid import UUID

from largesse.identity import Person
from largesse.topups.holds.model import Decision
from largesse.topups.states import OrderState
from largesse.types import Money, Schema


class HoldReason(Schema):
    """Why a payment is held."""

    rule: str
    text: str
    value: int
    """What the rule's measure came to with this order."""
    amount: int
    """What the rule allows."""


class Hold(Schema):
    """A payment that is kept from being credited until an operator decides."""

    order_id: UUID
    order_state: OrderState
    buyer_id: UUID
    buyer: Person | None
    """Null when the account is gone."""
    provider: str
    country: str
    payer_country: str | None
    """As the provider told it; null: it did not."""
    coins: int
    coins_bonus: int
    total: Money
    ordered_at: datetime
    held_at: datetime
    due_at: datetime
    """It should be decided by then."""
    overdue: bool
    reasons: list[HoldReason]
    decision: Decision | None
    decided_by: UUID | None
    decided_at: datetime | None
