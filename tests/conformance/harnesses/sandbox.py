"""The sandbox lives in our own process and database: its buyers pay by changing its books."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from largesse.services import Services
from largesse.topups.providers import PaymentEventKind, PaymentProvider, RawNotification
from largesse.topups.providers.sandbox import (
    Payment,
    PaymentState,
    SandboxProvider,
    payment_of_order,
    sandbox_provider,
)
from tests.conformance.harness import Harness

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


class SandboxBackend:
    """On in demo mode."""

    settings: Mapping[str, Any] = {"demo": True}

    def harness(self, services: Services) -> Harness:
        return SandboxHarness(services)


@contextmanager
def sandbox_backend() -> Iterator[SandboxBackend]:
    yield SandboxBackend()
