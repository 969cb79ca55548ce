"""Prices as people of a locale write them: exact decimals, by Babel's rules for figures and our words around them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_percent

from largesse.topups.pricing import minor_digits

LOCALE_CHARACTERS_MAX = 35
ACCEPT_CHARACTERS_MAX = 500
"""Of an Accept-Language header; what is behind that counts for nothing."""
_PER_COIN_DIGITS = 3
"""Significant digits of a coin's price, unless the currency's own are more."""
_WHOLE_PERCENT_BP = 100
_FRACTION = re.compile(r"\.0+")


@dataclass(frozen=True, slots=True)
class Priced:
    """What is to be written: minor units of a currency, and how many coins they buy."""

    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    coins: int
    saving_bp: int | None


@dataclass(frozen=True, slots=True)
class Texts:
    """The amounts in words."""

    total: str
    net: str
    tax: str
    per_coin: str
    saving: str | None


def texts_of(priced: Priced, locale: Locale) -> Texts:
    """All amounts of a package or quote."""
    words = _words(locale.language)
    price = per_coin_text(priced.gross_minor, priced.coins, priced.currency, locale)
    percent = (priced.saving_bp or 0) // _WHOLE_PERCENT_BP
    return Texts(
        total=money_text(priced.gross_minor, priced.currency, locale),
        net=money_text(priced.net_minor, priced.currency, locale),
        tax=money_text(priced.tax_minor, priced.currency, locale),
        per_coin=words["per_coin"].format(price=price),
        saving=words["saving"].format(percent=_percent_text(percent, locale)) if percent else None,
    )


def money_text(amount_minor: int, currency: str, locale: Locale) -> str:
    """An amount with the currency's own digits."""
    digits = minor_digits(currency)
    return _currency_text(Decimal(amount_minor).scaleb(-digits), currency, digits, locale)


def per_coin_text(gross_minor: int, coins: int, currency: str, locale: Locale) -> str:
    """What one coin costs, to three significant digits or the currency's own, whichever says more; a half goes up."""
    digits = minor_digits(currency)
    exact = Context(prec=40).divide(Decimal(gross_minor).scaleb(-digits), Decimal(coins))
    places = max(digits, _PER_COIN_DIGITS - 1 - exact.adjusted()) if exact else digits
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return _currency_text(rounded, currency, places, locale)


def _currency_text(value: Decimal, currency: str, digits: int, locale: Locale) -> str:
    """With exactly so many digits: the locale's pattern has two, and Babel drops those of some currencies."""
    places = "." + "0" * digits if digits else ""
    pattern = _FRACTION.sub(places, locale.currency_formats["standard"].pattern)
    return str(format_currency(value, currency, pattern, locale=locale, currency_digits=False))


def _percent_text(percent: int, locale: Locale) -> str:
    return str(format_percent(Decimal(percent).scaleb(-2), locale=locale))


def locale_of(wanted: str | None, accept_language: str | None) -> Locale:
    """The locale to write in: the one asked for, else the first of the header that we have words for, else the default.

    A header names languages with weights, as RFC 9110 (12.5.4) has it; what cannot be read is passed over.
    """
    names = [] if wanted is None else [wanted]
    names += _accepted((accept_language or "")[:ACCEPT_CHARACTERS_MAX])
    for name in names:
        found = _known(name)
        if found is not None:
            return found
    default = _known(str(_data()["default"]))
    assert default is not None, "the default has words"
    return default


def tag_of(locale: Locale) -> str:
    """The locale's name as the web writes it: de-AT."""
    return str(locale).replace("_", "-")


def _known(name: str) -> Locale | None:
    if not 2 <= len(name) <= LOCALE_CHARACTERS_MAX or not name.isascii():
        return None
    try:
        locale = Locale.parse(name.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    return locale if locale.language in _data()["languages"] else None


def _accepted(header: str) -> Iterator[str]:
    """The languages of an Accept-Language header, the most wanted first; equal ones as they stand."""
    weighed = []
    for part in header.split(","):
        name, _, weight = part.strip().partition(";")
        quality = _quality(weight.strip())
        if quality > 0:
            weighed.append((quality, name.strip()))
    yield from (name for _, name in sorted(weighed, key=lambda each: -each[0]))


def _quality(weight: str) -> Decimal:
    if not weight:
        return Decimal(1)
    name, _, value = weight.partition("=")
    whole, _, rest = value.strip().partition(".")
    digits = (
        whole.isascii() and whole.isdigit() and (not rest or (rest.isascii() and rest.isdigit()))
    )
    if name.strip() != "q" or not digits or len(value) > len("0.000"):
        return Decimal(0)
    return Decimal(value.strip())


def _words(language: str) -> dict[str, str]:
    found: dict[str, str] = _data()["languages"][language]
    return found


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(
        (files(__package__) / "data" / "price_texts.json").read_text("utf-8")
    )
    return data
