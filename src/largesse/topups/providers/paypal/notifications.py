"""What a notification is about. Its body is not signed (see `signature`): nothing it says is believed, all is asked."""

import json
from typing import Any

from largesse.topups.providers import Notification, PaymentReference, SignatureError
from largesse.topups.providers.calling import mapping
from largesse.topups.providers.paypal.objects import capture_above, id_of, list_of

_ID_MAX = 200
_CAPTURES = tuple(
    f"PAYMENT.CAPTURE.{what}" for what in ("COMPLETED", "DENIED", "DECLINED", "PENDING")
)
_REFUNDS = (
    "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REVERSED",
    "PAYMENT.REFUND.PENDING",
    "PAYMENT.REFUND.FAILED",
)


def parse(body: bytes) -> Notification:
    """The payments to ask about; of an unknown type, none. Raises SignatureError for what is no notification."""
    try:
        told = mapping(json.loads(body))
        name, kind = told["id"], told["event_type"]
        if not isinstance(name, str) or not 0 < len(name) <= _ID_MAX or not name.isprintable():
            raise ValueError("a notification has an id")
        if not isinstance(kind, str):
            raise TypeError("a notification has a type")
        references = _references(kind, told.get("resource"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SignatureError("this is no notification of PayPal") from error
    return Notification(id=name, events=(), ask_first=references)


def _references(kind: str, resource: Any) -> tuple[PaymentReference, ...]:
    if kind.startswith("CHECKOUT.ORDER."):
        return (PaymentReference(checkout_reference=id_of(mapping(resource)["id"])),)
    if kind == "CHECKOUT.PAYMENT-APPROVAL.REVERSED":
        return (PaymentReference(checkout_reference=id_of(mapping(resource)["order_id"])),)
    if kind in _CAPTURES:
        return (PaymentReference(transaction_id=id_of(mapping(resource)["id"])),)
    if kind in _REFUNDS:
        return (PaymentReference(transaction_id=capture_above(mapping(resource))),)
    if kind.startswith("CUSTOMER.DISPUTE."):
        disputed = list_of(mapping(resource), "disputed_transactions")
        names = dict.fromkeys(id_of(mapping(one)["seller_transaction_id"]) for one in disputed)
        return tuple(PaymentReference(transaction_id=name) for name in names)
    return ()
