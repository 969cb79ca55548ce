"""Routes of the sandbox: its hosted page, and outcomes on request. They are mounted in demo mode only."""

from uuid import UUID

from fastapi import APIRouter

from largesse.identity import CurrentUser
from largesse.services import ServicesDep
from largesse.topups.sandbox import checkout
from largesse.topups.sandbox.cards import CardInput
from largesse.topups.sandbox.schemas import (
    SandboxCard,
    SandboxCheckout,
    SandboxOutcome,
)
from largesse.topups.schemas import Order
from largesse.types import PathId

router = APIRouter(prefix="/v1/sandbox", tags=["sandbox"])


@router.post("/orders/{id}/pay")
async def pay_order(
    services: ServicesDep, user: CurrentUser, order_id: PathId, body: SandboxOutcome
) -> Order:
    """Make a payment succeed, fail, come late or twice, be refunded or disputed, in part or won."""
    return await checkout.pay_order(services, user, order_id, body.outcome)


@router.get("/checkouts/{checkout_id}")
async def show_checkout(services: ServicesDep, checkout_id: UUID) -> SandboxCheckout:
    """What the hosted page shows."""
    return await checkout.show_checkout(services, checkout_id)


@router.post("/checkouts/{checkout_id}/pay")
async def pay_checkout(
    services: ServicesDep, checkout_id: UUID, body: SandboxCard
) -> SandboxCheckout:
    """Pay with a test card."""
    card = CardInput(body.card_number, body.expiry, body.cvc, body.holder)
    return await checkout.pay_checkout(services, checkout_id, card)


@router.post("/checkouts/{checkout_id}/cancel")
async def cancel_checkout(services: ServicesDep, checkout_id: UUID) -> SandboxCheckout:
    """Leave without paying."""
    return await checkout.cancel_checkout(services, checkout_id)
