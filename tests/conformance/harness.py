"""What the conformance suite needs of a provider besides the port: someone who pays, and a line to us.

A new provider plugs in by a harness of its own in HARNESSES.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from largesse.services import Services
from largesse.topups.providers import (
    CheckoutRequest,
    PaymentEventKind,
    PaymentProvider,
    RawNotification,
)
from largesse.topups.providers.sandbox import (
    Payment,
    PaymentState,
    SandboxProvider,
    payment_of_order,
    sandbox_provider,
)
from largesse.types import now


class Harness(Protocol):
    """Plays the buyer and the provider's side for one provider."""

    provider: PaymentProvider

    async def happen(self, order_id: UUID, kind: PaymentEventKind) -> None:
        """Let this happen at the provider, which does not tell us."""

    async def notify(self, order_id: UUID, kind: PaymentEventKind) -> RawNotification:
        """A new, rightly signed notification that this happened."""

    async def notify_other_amount(self, order_id: UUID, amount_minor: int) -> RawNotification:
        """A rightly signed notification of a success, of another amount."""

    def tamper(self, raw: RawNotification) -> RawNotification:
        """The notification with its content changed and its signature kept."""


_STATES = {
    PaymentEventKind.SUCCEEDED: PaymentState.SUCCEEDED,
    PaymentEventKind.DECLINED: PaymentState.DECLINED,
    PaymentEventKind.ABANDONED: PaymentState.ABANDONED,
    PaymentEventKind.REFUNDED: PaymentState.REFUNDED,
    PaymentEventKind.DISPUTED: PaymentState.DISPUTED,
    PaymentEventKind.DISPUTE_WON: PaymentState.WON,
}


class SandboxHarness:
    """The sandbox's buyers pay by changing its books."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.sandbox: SandboxProvider = sandbox_provider(services)
        self.provider: PaymentProvider = self.sandbox

    async def _payment(self, order_id: UUID) -> Payment:
        async with self._services.db.read() as conn:
            payment = await payment_of_order(conn, order_id)
        assert payment is not None
        return payment

    async def happen(self, order_id: UUID, kind: PaymentEventKind) -> None:
        payment = await self._payment(order_id)
        assert await self.sandbox.move(payment.id, _STATES[kind]) is not None

    async def notify(self, order_id: UUID, kind: PaymentEventKind) -> RawNotification:
        return self.sandbox.notification_of(await self._payment(order_id), kind)

    async def notify_other_amount(self, order_id: UUID, amount_minor: int) -> RawNotification:
        raw = await self.notify(order_id, PaymentEventKind.SUCCEEDED)
        body = {**json.loads(raw.body), "amount_minor": amount_minor}
        return self.sandbox.signed(json.dumps(body).encode())

    def tamper(self, raw: RawNotification) -> RawNotification:
        return replace(raw, body=raw.body.replace(b'"amount_minor": ', b'"amount_minor": 9'))


HARNESSES: dict[str, Callable[[Services], Harness]] = {"sandbox": SandboxHarness}


def request_for(order_id: UUID, **change: object) -> CheckoutRequest:
    """A checkout of 3.70 dollars."""
    request = CheckoutRequest(
        order_id=order_id,
        idempotency_key=str(order_id),
        description="350 coins",
        amount_minor=370,
        currency="USD",
        country="US",
        return_url="http://test/orders/1",
        expires_at=now() + timedelta(minutes=30),
    )
    return replace(request, **change)  # type: ignore[arg-type]
