"""What a signed transaction of the App Store says; fields as Apple documents JWSTransactionDecodedPayload. Pure."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from babel.core import get_global

from largesse.topups.pricing import divide_half_up, minor_digits
from largesse.topups.providers import Payer, PaymentEvent, PaymentEventKind
from largesse.topups.providers.app_store.fields import is_transaction, text, whole

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_MILLI = 1000
_MILLI_PERCENT = 100_000
"""100 percent in thousandths of a percent."""
_OWN_ALIASES = {"XKS": "XK"}
"""Kosovo has no code in ISO 3166; Apple's is not in Unicode's list."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase as Apple signed it. Amounts are minor units of `currency`."""

    transaction_id: str
    order_id: UUID | None
    """The account's token; None: the app gave none, or one that is no UUID."""
    product_id: str
    """Several pieces have another name than one."""
    amount_minor: int
    currency: str
    country: str | None
    refunded_minor: int
    """0: not refunded, or no longer."""


def purchase_of(payload: dict[str, Any]) -> Purchase:
    """Read a transaction. Raises ValueError, KeyError or TypeError."""
    transaction_id = text(payload, "transactionId")
    currency = text(payload, "currency")
    if not is_transaction(transaction_id) or not _CURRENCY.fullmatch(currency):
        raise ValueError("no transaction of the App Store")
    quantity = whole(payload, "quantity")
    product_id = text(payload, "productId")
    amount_minor = _minor(whole(payload, "price"), currency)
    return Purchase(
        transaction_id=transaction_id,
        order_id=_order_id(payload.get("appAccountToken")),
        product_id=product_id if quantity == 1 else f"{quantity} x {product_id}",
        amount_minor=amount_minor,
        currency=currency,
        country=country_of(payload.get("storefront")),
        refunded_minor=_refunded(payload, amount_minor),
    )


def _order_id(token: Any) -> UUID | None:
    try:
        return UUID(token) if isinstance(token, str) else None
    except ValueError:
        return None


def _minor(price_milli: int, currency: str) -> int:
    """Apple counts thousandths of the currency, whatever its minor unit; a half goes up."""
    if price_milli < 0:
        raise ValueError("a price is not below 0")
    return divide_half_up(price_milli * 10 ** minor_digits(currency), _MILLI)


def _refunded(payload: dict[str, Any], amount_minor: int) -> int:
    """What Apple gave back: all of it where no percentage is said, at least one minor unit otherwise."""
    if payload.get("revocationDate") is None:
        return 0
    share = whole(payload, "revocationPercentage") if "revocationPercentage" in payload else None
    if share is None or payload.get("revocationType") == "REFUND_FULL":
        return amount_minor
    if not 0 <= share <= _MILLI_PERCENT:
        raise ValueError("a percentage is 0 to 100")
    return max(1, divide_half_up(amount_minor * share, _MILLI_PERCENT))


def country_of(storefront: Any) -> str | None:
    """ISO 3166 alpha-2 of a storefront, which Apple gives as alpha-3; None: unknown."""
    if not isinstance(storefront, str):
        return None
    found = get_global("territory_aliases").get(storefront, [])
    return _OWN_ALIASES.get(storefront) or (found[0] if len(found) == 1 else None)


def events_of(purchase: Purchase) -> tuple[PaymentEvent, ...]:
    """What happened to the purchase so far, oldest first; () when it names no order."""
    paid = success(purchase)
    if paid is None:
        return ()
    if purchase.refunded_minor == 0:
        return (paid,)
    return (paid, _like(paid, PaymentEventKind.REFUNDED, purchase.refunded_minor))


def refund_reversed(purchase: Purchase) -> tuple[PaymentEvent, ...]:
    """The purchase, whose refund Apple took back: it no longer says how much that was."""
    paid = success(purchase)
    if paid is None:
        return ()
    return (paid, _like(paid, PaymentEventKind.REFUND_FAILED, purchase.amount_minor))


def success(purchase: Purchase) -> PaymentEvent | None:
    """That it was paid; None when it names no order."""
    if purchase.order_id is None:
        return None
    return PaymentEvent(
        PaymentEventKind.SUCCEEDED,
        purchase.order_id,
        purchase.transaction_id,
        purchase.amount_minor,
        purchase.currency,
        payer=Payer(country=purchase.country),
        product_id=purchase.product_id,
        checkout_reference=purchase.transaction_id,
    )


def _like(paid: PaymentEvent, kind: PaymentEventKind, amount_minor: int) -> PaymentEvent:
    return PaymentEvent(
        kind,
        paid.order_id,
        paid.transaction_id,
        amount_minor,
        paid.currency,
        payer=paid.payer,
        product_id=paid.product_id,
        checkout_reference=paid.checkout_reference,
    )
