"""The sandbox lives in our own process and database: its buyers pay by changing its books."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from largesse.services import Services
from largesse.topups.providers import (
    PaymentEventKind,
    PaymentProvider,
    RawNotification,
    RefundRequest,
    RefundState,
)
from largesse.topups.providers.sandbox import (
    Payment,
    PaymentState,
    SandboxProvider,
    sandbox_provider,
)
from largesse.topups.providers.sandbox.queries import payments_of_order
from tests.conformance.harness import Harness, request_for

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
        """The newest of an order."""
        async with self._services.db.read() as conn:
            return (await payments_of_order(conn, order_id))[-1]

    async def happen(self, order_id: UUID, kind: PaymentEventKind) -> None:
        payment = await self._payment(order_id)
        assert await self.sandbox.move(payment.id, _STATES[kind]) is not None

    async def notify(self, order_id: UUID, kind: PaymentEventKind) -> RawNotification:
        return self.sandbox.notification_of(await self._payment(order_id), kind)

    async def notify_other_amount(self, order_id: UUID, amount_minor: int) -> RawNotification:
        return await self._notify_changed(order_id, amount_minor=amount_minor)

    async def notify_other_currency(self, order_id: UUID, currency: str) -> RawNotification:
        return await self._notify_changed(order_id, currency=currency)

    async def _notify_changed(self, order_id: UUID, **change: object) -> RawNotification:
        raw = await self.notify(order_id, PaymentEventKind.SUCCEEDED)
        return self.sandbox.signed(json.dumps({**json.loads(raw.body), **change}).encode())

    async def notify_part_refunded(self, order_id: UUID, amount_minor: int) -> RawNotification:
        payment = await self._payment(order_id)
        assert payment.transaction_id is not None
        request = RefundRequest(
            f"part:{order_id}", order_id, payment.transaction_id, amount_minor, payment.currency
        )
        assert await self.sandbox.refund(request) is RefundState.DONE
        (refund,) = await self.sandbox.refunds(payment)
        return self.sandbox.notification_of(payment, PaymentEventKind.REFUNDED, refund)

    async def notify_dispute_lost(self, order_id: UUID) -> RawNotification:
        """A dispute that nobody wins stays; it is told once more."""
        return await self.notify(order_id, PaymentEventKind.DISPUTED)

    async def notify_elsewhere(self, order_id: UUID) -> RawNotification:
        """Signed by the sandbox of another server."""
        raw = await self.notify(order_id, PaymentEventKind.SUCCEEDED)
        return SandboxProvider(self._services.db, b"of another server").signed(raw.body)

    async def pay_again(self, order_id: UUID) -> None:
        """On a second page of the same order, which we would not open."""
        again = request_for(order_id, idempotency_key=f"second page of {order_id}")
        await self.sandbox.create_checkout(again)
        await self.happen(order_id, PaymentEventKind.SUCCEEDED)

    def tamper(self, raw: RawNotification) -> RawNotification:
        return replace(raw, body=raw.body.replace(b'"amount_minor": ', b'"amount_minor": 9'))


class SandboxBackend:
    """On in demo mode."""

    settings: Mapping[str, Any] = {"demo": True}

    def harness(self, services: Callable[[], Services]) -> Harness:
        return SandboxHarness(services())


@contextmanager
def sandbox_backend() -> Iterator[SandboxBackend]:
    yield SandboxBackend()
