"""Shapes of refunds in the API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt

from largesse.topups.refunds.model import Failure, Progress, RefundReason
from largesse.topups.refunds.policy import Refusal
from largesse.types import Money, Schema

_COINS_MAX = 2**62


class RefundOffer(Schema):
    """Whether the unused coins of an order can be given back, and what for. All figures are 0 where they cannot."""

    possible: bool
    reason: Refusal | None
    """Why not."""
    coins: int
    """Unused ones, which leave the wallet."""
    coins_bonus: int
    """Free ones that came with them, and leave with them."""
    amount: Money
    """With tax."""
    tax: Money
    """In the amount."""
    until: datetime | None
    """Until when it is offered, by the country's policy; null: it is not."""


class RefundRequest(Schema):
    """Asks for the money of the unused coins of an order."""

    coins: Annotated[StrictInt, Field(ge=1, le=_COINS_MAX)]
    """As offered: where it is another number by now, nothing is done."""


class Refund(Schema):
    """Money that we give back: how much, why, and how far it is."""

    id: UUID
    order_id: UUID
    reason: RefundReason
    state: Progress
    failure: Failure | None
    amount: Money
    coins: int
    coins_bonus: int
    created_at: datetime
    updated_at: datetime
