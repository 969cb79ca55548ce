"""App Store Server Notifications, version 2: what each says. Pure."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from largesse.topups.providers import Notification, PaymentReference
from largesse.topups.providers.app_store.fields import text, whole
from largesse.topups.providers.app_store.signed import payload_of
from largesse.topups.providers.app_store.transactions import (
    Purchase,
    events_of,
    purchase_of,
    refund_reversed,
)
from largesse.topups.providers.calling import mapping

AGE_MAX = timedelta(days=7)
"""Apple repeats after 1, 12, 24, 48 and 72 hours with the first signature: the last attempt is 6 days 13 hours old."""
AHEAD_MAX = timedelta(minutes=5)
"""How far Apple's clock may be ahead of ours."""
_PURCHASES = frozenset({"ONE_TIME_CHARGE", "REFUND", "REFUND_DECLINED", "CONSUMPTION_REQUEST"})
"""These tell of a purchase, each with the transaction as it stands; all others but REFUND_REVERSED are not for us."""
_UUID = re.compile(r"[0-9a-fA-F-]{36}", re.ASCII)


def signed_payload(body: bytes) -> str:
    """The JWS that a delivery consists of. Raises ValueError, KeyError or TypeError."""
    try:
        return text(mapping(json.loads(body)), "signedPayload")
    except RecursionError as error:
        raise ValueError("too deep") from error


def signed_transaction(payload: dict[str, Any]) -> str | None:
    """The transaction's own JWS in a notification; None: it is about none."""
    data = mapping(payload.get("data", {}))
    return text(data, "signedTransactionInfo") if "signedTransactionInfo" in data else None


def is_timely(payload: dict[str, Any], at: datetime) -> bool:
    """Whether it was signed lately."""
    age = timedelta(seconds=at.timestamp(), milliseconds=-whole(payload, "signedDate"))
    return -AHEAD_MAX <= age <= AGE_MAX


def parse(payload: dict[str, Any]) -> Notification:
    """What a verified notification says. Raises ValueError, KeyError or TypeError."""
    name, kind = text(payload, "notificationUUID"), text(payload, "notificationType")
    if not _UUID.fullmatch(name):
        raise ValueError("a notification has a UUID")
    signed = signed_transaction(payload)
    if signed is None or kind not in _PURCHASES | {"REFUND_REVERSED"}:
        return Notification(name, ())
    purchase = purchase_of(payload_of(signed))
    if kind == "REFUND_REVERSED":
        return Notification(name, refund_reversed(purchase))
    asked = _reference(purchase) if kind == "CONSUMPTION_REQUEST" else ()
    return Notification(name, events_of(purchase), consumption_asked=asked)


def _reference(purchase: Purchase) -> tuple[PaymentReference, ...]:
    if purchase.order_id is None:
        return ()
    return (PaymentReference(purchase.order_id, transaction_id=purchase.transaction_id),)
