"""Apple's fake runs as its own process: its buyers buy in an app that has our order's id."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from largesse.payment_settings import AppStoreSettings
from largesse.services import Services
from largesse.topups.pricing import minor_digits
from largesse.topups.providers import (
    AppPurchase,
    PaymentEventKind,
    PaymentProvider,
    RawNotification,
)
from largesse.topups.providers.app_store import app_store_provider, client
from largesse.types import now
from tests.conformance.harness import Harness
from tests.conformance.harnesses.trouble import Breakable
from tests.fakes.app_store.books import APP_APPLE_ID, BUNDLE_ID
from tests.fakes.app_store.process import ISSUER_ID, KEY_ID, FakeAppStore, fake_app_store
from tests.fakes.process import Fake

_K = PaymentEventKind
LATE = timedelta(days=6, hours=13)
"""Every notification here is Apple's last attempt, so that a further day is too old."""
_TYPES = {
    _K.SUCCEEDED: "ONE_TIME_CHARGE",
    _K.REFUNDED: "REFUND",
    _K.REFUND_FAILED: "REFUND_REVERSED",
}


class AppStoreHarness:
    """Buyers pay at the fake; the app gets the signed transaction, we get notifications."""

    def __init__(self, fake: Fake, settings: AppStoreSettings) -> None:
        self._fake = fake
        self.provider: PaymentProvider = app_store_provider(settings)

    def control(self, act: str, order_id: UUID, **wish: Any) -> Any:
        return self._fake.control(act, order_id=str(order_id), **wish)

    def trouble(self, **wish: Any) -> None:
        """Bad luck for the next call of the server API."""
        self._fake.control("trouble", **wish)

    def offer(self, order_id: UUID, product_id: str, amount_minor: int, currency: str) -> None:
        price_milli = amount_minor * 1000 // 10 ** minor_digits(currency)
        self.control(
            "offer", order_id, product_id=product_id, price_milli=price_milli, currency=currency
        )

    async def proof(self, order_id: UUID) -> AppPurchase:
        return AppPurchase(self.control("proof", order_id))

    async def happen(self, order_id: UUID, kind: PaymentEventKind) -> None:
        self.control("buy", order_id)
        if kind in (_K.REFUNDED, _K.REFUND_FAILED):
            self.control("refund", order_id)
        if kind is _K.REFUND_FAILED:
            self.control("reverse_refund", order_id)

    async def notify(self, order_id: UUID, kind: PaymentEventKind) -> RawNotification:
        if kind is not _K.SUCCEEDED:
            await self.happen(order_id, kind)
        return self.told(order_id, _TYPES[kind], age_s=LATE.total_seconds())

    def told(self, order_id: UUID, kind: str, **wish: Any) -> RawNotification:
        """A notification of some type, as the fake's control allows it to be changed."""
        body = self.control("notify", order_id, type=kind, **wish)
        return RawNotification({}, body.encode(), now())

    async def notify_other_amount(self, order_id: UUID, amount_minor: int) -> RawNotification:
        self.control("edit", order_id, price=amount_minor * 10)
        return await self.notify(order_id, _K.SUCCEEDED)

    async def notify_part_refunded(self, order_id: UUID, amount_minor: int) -> RawNotification:
        """Apple tells parts in thousandths of a percent."""
        price_milli = self.control("price", order_id)
        self.control("refund", order_id, percentage=amount_minor * 10 * 100_000 // price_milli)
        return self.told(order_id, _TYPES[_K.REFUNDED], age_s=LATE.total_seconds())

    async def notify_inquiry(self, order_id: UUID) -> RawNotification:
        """The buyer asked for a refund, and Apple asks how much was used."""
        return self.told(order_id, "CONSUMPTION_REQUEST")

    async def notify_elsewhere(self, order_id: UUID) -> RawNotification:
        """Bought in the sandbox, where nothing is charged."""
        other = {"environment": "Sandbox"}
        return self.told(order_id, _TYPES[_K.SUCCEEDED], data=other, transaction=other)

    async def pay_again(self, order_id: UUID) -> None:
        self.control("buy_again", order_id)

    def tamper(self, raw: RawNotification) -> RawNotification:
        header, payload, signature = json.loads(raw.body)["signedPayload"].split(".")
        place = len(payload) // 2
        other = "A" if payload[place] != "A" else "B"
        changed = f"{header}.{payload[:place]}{other}{payload[place + 1 :]}.{signature}"
        return replace(raw, body=json.dumps({"signedPayload": changed}).encode())


class AppStoreBackend(Breakable):
    """The fake, and the settings that lead to it."""

    def __init__(self, running: FakeAppStore, settings: AppStoreSettings) -> None:
        super().__init__(running.fake, "app_store", settings, client)
        self.running, self.app_store = running, settings

    def harness(self, services: Callable[[], Services]) -> Harness:
        return AppStoreHarness(self.running.fake, self.app_store)


@contextmanager
def app_store_backend() -> Iterator[AppStoreBackend]:
    with fake_app_store() as running:
        settings = AppStoreSettings(
            bundle_id=BUNDLE_ID,
            app_apple_id=APP_APPLE_ID,
            environment="Production",
            root_certificates=running.roots,
            issuer_id=ISSUER_ID,
            key_id=KEY_ID,
            private_key=SecretStr(running.private_key),
            api_base=running.fake.url,
        )
        yield AppStoreBackend(running, settings)
