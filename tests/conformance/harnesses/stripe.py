"""Stripe's part of the suite: the adapter against the fake Stripe, a process of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from largesse.payment_settings import StripeSettings
from largesse.services import Services
from largesse.topups.providers import PaymentEventKind, PaymentProvider, RawNotification
from largesse.topups.providers.stripe import client, stripe_provider
from largesse.types import now
from tests.conformance.harness import Harness, request_for
from tests.conformance.harnesses.trouble import WISHES, Breakable, Trouble
from tests.fakes.process import Fake
from tests.fakes.stripe.process import KEY, SECRET, stripe_fake

_K = PaymentEventKind
_TYPES = {
    _K.SUCCEEDED: "checkout.session.completed",
    _K.DECLINED: "checkout.session.async_payment_failed",
    _K.ABANDONED: "checkout.session.expired",
    _K.REFUNDED: "refund.created",
    _K.REFUND_FAILED: "refund.failed",
    _K.DISPUTED: "charge.dispute.funds_withdrawn",
    _K.DISPUTE_WON: "charge.dispute.funds_reinstated",
}

_KINDS = {Trouble.SLOW: "slow", Trouble.ERROR: "500", Trouble.TOO_MANY: "429"}
_TROUBLES = {
    how: {"kind": kind, "count": WISHES[how]["count"], "delay_s": WISHES[how].get("delay_s", 0)}
    for how, kind in _KINDS.items()
}


class StripeHarness:
    """Plays buyers, banks and Stripe's webhooks by the fake's control API."""

    def __init__(self, fake: Fake, provider: PaymentProvider) -> None:
        self.fake = fake
        self.provider = provider

    async def happen(self, order_id: UUID, kind: PaymentEventKind) -> None:
        order = str(order_id)
        if kind is _K.SUCCEEDED:
            self.fake.control("pay", order_id=order)
        elif kind is _K.DECLINED:
            self.fake.control("decline", order_id=order)
        elif kind is _K.ABANDONED:
            self.fake.control("abandon", order_id=order)
        elif kind is _K.REFUNDED:
            self.fake.control("refund", order_id=order)
        elif kind is _K.REFUND_FAILED:
            await self._ensure(order_id, _K.REFUNDED)
            self.fake.control("set_refund", order_id=order, status="failed")
        elif kind is _K.DISPUTED:
            self.fake.control("dispute", order_id=order)
        else:
            await self._ensure(order_id, _K.DISPUTED)
            self.fake.control("close_dispute", order_id=order, won=True)

    async def _ensure(self, order_id: UUID, kind: PaymentEventKind) -> None:
        """Let it happen unless it has, or cannot any more (a decline of what is paid)."""
        state = self.fake.control("state", order_id=str(order_id))
        session, refunds, disputes = state["session"], state["refunds"], state["disputes"]
        happened = {
            _K.SUCCEEDED: session["payment_status"] == "paid",
            _K.DECLINED: session["status"] == "complete",
            _K.ABANDONED: session["status"] != "open",
            _K.REFUNDED: bool(refunds),
            _K.REFUND_FAILED: any(refund["status"] == "failed" for refund in refunds),
            _K.DISPUTED: bool(disputes),
            _K.DISPUTE_WON: any(dispute["status"] == "won" for dispute in disputes),
        }
        if not happened[kind]:
            await self.happen(order_id, kind)

    async def notify(self, order_id: UUID, kind: PaymentEventKind) -> RawNotification:
        await self._ensure(order_id, kind)
        return self.event(order_id, _TYPES[kind])

    async def notify_other_amount(self, order_id: UUID, amount_minor: int) -> RawNotification:
        return self.event(order_id, _TYPES[_K.SUCCEEDED], change={"amount_total": amount_minor})

    async def notify_other_currency(self, order_id: UUID, currency: str) -> RawNotification:
        return self.event(order_id, _TYPES[_K.SUCCEEDED], change={"currency": currency.lower()})

    async def notify_part_refunded(self, order_id: UUID, amount_minor: int) -> RawNotification:
        self.fake.control("refund", order_id=str(order_id), amount=amount_minor)
        return self.event(order_id, _TYPES[_K.REFUNDED])

    async def notify_dispute_lost(self, order_id: UUID) -> RawNotification:
        self.fake.control("close_dispute", order_id=str(order_id), won=False)
        return self.event(order_id, "charge.dispute.closed")

    async def notify_inquiry(self, order_id: UUID) -> RawNotification:
        self.fake.control("dispute", order_id=str(order_id), inquiry=True)
        return self.event(order_id, "charge.dispute.created")

    async def notify_elsewhere(self, order_id: UUID) -> RawNotification:
        """In live mode, while our key is a test key."""
        return self.event(order_id, _TYPES[_K.SUCCEEDED], livemode=True)

    async def pay_again(self, order_id: UUID) -> None:
        """On a second page of the same order, which we would not open."""
        await self.provider.create_checkout(
            request_for(order_id, idempotency_key=f"second page of {order_id}")
        )
        self.fake.control("pay", order_id=str(order_id))

    def event(self, order_id: UUID, type: str, **wish: Any) -> RawNotification:
        """An event as Stripe sends it now."""
        sent = self.fake.control("event", order_id=str(order_id), type=type, **wish)
        return received(sent)

    def tamper(self, raw: RawNotification) -> RawNotification:
        return replace(raw, body=raw.body.replace(b'"amount', b'"amount_'))


def received(sent: Mapping[str, str]) -> RawNotification:
    """What the fake signed, as it comes in."""
    return RawNotification({"stripe-signature": sent["signature"]}, sent["body"].encode(), now())


class StripeBackend(Breakable):
    """The fake, and settings that point at it."""

    def __init__(self, fake: Fake) -> None:
        settings = fake_settings(fake)
        super().__init__(
            fake, "stripe", settings, client, wishes=_TROUBLES, well={"kind": "", "count": 0}
        )
        self._harness = StripeHarness(fake, stripe_provider(settings))

    def harness(self, services: Callable[[], Services]) -> Harness:
        return self._harness


def fake_settings(fake: Fake) -> StripeSettings:
    """What an operator would set, for the fake."""
    return StripeSettings(
        secret_key=SecretStr(KEY), webhook_secret=SecretStr(SECRET), api_base=fake.url
    )


@contextmanager
def stripe_backend() -> Iterator[StripeBackend]:
    """The fake runs until the block ends."""
    with stripe_fake() as fake:
        yield StripeBackend(fake)
