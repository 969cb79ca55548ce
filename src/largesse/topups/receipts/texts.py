"""Amounts, rates and dates as a locale writes them: pure code, exact decimals."""

import re
from datetime import datetime
from decimal import Decimal

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from largesse.topups.pricing import BASIS_POINTS, minor_digits
from largesse.types import Money

_FALLBACK = Locale("en", "US")
_LAST_DIGIT = re.compile(r"0(?!.*0)")


def locale_of(wanted: str | None) -> Locale:
    """The first known one of a tag or an Accept-Language header; else en-US."""
    for part in (wanted or "").split(","):
        tag = part.partition(";")[0].strip()
        try:
            return Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return _FALLBACK


def money_text(amount: Money, locale: Locale) -> str:
    """An amount with every digit of its currency's minor unit, whatever the locale's habit is."""
    digits = minor_digits(amount.currency)
    value = Decimal(amount.amount_minor).scaleb(-digits)
    pattern = locale.currency_formats["standard"].pattern
    return format_currency(
        value,
        amount.currency,
        format=_with_digits(pattern, digits),
        locale=locale,
        currency_digits=False,
    )


def _with_digits(pattern: str, digits: int) -> str:
    """The locale's pattern with so many digits after the point: its own counts them in its own table."""
    return ";".join(
        part.replace(".00", f".{'0' * digits}" if digits else "") for part in pattern.split(";")
    )


def rate_text(rate_bp: int, locale: Locale) -> str:
    """2000 is 20%, 825 is 8.25%: nothing is rounded."""
    pattern = _LAST_DIGIT.sub("0.##", locale.percent_formats[None].pattern)
    return format_percent(Decimal(rate_bp) / BASIS_POINTS, format=pattern, locale=locale)


def coins_text(coins: int, locale: Locale) -> str:
    """A whole number, grouped."""
    return format_decimal(coins, locale=locale)


def date_text(at: datetime, locale: Locale) -> str:
    """The day, UTC, written out."""
    return format_date(at.date(), format="long", locale=locale)
