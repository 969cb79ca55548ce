"""The adapter against the fake, without a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from largesse.payment_settings import AppStoreSettings
from largesse.topups.providers import (
    AppPurchase,
    PaymentEvent,
    PaymentEventKind,
    PaymentReference,
    RawNotification,
)
from largesse.topups.providers.app_store import AppStore, app_store_provider
from largesse.types import new_id, now
from tests.conformance.harnesses.app_store import AppStoreBackend, app_store_backend
from tests.fakes.process import Fake


@dataclass
class Shop:
    """One purchase after another at the fake."""

    fake: Fake
    settings: AppStoreSettings

    @property
    def provider(self) -> AppStore:
        return app_store_provider(self.settings)

    def control(self, act: str, order_id: UUID, **wish: Any) -> Any:
        return self.fake.control(act, order_id=str(order_id), **wish)

    def bought(self, **change: Any) -> UUID:
        """A purchase of 4.99 dollars, with some fields of its transaction changed."""
        order_id = new_id()
        self.control("offer", order_id, product_id="coins_330", price_milli=4990, currency="USD")
        self.control("edit", order_id, **change)
        return order_id

    def transaction_id(self, order_id: UUID) -> str:
        return str(self.control("buy", order_id))

    def proof(self, order_id: UUID, **wish: Any) -> AppPurchase:
        return AppPurchase(self.control("proof", order_id, **wish))

    def told(self, kind: str, order_id: UUID | None = None, **wish: Any) -> RawNotification:
        about = {} if order_id is None else {"order_id": str(order_id)}
        body = self.fake.control("notify", type=kind, **about, **wish)
        return RawNotification({}, body.encode(), now())

    async def events(self, order_id: UUID) -> tuple[PaymentEvent, ...]:
        """What the server API says."""
        name = self.transaction_id(order_id)
        return await self.provider.look_up(PaymentReference(order_id, transaction_id=name))


def said(events: tuple[PaymentEvent, ...]) -> list[tuple[PaymentEventKind, int]]:
    """Kinds and amounts."""
    return [(event.kind, event.amount_minor) for event in events]


@pytest.fixture(scope="session")
def running() -> Iterator[AppStoreBackend]:
    with app_store_backend() as backend:
        yield backend


@pytest.fixture
def shop(running: AppStoreBackend) -> Shop:
    fake = running.running.fake
    fake.control("trouble", count=0)
    fake.control("calls")
    return Shop(fake, running.app_store)
