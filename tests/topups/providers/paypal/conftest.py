"""The adapter against the fake, without a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from largesse.payment_settings import PayPalSettings
from largesse.topups.providers import (
    PaymentEvent,
    PaymentEventKind,
    PaymentReference,
    RawNotification,
)
from largesse.topups.providers.paypal import PayPalProvider
from largesse.types import new_id, now
from tests.conformance.harness import request_for
from tests.conformance.harnesses.paypal import knowing_provider, paypal_backend
from tests.fakes.process import Fake


@dataclass
class Shop:
    """One order after another at the fake."""

    fake: Fake
    provider: PayPalProvider

    async def order(self) -> UUID:
        order_id = new_id()
        await self.provider.create_checkout(request_for(order_id))
        return order_id

    async def paid(self) -> UUID:
        order_id = await self.order()
        self.control("approve", order_id)
        self.control("capture", order_id)
        return order_id

    def control(self, act: str, order_id: UUID, **wish: Any) -> Any:
        return self.fake.control(act, order_id=str(order_id), **wish)

    async def events(self, order_id: UUID) -> tuple[PaymentEvent, ...]:
        return await self.provider.look_up(PaymentReference(order_id=order_id))

    async def kinds(self, order_id: UUID) -> list[PaymentEventKind]:
        return [event.kind for event in await self.events(order_id)]

    def told(self, order_id: UUID, kind: str, **signed: Any) -> RawNotification:
        told = self.control("notify", order_id, type=kind, signed=signed)
        return RawNotification(told["headers"], told["body"].encode(), now())

    def signed(self, body: str, **options: Any) -> RawNotification:
        told = self.fake.control("sign", body=body, **options)
        return RawNotification(told["headers"], told["body"].encode(), now())

    async def asked(self, raw: RawNotification) -> list[PaymentEventKind]:
        """What a notification comes to."""
        told = self.provider.verify_and_parse_notification(raw)
        assert told.events == ()
        return [event.kind for one in told.ask_first for event in await self.provider.look_up(one)]


@pytest.fixture(scope="session")
def running() -> Iterator[tuple[Fake, PayPalSettings]]:
    with paypal_backend() as backend:
        yield backend.fake, backend.paypal


@pytest.fixture
def shop(running: tuple[Fake, PayPalSettings]) -> Shop:
    fake, settings = running
    fake.control("trouble", count=0)
    fake.control("calls")
    return Shop(fake, knowing_provider(settings))
