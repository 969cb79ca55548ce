"""Reading Google's objects: what has not the expected shape raises ValueError, KeyError or TypeError."""

import re
from typing import Any, TypeGuard

from largesse.topups.pricing import minor_digits
from largesse.topups.providers.calling import mapping

_TOKEN = re.compile(r"(?!\.+\Z)[A-Za-z0-9._~:=-]{1,1500}", re.ASCII)
"""Purchase tokens; nothing that could change an address it is put into."""
_ORDER_NAME = re.compile(r"(?!\.+\Z)[A-Za-z0-9.-]{1,64}", re.ASCII)
_PRODUCT = re.compile(r"(?!\.+\Z)[A-Za-z0-9._]{1,150}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_UNITS = re.compile(r"\d{1,15}", re.ASCII)
_NANO_DIGITS = 9


def part(owner: dict[str, Any], name: str) -> dict[str, Any]:
    """A field that holds an object; one that is left out is empty."""
    return mapping(owner.get(name, {}))


def list_of(owner: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A field that holds a list of objects; one that is left out is empty."""
    value = owner.get(name, [])
    if not isinstance(value, list):
        raise TypeError(f"{name} is a list")
    return [mapping(one) for one in value]


def text(owner: dict[str, Any], name: str) -> str:
    """A field that holds text and must be there."""
    value = owner[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is text")
    return value


def count(owner: dict[str, Any], name: str, default: int) -> int:
    """A field that holds a number of things, 0 or more."""
    value = owner.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{name} is a whole number")
    return value


def is_token(value: Any) -> TypeGuard[str]:
    """Whether this could be a purchase token."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def token_of(value: Any) -> str:
    """A purchase token."""
    if not is_token(value):
        raise ValueError("not a purchase token")
    return value


def is_order_name(value: Any) -> TypeGuard[str]:
    """Whether this could be Google's name of an order, GPA.1234-5678-9012-34567."""
    return isinstance(value, str) and _ORDER_NAME.fullmatch(value) is not None


def order_name_of(value: Any) -> str:
    """Google's name of an order."""
    if not is_order_name(value):
        raise ValueError("not the name of an order")
    return value


def product_of(value: Any) -> str:
    """The name of a product, as set up in the Play Console."""
    if not isinstance(value, str) or not _PRODUCT.fullmatch(value):
        raise ValueError("not a product")
    return value


def country_of(value: Any) -> str | None:
    """An ISO 3166 alpha-2 country; None: not said, or not one."""
    return value if isinstance(value, str) and _COUNTRY.fullmatch(value) else None


def to_minor(money: dict[str, Any]) -> tuple[int, str]:
    """Minor units of ISO 4217, and currency, of Google's `{"currencyCode", "units", "nanos"}`; zero parts are left out.

    Raises ValueError for an amount below zero, or with smaller parts than the currency has.
    """
    currency = text(money, "currencyCode")
    units, nanos = money.get("units", "0"), count(money, "nanos", 0)
    if not _CURRENCY.fullmatch(currency) or not isinstance(units, str):
        raise ValueError("not an amount")
    if not _UNITS.fullmatch(units) or nanos >= 10**_NANO_DIGITS:
        raise ValueError("not an amount")
    digits = minor_digits(currency)
    minor, rest = divmod(nanos, 10 ** (_NANO_DIGITS - digits))
    if rest:
        raise ValueError(f"{currency} has no such small parts")
    return int(units) * 10**digits + minor, currency
