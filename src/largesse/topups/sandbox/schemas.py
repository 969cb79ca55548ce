"""Shapes of the sandbox's hosted checkout."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from largesse.topups.providers.sandbox import PaymentState
from largesse.topups.sandbox.outcomes import Outcome
from largesse.types import Money, Schema

_Typed = Annotated[str, Field(max_length=200)]


class SandboxOutcome(Schema):
    """What is to happen to an order's payment."""

    outcome: Outcome


class SandboxCard(Schema):
    """A card as typed on the page."""

    card_number: _Typed
    expiry: _Typed
    cvc: _Typed
    holder: _Typed


class SandboxTestCard(Schema):
    """A card that the sandbox takes."""

    number: str
    label: str
    outcome: Outcome


class SandboxCheckout(Schema):
    """The hosted page of one order."""

    id: UUID
    state: PaymentState
    merchant: str
    description: str
    amount: Money
    order_id: UUID
    return_url: str
    test_cards: list[SandboxTestCard]
