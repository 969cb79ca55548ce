"""Rows of the top-up tables, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from largesse.topups.states import OrderState, Reason


@dataclass(frozen=True, slots=True)
class TaxRate:
    """The tax on coins in a country from a moment on."""

    country: str
    name: str
    rate_bp: int
    inclusive: bool
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class BookRow:
    """A price book as it is stored. The custom amount (all three, or none) is in coins."""

    id: int
    country: str
    channel: str
    currency: str
    fee_bp: int
    valid_from: datetime
    custom_coins_min: int | None = None
    custom_coins_max: int | None = None
    custom_coins_step: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBook(BookRow):
    """A price book with its country's tax at the moment it was asked for."""

    tax_bp: int
    tax_inclusive: bool
    tax_name: str


@dataclass(frozen=True, slots=True)
class CoinPackage:
    id: UUID
    price_book_id: int
    coins: int
    coins_bonus: int
    price_minor: int
    position: int
    product_id: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered, at which price, and where it stands."""

    user_id: UUID
    id: UUID
    state: OrderState
    package_id: UUID | None
    price_book_id: int
    product_id: str | None
    provider: str
    channel: str
    country: str
    coins: int
    coins_bonus: int
    currency: str
    net_minor: int
    tax_name: str
    tax_bp: int
    tax_minor: int
    gross_minor: int
    discount_minor: int
    fee_minor: int
    hold_days: int
    provider_ref: str | None
    checkout_url: str | None
    return_path: str | None
    idempotency_key: str
    created_at: datetime
    expires_at: datetime
    updated_at: datetime
    polls: int = 0
    poll_at: datetime | None = None
    payer_country: str | None = None
    payer_fingerprint: str | None = None
    visitor_address: str | None = None
    visitor_device: str | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of an order's history."""

    order_id: UUID
    state: OrderState
    reason: Reason
    created_at: datetime


class TransactionState(StrEnum):
    """What a provider's transaction did to our books."""

    PAID = "paid"
    CREDITED = "credited"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    SURPLUS = "surplus"
    RETURNING = "returning"  # never to be credited, and on its way back
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class ProviderTransaction:
    provider: str
    transaction_id: str
    order_id: UUID
    user_id: UUID
    state: TransactionState


@dataclass(frozen=True, slots=True)
class StoredNotification:
    provider: str
    id: str
    body: bytes
    processed_at: datetime | None
    outcome: str | None
