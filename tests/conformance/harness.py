"""What the conformance suite needs of a provider besides the port: someone who pays, and a line to us."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from largesse.services import Services
from largesse.topups.providers import (
    AppPurchase,
    AppStoreProvider,
    CheckoutRequest,
    Payer,
    PaymentEvent,
    PaymentEventKind,
    PaymentProvider,
    RawNotification,
)
from largesse.types import now
from tests.conformance.harnesses.trouble import Trouble


class Harness(Protocol):
    """Plays the buyer and the provider's side for one provider."""

    provider: PaymentProvider

    async def happen(self, order_id: UUID, kind: PaymentEventKind) -> None:
        """Let this happen at the provider, which does not tell us."""

    async def notify(self, order_id: UUID, kind: PaymentEventKind) -> RawNotification:
        """A new, rightly signed notification that this happened."""

    async def notify_other_amount(self, order_id: UUID, amount_minor: int) -> RawNotification:
        """A rightly signed notification of a success, of another amount."""

    async def notify_part_refunded(self, order_id: UUID, amount_minor: int) -> RawNotification:
        """Let a part of a payment be given back at the provider's own site; the notification of it."""

    async def notify_elsewhere(self, order_id: UUID) -> RawNotification:
        """A success as another environment signs it: test for live, another app, another server."""

    async def pay_again(self, order_id: UUID) -> None:
        """Let the buyer pay once more for an order that is paid; notifications are of this payment from now on."""

    def tamper(self, raw: RawNotification) -> RawNotification:
        """The notification with its content changed and its signature kept."""


@runtime_checkable
class PriceHarness(Harness, Protocol):
    """Of a provider that charges what the order says."""

    async def notify_other_currency(self, order_id: UUID, currency: str) -> RawNotification:
        """A rightly signed notification of a success of the right number, in another currency."""


@runtime_checkable
class DisputeHarness(Harness, Protocol):
    """Of a provider that tells of disputes."""

    async def notify_dispute_lost(self, order_id: UUID) -> RawNotification:
        """Let an open dispute be lost; the last notification about it."""


@runtime_checkable
class InquiryHarness(Harness, Protocol):
    """Of a provider that tells of questions before any money moves."""

    async def notify_inquiry(self, order_id: UUID) -> RawNotification:
        """Let a payment be asked about; the notification of it."""


@runtime_checkable
class StoreHarness(Harness, Protocol):
    """Plays the buyer in an app, and the store's side."""

    def offer(self, order_id: UUID, product_id: str, amount_minor: int, currency: str) -> None:
        """What the store will charge, for which product, when the buyer buys with this order. Made before `happen`."""

    async def proof(self, order_id: UUID) -> AppPurchase:
        """What the app got from the store for a purchase that happened."""


class Backend(Protocol):
    """A provider that runs: its settings, and who plays its buyers."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """What `Settings` needs so that the provider is on."""

    def harness(self, services: Callable[[], Services]) -> Harness:
        """For services with these settings, which only a provider that lives in them asks for."""


@runtime_checkable
class RemoteBackend(Backend, Protocol):
    """One that can fail while we do not."""

    def broken(self, how: Trouble) -> AbstractContextManager[Mapping[str, Any]]:
        """All its calls fail until the block ends, for who uses the settings that this answers."""


async def open_order(harness: Harness, order_id: UUID) -> None:
    """Have an order of 3.70 dollars payable, without rows of ours."""
    if isinstance(harness, StoreHarness):
        harness.offer(order_id, "coins_350", 370, "USD")
    else:
        await harness.provider.create_checkout(request_for(order_id))


def store_of(harness: Harness) -> tuple[StoreHarness, AppStoreProvider]:
    """The harness and its provider, of a store."""
    assert isinstance(harness, StoreHarness)
    assert isinstance(harness.provider, AppStoreProvider)
    return harness, harness.provider


async def told_facts(provider: PaymentProvider, raw: RawNotification) -> tuple[PaymentEvent, ...]:
    """What a notification comes to: its own word, or the provider's where it does not vouch for that."""
    told = provider.verify_and_parse_notification(raw)
    asked = [event for one in told.ask_first for event in await provider.look_up(one)]
    return (*told.events, *asked)


def payment_of(event: PaymentEvent) -> PaymentEvent:
    """The event without its payer: a notification need not say who paid where a look-up does."""
    return replace(event, payer=Payer())


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
