"""PayPal's fake runs as its own process: its buyers approve there, and our side takes the money."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from largesse.payment_settings import PayPalSettings
from largesse.services import Services
from largesse.topups.providers import (
    Checkout,
    CheckoutRequest,
    PaymentEvent,
    PaymentEventKind,
    PaymentProvider,
    PaymentReference,
    RawNotification,
)
from largesse.topups.providers.paypal import PayPalProvider, client
from largesse.topups.providers.paypal.client import PayPalClient
from largesse.types import now
from tests.conformance.harness import Harness, request_for
from tests.conformance.harnesses.trouble import Breakable
from tests.fakes.paypal.process import CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID, fake_paypal
from tests.fakes.process import Fake

_K = PaymentEventKind
LATE = timedelta(days=2, hours=12)
"""Every notification here is a late repetition: PayPal tries for three days, so only then is a further day too old."""


class KnowingProvider(PayPalProvider):
    """Remembers PayPal's name of an order, as the row of an order does: PayPal cannot be asked by ours."""

    known: dict[UUID, str]

    async def create_checkout(self, request: CheckoutRequest) -> Checkout:
        checkout = await super().create_checkout(request)
        self.known[request.order_id] = checkout.reference
        return checkout

    async def look_up(self, reference: PaymentReference) -> tuple[PaymentEvent, ...]:
        if reference.order_id is not None and reference.checkout_reference is None:
            known = self.known.get(reference.order_id)
            reference = replace(reference, checkout_reference=known)
        return await super().look_up(reference)


def knowing_provider(settings: PayPalSettings) -> KnowingProvider:
    """A provider for these settings, with a memory."""
    assert settings.certificates is not None
    calls = PayPalClient(str(settings.api_base), CLIENT_ID, CLIENT_SECRET)
    provider = KnowingProvider(calls, WEBHOOK_ID, settings.certificates)
    provider.known = {}
    return provider


class PayPalHarness:
    """Buyers approve at the fake; who takes the money is our look-up, or the fake when something later happens."""

    def __init__(self, fake: Fake, settings: PayPalSettings) -> None:
        self._fake = fake
        self.provider: PaymentProvider = knowing_provider(settings)

    def _control(self, act: str, order_id: UUID, **wish: Any) -> Any:
        return self._fake.control(act, order_id=str(order_id), **wish)

    def _captures(self, order_id: UUID) -> list[dict[str, Any]]:
        (unit,) = self._control("show", order_id)["purchase_units"]
        return list(unit.get("payments", {}).get("captures", []))

    async def happen(self, order_id: UUID, kind: PaymentEventKind) -> None:
        if kind is _K.SUCCEEDED:
            self._control("approve", order_id)
        elif kind is _K.DECLINED:
            self._control("decline", order_id)
        elif kind is _K.ABANDONED:
            self._control("abandon", order_id)
        elif kind is _K.REFUNDED:
            self._control("refund", order_id)
        elif kind is _K.REFUND_FAILED:
            self._fail_refund(order_id)
        elif kind is _K.DISPUTED:
            self._control("dispute", order_id, stage="CHARGEBACK")
        else:
            self._control("dispute", order_id, outcome="RESOLVED_SELLER_FAVOUR")

    def _fail_refund(self, order_id: UUID) -> None:
        """The newest refund comes back; without one, a first one fails."""
        (unit,) = self._control("show", order_id)["purchase_units"]
        if unit.get("payments", {}).get("refunds"):
            self._control("settle_refund", order_id, status="FAILED")
        else:
            self._control("refund", order_id, status="FAILED")

    async def notify(self, order_id: UUID, kind: PaymentEventKind) -> RawNotification:
        if kind is _K.SUCCEEDED:
            return self._told(order_id, self._success_type(order_id))
        await self.happen(order_id, kind)
        types = {
            _K.DECLINED: "PAYMENT.CAPTURE.DENIED",
            _K.ABANDONED: "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
            _K.REFUNDED: "PAYMENT.CAPTURE.REFUNDED",
            _K.REFUND_FAILED: "PAYMENT.REFUND.FAILED",
            _K.DISPUTED: "CUSTOMER.DISPUTE.CREATED",
            _K.DISPUTE_WON: "CUSTOMER.DISPUTE.RESOLVED",
        }
        return self._told(order_id, types[kind])

    async def notify_other_amount(self, order_id: UUID, amount_minor: int) -> RawNotification:
        return self._notify_changed(
            order_id, {"currency_code": "USD", "value": _value(amount_minor)}
        )

    async def notify_other_currency(self, order_id: UUID, currency: str) -> RawNotification:
        return self._notify_changed(order_id, {"currency_code": currency, "value": "3.70"})

    def _notify_changed(self, order_id: UUID, amount: Mapping[str, str]) -> RawNotification:
        """What the body says counts nothing, so PayPal's own books must hold the other amount."""
        if not any(one["status"] == "COMPLETED" for one in self._captures(order_id)):
            self._control("capture", order_id)
        self._control("edit", order_id, capture={"amount": amount})
        return self._told(order_id, "PAYMENT.CAPTURE.COMPLETED")

    async def notify_part_refunded(self, order_id: UUID, amount_minor: int) -> RawNotification:
        self._control("refund", order_id, value=_value(amount_minor))
        return self._told(order_id, "PAYMENT.CAPTURE.REFUNDED")

    async def notify_dispute_lost(self, order_id: UUID) -> RawNotification:
        self._control("dispute", order_id, outcome="RESOLVED_BUYER_FAVOUR")
        return self._told(order_id, "CUSTOMER.DISPUTE.RESOLVED")

    async def notify_inquiry(self, order_id: UUID) -> RawNotification:
        self._control("dispute", order_id, stage="INQUIRY")
        return self._told(order_id, "CUSTOMER.DISPUTE.CREATED")

    async def notify_elsewhere(self, order_id: UUID) -> RawNotification:
        """For the webhook of another app, as the one in PayPal's sandbox is."""
        return self._told(order_id, self._success_type(order_id), webhook_id="8XY00000000000000")

    async def pay_again(self, order_id: UUID) -> None:
        """At an account that lets a used invoice number pass."""
        await self.provider.create_checkout(
            request_for(order_id, idempotency_key=f"second page of {order_id}")
        )
        self._control("unblock", order_id)
        self._control("approve", order_id)

    def tamper(self, raw: RawNotification) -> RawNotification:
        return replace(raw, body=raw.body.replace(b'"value": "', b'"value": "9'))

    def _success_type(self, order_id: UUID) -> str:
        """Before the money is taken PayPal tells of the approval."""
        captured = any(one["status"] != "DECLINED" for one in self._captures(order_id))
        return "PAYMENT.CAPTURE.COMPLETED" if captured else "CHECKOUT.ORDER.APPROVED"

    def _told(self, order_id: UUID, kind: str, **signed: str) -> RawNotification:
        late = {"age_s": LATE.total_seconds(), **signed}
        told = self._control("notify", order_id, type=kind, signed=late)
        return RawNotification(told["headers"], told["body"].encode(), now())


def _value(amount_minor: int) -> str:
    """Dollars as PayPal writes them."""
    return f"{amount_minor // 100}.{amount_minor % 100:02}"


class PayPalBackend(Breakable):
    """The fake, and the settings that lead to it."""

    def __init__(self, fake: Fake, settings: PayPalSettings) -> None:
        super().__init__(fake, "paypal", settings, client)
        self.fake, self.paypal = fake, settings
        self._harness = PayPalHarness(fake, settings)

    def harness(self, services: Callable[[], Services]) -> Harness:
        return self._harness


@contextmanager
def paypal_backend() -> Iterator[PayPalBackend]:
    with fake_paypal() as running:
        settings = PayPalSettings(
            client_id=CLIENT_ID,
            client_secret=SecretStr(CLIENT_SECRET),
            webhook_id=WEBHOOK_ID,
            certificates=running.certificates,
            api_base=running.fake.url,
        )
        yield PayPalBackend(running.fake, settings)
