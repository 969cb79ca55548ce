"""PayPal's fake runs as its own process: its buyers approve there, and our side takes the money."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
from largesse.topups.providers.paypal import PayPalProvider
from largesse.topups.providers.paypal.client import PayPalClient
from largesse.types import now
from tests.conformance.harness import Harness
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
    client = PayPalClient(str(settings.api_base), CLIENT_ID, CLIENT_SECRET)
    provider = KnowingProvider(client, WEBHOOK_ID, settings.certificates)
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
            self._control("refund", order_id, status="FAILED")
        elif kind is _K.DISPUTED:
            self._control("dispute", order_id, stage="CHARGEBACK")
        else:
            self._control("dispute", order_id, outcome="RESOLVED_SELLER_FAVOUR")

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
        """What the body says counts nothing, so PayPal's own books must hold the other amount."""
        if not any(one["status"] == "COMPLETED" for one in self._captures(order_id)):
            self._control("capture", order_id)
        other = {"currency_code": "USD", "value": f"{amount_minor // 100}.{amount_minor % 100:02}"}
        self._control("edit", order_id, capture={"amount": other})
        return self._told(order_id, "PAYMENT.CAPTURE.COMPLETED")

    def tamper(self, raw: RawNotification) -> RawNotification:
        return replace(raw, body=raw.body.replace(b'"value": "', b'"value": "9'))

    def _success_type(self, order_id: UUID) -> str:
        """Before the money is taken PayPal tells of the approval."""
        captured = any(one["status"] != "DECLINED" for one in self._captures(order_id))
        return "PAYMENT.CAPTURE.COMPLETED" if captured else "CHECKOUT.ORDER.APPROVED"

    def _told(self, order_id: UUID, kind: str) -> RawNotification:
        late = {"age_s": LATE.total_seconds()}
        told = self._control("notify", order_id, type=kind, signed=late)
        return RawNotification(told["headers"], told["body"].encode(), now())


@dataclass(frozen=True, slots=True)
class PayPalBackend:
    """The fake, and the settings that lead to it."""

    fake: Fake
    paypal: PayPalSettings

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"paypal": self.paypal}

    def harness(self, services: Services) -> Harness:
        return PayPalHarness(self.fake, self.paypal)


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
