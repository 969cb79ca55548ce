"""What PayPal refuses before it does anything: parameters, amounts, and keys used again for something else."""

import re
from typing import Any

from tests.fakes.paypal.books import Json, Refused, unprocessable

_WHOLE = ("HUF", "JPY", "TWD")
_CURRENCIES = (
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY",
    "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD",
)  # fmt: skip
_VALUE = re.compile(r"[0-9]{1,12}(\.[0-9]{2})?")
_KEY_LENGTH_MAX = 108
_TEXT_MAX = {"custom_id": 127, "invoice_id": 127, "description": 127}


def check_amount(amount: Any) -> None:
    if not isinstance(amount, dict) or set(amount) != {"currency_code", "value"}:
        raise Refused(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER")
    currency, value = amount["currency_code"], amount["value"]
    if currency not in _CURRENCIES:
        raise unprocessable("CURRENCY_NOT_SUPPORTED")
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise Refused(400, "INVALID_REQUEST", "INVALID_PARAMETER_SYNTAX")
    if currency in _WHOLE and "." in value:
        raise unprocessable("DECIMALS_NOT_SUPPORTED")
    if not float(value):
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE")


def check_order(wish: Json) -> None:
    if wish.get("intent") not in ("CAPTURE", "AUTHORIZE") or not wish.get("purchase_units"):
        raise Refused(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER")
    unit = wish["purchase_units"][0]
    check_amount(unit.get("amount"))
    for name, length_max in _TEXT_MAX.items():
        if len(unit.get(name, "")) > length_max:
            raise Refused(400, "INVALID_REQUEST", "INVALID_STRING_MAX_LENGTH")
    context = wish["payment_source"]["paypal"]["experience_context"]
    for name in ("return_url", "cancel_url"):
        if not context[name].startswith(("http://", "https://")):
            raise Refused(400, "INVALID_REQUEST", "INVALID_PARAMETER_SYNTAX")


def check_key(key: str | None) -> str:
    if not key or len(key) > _KEY_LENGTH_MAX:
        raise Refused(400, "INVALID_REQUEST", "PAYPAL_REQUEST_ID_REQUIRED")
    return key
