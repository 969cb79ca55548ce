"""The port to outside payment providers: values in, values out; an adapter keeps no rows of ours.

A provider with a hosted page (cards, wallets) implements all of it. One whose purchases start in an app (stores) has no
checkout to create: it raises `CheckoutNotOffered`, and its purchases come in as notifications.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID


class ProviderError(Exception):
    """The provider could not be reached or did not do it; trying again with the same key is safe."""


class SignatureError(Exception):
    """This notification was not made by the provider, was changed, or is too old."""


class PurchaseNotBound(SignatureError):
    """A store's proof that is good, but names no order of ours: the app did not give the order's id to the store."""


class CheckoutNotOffered(ProviderError):
    """This provider has no hosted page; purchases start in its app."""


class PaymentEventKind(StrEnum):
    """What a provider can say about a payment."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    ABANDONED = "abandoned"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"  # a refund told earlier (or later) did not go through
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What is to be paid, and where the buyer goes afterwards."""

    order_id: UUID
    idempotency_key: str
    description: str
    amount_minor: int
    currency: str
    country: str
    return_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Checkout:
    """The provider's page for one order."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class RawNotification:
    """A notification as it came in. Header names are lower case."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentReference:
    """How to ask a provider about a payment: the names it and we have for it, as far as known."""

    order_id: UUID | None = None
    checkout_reference: str | None = None
    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """What a provider knows of who paid, as far as it says."""

    country: str | None = None
    """ISO 3166 alpha-2 of the card, account or storefront."""
    fingerprint: str | None = None
    """The provider's stable name of the card or account, the same for every buyer who pays with it."""


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """One fact about a payment. `transaction_id` is given whenever money moved; `amount_minor` is what moved: of a
    refund or dispute, also a failed or won one, the part of the payment that it is about.
    """

    kind: PaymentEventKind
    order_id: UUID
    transaction_id: str | None
    amount_minor: int
    currency: str
    reversal_id: str | None = None
    """The provider's name of the refund or dispute; None: the payment has one refund and one dispute at most."""
    payer: Payer = Payer()
    product_id: str | None = None
    """What was bought at a store: the order's product, else nothing is credited. An adapter names several pieces of a
    product by another name, as an order is for one. None where the amount says it all.
    """
    checkout_reference: str | None = None
    """What the provider wants to be asked by later, of a purchase that started in an app; kept with the order."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A verified notification: the provider's id of it, and what it says."""

    id: str
    events: tuple[PaymentEvent, ...]
    ask_first: tuple[PaymentReference, ...] = field(default=())
    """Payments it names without saying (or without signing) what happened: ask by `look_up` and trust only that."""
    consumption_asked: tuple[PaymentReference, ...] = field(default=())
    """Purchases of which a store wants to know how much was used, before it decides on a refund."""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Give back a payment, or a part of it."""

    idempotency_key: str
    order_id: UUID
    transaction_id: str
    amount_minor: int
    currency: str


class RefundState(StrEnum):
    """A refund is certain only when the provider's notification or a look-up says so."""

    DONE = "done"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AppPurchase:
    """What an app got from its store: a signed transaction (App Store) or a purchase token (Google Play)."""

    token: str
    product_id: str | None = None
    """Needed by Google Play, whose tokens do not say it."""


@dataclass(frozen=True, slots=True)
class Consumption:
    """How much of a purchase was used."""

    delivered: bool
    used_bp: int
    """The share of its coins that was spent, in basis points."""


class PaymentProvider(Protocol):
    """What every way of paying offers. Methods raise `ProviderError` when the provider cannot be reached."""

    @property
    def name(self) -> str:
        """Stable name, in addresses and rows."""

    @property
    def label(self) -> str:
        """Name for people."""

    @property
    def channel(self) -> str:
        """Which price books it sells by: web, app_store, google_play."""

    @property
    def hold_source(self) -> str:
        """Which hold applies to what is bought this way: card, paypal, app_store, google_play."""

    @property
    def signature_headers(self) -> frozenset[str]:
        """Headers (lower case) kept with a stored notification."""

    def methods(self, country: str | None) -> tuple[str, ...]:
        """Ways to pay that a buyer in this country (None: anywhere) has, e.g. card; empty: not offered there."""

    async def create_checkout(self, request: CheckoutRequest) -> Checkout:
        """Open a page to pay on. The same idempotency key gives the same checkout."""

    def verify_and_parse_notification(self, raw: RawNotification) -> Notification:
        """Check who sent it and when, and read it. Raises SignatureError."""

    def parse_stored_notification(self, body: bytes) -> Notification:
        """Read a notification that was verified when it came in."""

    async def look_up(self, reference: PaymentReference) -> tuple[PaymentEvent, ...]:
        """The provider's own word on what happened to a payment so far, oldest first."""

    async def refund(self, request: RefundRequest) -> RefundState:
        """Give money back. The same idempotency key refunds once."""


@runtime_checkable
class AppStoreProvider(PaymentProvider, Protocol):
    """A store: purchases start in an app, which hands in the store's proof. The order's id went with the purchase as
    the account's token, so that the proof names the order it pays.
    """

    async def verify_purchase(self, purchase: AppPurchase) -> tuple[PaymentEvent, ...]:
        """What the proof says, verified: what happened to one purchase so far, oldest first; () while it is not paid.

        Raises SignatureError when it is not the store's, is of another app or environment, and PurchaseNotBound when it
        names no order.
        """

    async def finish_purchase(self, event: PaymentEvent) -> None:
        """Tell the store that the coins were credited, where it wants to know. Safe to repeat. The event is a success
        with the `product_id` and `checkout_reference` that are kept with the order.
        """


@runtime_checkable
class ConsumptionStore(AppStoreProvider, Protocol):
    """A store that asks how much of a purchase was used, before it decides on a refund."""

    async def tell_consumption(self, transaction_id: str, consumption: Consumption) -> None:
        """Answer, with the buyer's consent. Safe to repeat."""
