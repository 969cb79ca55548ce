"""What Stripe refuses of a request for a page."""

import re
import time
from typing import Any

from tests.fakes.stripe.books import Refused

_KNOWN = frozenset(
    {
        *("mode", "client_reference_id", "metadata", "payment_intent_data", "line_items"),
        *("success_url", "cancel_url", "expires_at", "adaptive_pricing", "locale"),
    }
)
_SOONEST_S, _LATEST_S = 30 * 60, 24 * 3600
_WHOLE_UNITS = ("isk", "ugx")
_THREE_DECIMALS = ("bhd", "jod", "kwd", "omr", "tnd")
_CENTS_MIN = 50


def checked_page(form: dict[str, Any]) -> tuple[int, str]:
    """The amount and currency of a page that may be made."""
    unknown = sorted(set(form) - _KNOWN)
    if unknown:
        raise Refused(f"Received unknown parameter: {unknown[0]}", code="parameter_unknown")
    if form.get("mode") != "payment":
        raise Refused("mode", code="parameter_missing")
    for name in ("success_url", "cancel_url"):
        if not re.match(r"https?://[^/\s]+", form.get(name, "")):
            raise Refused(name, code="url_invalid")
    left_s = int(form.get("expires_at", time.time() + _LATEST_S)) - time.time()
    if not _SOONEST_S <= left_s <= _LATEST_S:
        raise Refused("expires_at must be between 30 minutes and 24 hours from now")
    if len(form.get("client_reference_id", "")) > 200:
        raise Refused("client_reference_id is too long")
    lines: list[dict[str, Any]] = list(form.get("line_items", {}).values())
    line = lines[0] if len(lines) == 1 else {}
    price = line.get("price_data", {})
    if not price.get("product_data", {}).get("name") or line.get("quantity") != "1":
        raise Refused("line_items", code="parameter_missing")
    return _checked_amount(price), price["currency"]


def _checked_amount(price: dict[str, Any]) -> int:
    currency, written = price.get("currency", ""), price.get("unit_amount", "")
    if not re.fullmatch(r"[a-z]{3}", currency):
        raise Refused("Invalid currency", code="parameter_invalid")
    if not re.fullmatch(r"\d{1,8}", written):
        raise Refused("Invalid integer", code="parameter_invalid_integer")
    amount = int(written)
    if (currency in _WHOLE_UNITS and amount % 100) or (currency in _THREE_DECIMALS and amount % 10):
        raise Refused("Invalid amount for this currency")
    if currency == "usd" and amount < _CENTS_MIN:
        raise Refused("too little", code="amount_too_small")
    return amount
