"""Rows of the top-up tables, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from largesse.topups.states import OrderState, Reason


@dataclass(frozen=True, slots=True)
class PriceBook:
    id: int
    country: str
    channel: str
    currency: str
    tax_bp: int
    tax_inclusive: bool
    tax_name: str
    fee_bp: int
    valid_from: datetime


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
