"""Google Play's fake runs as its own process: its buyers buy in an app that has our order's id."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from largesse.payment_settings import GooglePlaySettings
from largesse.services import Services
from largesse.topups.providers import (
    AppPurchase,
    PaymentEvent,
    PaymentEventKind,
    PaymentProvider,
    PaymentReference,
    RawNotification,
)
from largesse.topups.providers.google_play import (
    GooglePlayProvider,
    client,
    google_play_provider,
)
from largesse.types import now
from tests.conformance.harness import Harness
from tests.conformance.harnesses.trouble import Breakable
from tests.fakes.google_play.process import AUDIENCE, PACKAGE, PUSHER, FakePlay, fake_google_play
from tests.fakes.process import Fake

_K = PaymentEventKind
_TYPES = {_K.SUCCEEDED: "purchased", _K.REFUNDED: "voided", _K.DISPUTED: "voided"}
_ACTS = {_K.REFUNDED: "refund", _K.DISPUTED: "dispute"}


class KnowingProvider(GooglePlayProvider):
    """Remembers the token of an order, as the row of a credited order does: Google cannot be asked by our id."""

    known: dict[UUID, str | None]

    async def look_up(self, reference: PaymentReference) -> tuple[PaymentEvent, ...]:
        if reference.order_id is not None and reference.transaction_id is None:
            token = self.known.get(reference.order_id)
            reference = replace(reference, checkout_reference=token)
        events = await super().look_up(reference)
        self.known |= {event.order_id: event.checkout_reference for event in events}
        return events


def knowing_provider(settings: GooglePlaySettings) -> KnowingProvider:
    """A provider for these settings, with a memory; connections and certificates are those of the real one."""
    real = google_play_provider(settings)
    provider = KnowingProvider.__new__(KnowingProvider)
    vars(provider).update(vars(real), known={})
    return provider


class GooglePlayHarness:
    """Buyers pay at the fake; the app gets the purchase token, we get notifications."""

    def __init__(self, fake: Fake, settings: GooglePlaySettings) -> None:
        self._fake = fake
        self._offers: dict[UUID, dict[str, Any]] = {}
        self._terms: dict[UUID, dict[str, Any]] = {}
        self.provider: PaymentProvider = knowing_provider(settings)

    def _control(self, act: str, order_id: UUID, **wish: Any) -> Any:
        return self._fake.control(act, order_id=str(order_id), **wish)

    def offer(self, order_id: UUID, product_id: str, amount_minor: int, currency: str) -> None:
        self._offers[order_id] = self._terms[order_id] = {
            "product": product_id,
            "amount_minor": amount_minor,
            "currency": currency,
        }

    async def proof(self, order_id: UUID) -> AppPurchase:
        return AppPurchase(self._control("show", order_id)["token"])

    async def happen(self, order_id: UUID, kind: PaymentEventKind) -> None:
        offer = self._offers.pop(order_id, None)
        if offer is not None:
            self._control("buy", order_id, **offer)
            self._control("pay", order_id)
        order = self._control("show", order_id)["order"]
        if kind is not _K.SUCCEEDED and order["state"] == "PROCESSED":
            self._control(_ACTS[kind], order_id)

    async def notify(self, order_id: UUID, kind: PaymentEventKind) -> RawNotification:
        await self.happen(order_id, kind)
        return _pushed(self._control("notify", order_id, type=_TYPES[kind]))

    async def notify_part_refunded(self, order_id: UUID, amount_minor: int) -> RawNotification:
        self._control("refund_part", order_id, amount_minor=amount_minor)
        return _pushed(self._control("notify", order_id, type="voided"))

    async def notify_dispute_lost(self, order_id: UUID) -> RawNotification:
        """Google tells of disputes when the bank took the money back."""
        return await self.notify(order_id, _K.DISPUTED)

    async def notify_inquiry(self, order_id: UUID) -> RawNotification:
        """Google asks whether a refund should be given."""
        return self._push(order_id, "pendingRefundReviewNotification", PACKAGE)

    async def notify_elsewhere(self, order_id: UUID) -> RawNotification:
        """Of another app that pushes to the same topic."""
        return self._push(order_id, "oneTimeProductNotification", "com.example.other")

    def _push(self, order_id: UUID, what: str, package: str) -> RawNotification:
        token = self._control("show", order_id)["token"]
        about = {"version": "1.0", "notificationType": 1, "purchaseToken": token}
        data = {"version": "1.0", "packageName": package, "eventTimeMillis": "0", what: about}
        return _pushed(self._fake.control("push", data=data))

    async def pay_again(self, order_id: UUID) -> None:
        self._offers[order_id] = self._terms[order_id]
        await self.happen(order_id, _K.SUCCEEDED)

    async def notify_other_amount(self, order_id: UUID, amount_minor: int) -> RawNotification:
        """What the body says counts nothing, so Google's own books must hold the other amount."""
        units, cents = divmod(amount_minor, 100)
        total = {"currencyCode": "USD", "units": str(units), "nanos": cents * 10_000_000}
        self._control("edit", order_id, order={"total": total})
        return await self.notify(order_id, _K.SUCCEEDED)

    def tamper(self, raw: RawNotification) -> RawNotification:
        """Pub/Sub signs no bodies: it is the token that can be changed."""
        header, claims, signature = raw.headers["authorization"].split(".")
        place = len(claims) // 2
        other = "A" if claims[place] != "A" else "B"
        changed = f"{header}.{claims[:place]}{other}{claims[place + 1 :]}.{signature}"
        return replace(raw, headers={"authorization": changed})


def _pushed(told: Mapping[str, Any]) -> RawNotification:
    return RawNotification(told["headers"], told["body"].encode(), now())


class GooglePlayBackend(Breakable):
    """The fake, and the settings that lead to it."""

    def __init__(self, running: FakePlay, settings: GooglePlaySettings) -> None:
        super().__init__(running.fake, "google_play", settings, client)
        self.running, self.google_play = running, settings

    def harness(self, services: Callable[[], Services]) -> Harness:
        return GooglePlayHarness(self.running.fake, self.google_play)


def settings_for(running: FakePlay, **change: Any) -> GooglePlaySettings:
    """Settings that lead to the fake."""
    settings = GooglePlaySettings(
        package_name=PACKAGE,
        credentials=running.credentials,
        push_audience=AUDIENCE,
        push_service_account=PUSHER,
        api_base=running.fake.url,
    )
    return settings.model_copy(update=change)


@contextmanager
def google_play_backend() -> Iterator[GooglePlayBackend]:
    with fake_google_play() as running:
        yield GooglePlayBackend(running, settings_for(running))
