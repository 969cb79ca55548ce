"""The adapter against the fake, without a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from largesse.topups.providers import (
    AppPurchase,
    PaymentEvent,
    PaymentEventKind,
    PaymentReference,
    RawNotification,
)
from largesse.topups.providers.google_play import GooglePlayProvider, google_play_provider
from largesse.types import new_id, now
from tests.conformance.harnesses.google_play import settings_for
from tests.fakes.google_play.process import FakePlay, fake_google_play
from tests.fakes.process import Fake


@dataclass
class Shop:
    """One purchase after another at the fake."""

    fake: Fake
    provider: GooglePlayProvider
    running: FakePlay

    def bought(self, **wish: Any) -> tuple[UUID, str]:
        """A purchase that waits for its payment: our order, and the token that the app gets."""
        order_id = new_id()
        return order_id, self.fake.control("buy", **{"order_id": str(order_id), **wish})

    def paid(self, **wish: Any) -> tuple[UUID, str]:
        order_id, token = self.bought(**wish)
        self.fake.control("pay", token=token)
        return order_id, token

    def control(self, act: str, token: str, **wish: Any) -> Any:
        return self.fake.control(act, token=token, **wish)

    def order_name(self, token: str) -> str:
        """Google's order of a purchase."""
        return str(self.control("show", token)["purchase"]["orderId"])

    async def handed_in(self, token: str) -> tuple[PaymentEvent, ...]:
        return await self.provider.verify_purchase(AppPurchase(token))

    async def events(self, token: str) -> tuple[PaymentEvent, ...]:
        return await self.provider.look_up(PaymentReference(checkout_reference=token))

    async def kinds(self, token: str) -> list[PaymentEventKind]:
        return [event.kind for event in await self.events(token)]

    def told(self, token: str, kind: str, **push: Any) -> RawNotification:
        """A delivery about a purchase; `push` changes its token."""
        told = self.control("notify", token, type=kind, push=push)
        return RawNotification(told["headers"], told["body"].encode(), now())

    def pushed(self, data: Any, **push: Any) -> RawNotification:
        """A delivery of any data."""
        told = self.fake.control("push", data=data, **push)
        return RawNotification(told["headers"], told["body"].encode(), now())

    def token_calls(self) -> int:
        """How often a token was asked for since the calls were counted last."""
        return int(self.fake.control("calls").count("POST /token"))


@pytest.fixture(scope="session")
def running() -> Iterator[FakePlay]:
    with fake_google_play() as fake:
        yield fake


@pytest.fixture
def shop(running: FakePlay) -> Shop:
    running.fake.control("trouble", count=0)
    running.fake.control("page_size", size=1000)
    running.fake.control("calls")
    return Shop(running.fake, google_play_provider(settings_for(running)), running)
