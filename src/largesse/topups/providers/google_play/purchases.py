"""What Google says of a purchase (purchases.productsv2) and of the order that paid it (orders). Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from largesse.topups.providers.google_play.objects import (
    count,
    country_of,
    list_of,
    order_name_of,
    part,
    product_of,
    text,
    to_minor,
    token_of,
)

_CONSUMED = "CONSUMPTION_STATE_CONSUMED"


class PurchaseState(StrEnum):
    PURCHASED = "PURCHASED"
    CANCELLED = "CANCELLED"
    PENDING = "PENDING"


class OrderState(StrEnum):
    PENDING = "PENDING"
    PROCESSED = "PROCESSED"
    CANCELED = "CANCELED"
    PENDING_REFUND = "PENDING_REFUND"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


@dataclass(frozen=True, slots=True)
class Purchase:
    """A one-time purchase, as its token shows it."""

    state: PurchaseState
    order_id: UUID | None
    """The order of ours it was made for; None: the app gave none."""
    order_name: str | None
    """Google's order; None before it was paid, and for what costs nothing (a promotion code)."""
    product_id: str
    """Several pieces or products at once, which no order of ours asks for, have a name that no product has."""
    quantity: int
    consumed: bool
    test: bool
    """Made by a licence tester: no money moved."""
    country: str | None


@dataclass(frozen=True, slots=True)
class PartialRefund:
    """A part that was given back. Google has no name for it but when it was asked for."""

    name: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class StoreOrder:
    """An order of Google's: what was charged, tax included, and what of it was given back."""

    name: str
    token: str
    state: OrderState
    amount_minor: int
    currency: str
    country: str | None
    chargeback: bool
    parts: tuple[PartialRefund, ...]


def read_purchase(raw: dict[str, Any]) -> Purchase:
    """A ProductPurchaseV2. Raises ValueError, KeyError or TypeError for what cannot be understood."""
    lines = list_of(raw, "productLineItem")
    offers = [part(line, "productOfferDetails") for line in lines]
    products = [product_of(line["productId"]) for line in lines]
    quantity = sum(count(offer, "quantity", 1) for offer in offers)
    order_name = raw.get("orderId")
    return Purchase(
        state=PurchaseState(text(part(raw, "purchaseStateContext"), "purchaseState")),
        order_id=_our_order(raw.get("obfuscatedExternalProfileId")),
        order_name=order_name_of(order_name) if order_name else None,
        product_id=products[0] if quantity == 1 else f"{quantity} of {', '.join(products)}",
        quantity=quantity,
        consumed=any(offer.get("consumptionState") == _CONSUMED for offer in offers),
        test="testPurchaseContext" in raw,
        country=country_of(raw.get("regionCode")),
    )


def _our_order(value: Any) -> UUID | None:
    try:
        order_id = UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None
    return order_id if str(order_id) == value else None


def read_order(raw: dict[str, Any]) -> StoreOrder:
    """An Order. Raises ValueError, KeyError or TypeError for what cannot be understood."""
    amount_minor, currency = to_minor(part(raw, "total"))
    history = part(raw, "orderHistory")
    return StoreOrder(
        name=order_name_of(raw["orderId"]),
        token=token_of(raw["purchaseToken"]),
        state=OrderState(text(raw, "state")),
        amount_minor=amount_minor,
        currency=currency,
        country=country_of(part(raw, "buyerAddress").get("buyerCountry")),
        chargeback=part(history, "refundEvent").get("refundReason") == "CHARGEBACK",
        parts=tuple(
            _partial(event, currency)
            for event in list_of(history, "partialRefundEvents")
            if event.get("state") == "PROCESSED_SUCCESSFULLY"
        ),
    )


def _partial(event: dict[str, Any], currency: str) -> PartialRefund:
    amount_minor, of = to_minor(part(part(event, "refundDetails"), "total"))
    if of != currency:
        raise ValueError("a refund in another currency than the payment")
    return PartialRefund(text(event, "createTime"), amount_minor)
