"""Refunds without a worker: their job is run when the test says so, and providers answer as it says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from largesse.topups.payments import apply_event
from largesse.topups.providers import (
    CheckoutRequest,
    PaymentEventKind,
    ProviderError,
    RefundRequest,
    RefundState,
)
from largesse.topups.providers.sandbox import Payment, PaymentState, SandboxProvider
from largesse.topups.refunds import jobs, queries, requests, schemas
from largesse.topups.refunds.model import Refund
from largesse.topups.schemas import Order
from largesse.types import now
from tests.topups.shop import Shop

SUCCEEDED = PaymentEventKind.SUCCEEDED
REFUNDED = PaymentEventKind.REFUNDED
FAILED = PaymentEventKind.REFUND_FAILED


class Crashed(Exception):
    """The process died here."""


@dataclass
class Desk:
    """A shop where money is given back."""

    shop: Shop

    async def bought(self, coins: int = 350) -> tuple[Order, Payment]:
        """An order that is paid and credited."""
        order = await self.shop.order(coins)
        payment = await self.shop.paid(order)
        await self.shop.tell(self.shop.notice(payment, SUCCEEDED))
        return order, payment

    async def paid_again(self, order: Order) -> Payment:
        """A second payment of an order at the sandbox, which does not tell us yet."""
        checkout = await self.shop.provider.create_checkout(
            CheckoutRequest(
                order_id=order.id,
                idempotency_key=f"again:{order.id}",
                description="the same once more",
                amount_minor=order.total.amount_minor,
                currency=order.total.currency,
                country="US",
                return_url="http://test/",
                expires_at=now(),
            )
        )
        paid = await self.shop.provider.move(UUID(checkout.reference), PaymentState.SUCCEEDED)
        assert paid is not None
        return paid

    async def offer(self, order: Order) -> schemas.RefundOffer:
        return await requests.show_offer(self.shop.services, self.shop.buyer, order.id)

    async def request(
        self, order: Order, coins: int | None = None, key: str | None = None
    ) -> schemas.Refund:
        """Ask for the money of some coins, as many as are offered."""
        wanted = (await self.offer(order)).coins if coins is None else coins
        requested = await requests.request_refund(
            self.shop.services, self.shop.buyer, order.id, coins=wanted, key=key
        )
        return requested.refund

    async def advance(self, order: Order) -> Refund:
        """Run the job of an order's last refund; answers with the refund after it."""
        await jobs.advance(self.shop.services, (await self.last(order)).id, apply_event)
        return await self.last(order)

    async def refunds(self, order: Order) -> list[Refund]:
        async with self.shop.services.db.read() as conn:
            return await queries.refunds_of(conn, order.id)

    async def last(self, order: Order) -> Refund:
        return (await self.refunds(order))[-1]

    async def sweep(self) -> int:
        """The sweep, when all that waits is due."""
        await self.shop.execute("UPDATE refund SET try_at = now() WHERE try_at IS NOT NULL")
        return await jobs.sweep_refunds(self.shop.services, apply_event)

    async def asked_long_ago(self) -> None:
        ago = timedelta(seconds=jobs.KEY_HOLDS_S + 60)
        await self.shop.execute("UPDATE refund SET asked_at = asked_at - %s", ago)

    async def transaction_states(self, order: Order) -> list[str]:
        return await self.shop.column(
            "SELECT state FROM provider_transaction WHERE order_id = %s ORDER BY created_at",
            order.id,
        )

    async def sandbox_refunds(self) -> list[int]:
        """What the sandbox gave back, in minor units."""
        return await self.shop.column("SELECT amount_minor FROM sandbox_refund ORDER BY created_at")


@contextmanager
def answering(answer: RefundState | Exception, *, does: bool = False) -> Iterator[list[str]]:
    """The provider answers so to every request for a refund, which it does (then) or not; gives the keys it saw."""
    keys: list[str] = []
    real = SandboxProvider.refund

    async def refund(self: SandboxProvider, request: RefundRequest) -> RefundState:
        keys.append(request.idempotency_key)
        if does:
            await real(self, request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SandboxProvider, "refund", refund)
        yield keys


@contextmanager
def silent() -> Iterator[None]:
    """The provider cannot be reached at all."""

    async def nothing(self: SandboxProvider, _: object) -> RefundState:
        raise ProviderError("away")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SandboxProvider, "refund", nothing)
        patch.setattr(SandboxProvider, "look_up", nothing)
        yield
