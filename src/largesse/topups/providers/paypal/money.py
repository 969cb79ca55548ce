"""PayPal writes amounts as decimal strings in units of the currency; we count minor units of ISO 4217. No floats."""

import re
from typing import Any

_TWO_DIGITS = (
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "MXN",
    "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD",
)  # fmt: skip
_ISO_DIGITS = {"JPY": 0, **dict.fromkeys(_TWO_DIGITS, 2)}
"""The currencies PayPal takes (its currency code reference), with the digits that ISO 4217 gives their minor unit."""
_WHOLE_AT_PAYPAL = frozenset({"HUF", "JPY", "TWD"})
"""The same reference: PayPal allows no decimals in these, though ISO 4217 has some for two of them."""
_VALUE = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?", re.ASCII)


class AmountError(ValueError):
    """PayPal has no such amount, or not in this currency."""


def to_value(amount_minor: int, currency: str) -> str:
    """What PayPal calls an amount, e.g. 370 USD minor units: "3.70". Raises AmountError."""
    digits = _digits(currency)
    whole, rest = divmod(amount_minor, 10**digits)
    if amount_minor <= 0:
        raise AmountError("an amount is above 0")
    if currency in _WHOLE_AT_PAYPAL:
        if rest:
            raise AmountError(f"PayPal takes no parts of a {currency}")
        return str(whole)
    return f"{whole}.{rest:0{digits}d}"


def to_minor(money: Any) -> tuple[int, str]:
    """Minor units and currency of PayPal's `{"currency_code": ..., "value": ...}`. Raises AmountError."""
    if not isinstance(money, dict):
        raise AmountError("not an amount")
    currency, value = money.get("currency_code"), money.get("value")
    match = _VALUE.fullmatch(value) if isinstance(value, str) else None
    if match is None or not isinstance(currency, str):
        raise AmountError("not an amount")
    digits = _digits(currency)
    whole, part = match[1], (match[2] or "").rstrip("0")
    if len(part) > digits:
        raise AmountError(f"{currency} has no such small parts")
    return int(whole + part.ljust(digits, "0")), currency


def _digits(currency: str) -> int:
    if currency not in _ISO_DIGITS:
        raise AmountError(f"PayPal does not take {currency[:3]!r}")
    return _ISO_DIGITS[currency]
