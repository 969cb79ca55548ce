"""Prices, tax and comparison: pure functions in whole minor units, never a float."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from babel.numbers import list_currencies

BASIS_POINTS = 10_000
_MICRO_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Price:
    """What a buyer pays, in minor units: `gross_minor` is always `net_minor + tax_minor`."""

    net_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


def divide_half_up(numerator: int, denominator: int) -> int:
    """Division of non-negative numbers, rounded to the nearest; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def split_price(price_minor: int, *, tax_bp: int, tax_inclusive: bool) -> Price:
    """Split a price as shown (inclusive) or add the tax to it (exclusive); the tax is rounded once."""
    if tax_inclusive:
        tax_minor = divide_half_up(price_minor * tax_bp, BASIS_POINTS + tax_bp)
        return Price(net_minor=price_minor - tax_minor, tax_minor=tax_minor)
    return Price(
        net_minor=price_minor, tax_minor=divide_half_up(price_minor * tax_bp, BASIS_POINTS)
    )


def fee_of(gross_minor: int, fee_bp: int) -> int:
    """What the provider or store keeps of a payment."""
    return divide_half_up(gross_minor * fee_bp, BASIS_POINTS)


@cache
def _currencies() -> Mapping[str, Any]:
    data: Mapping[str, Any] = json.loads(
        (files(__package__) / "data" / "currencies.json").read_text("utf-8")
    )
    return data


def minor_digits(currency: str) -> int:
    """Digits of a currency's minor unit: JPY 0, USD 2, KWD 3."""
    data = _currencies()
    return int(data["digits"].get(currency, data["digits_default"]))


def charged_in_minor(currency: str) -> int:
    """Of how many minor units a card payment must be a multiple: KWD 10, most currencies 1."""
    return int(_currencies()["charged_in"].get(currency, 1))


def is_currency(currency: str) -> bool:
    """Whether ISO 4217 knows this code."""
    return currency in list_currencies()


@dataclass(frozen=True, slots=True)
class Tier:
    """A package as a step of the prices: its coins and its price as shown, in minor units."""

    coins: int
    price_minor: int


def custom_price(coins: int, tiers: Sequence[Tier], *, multiple_minor: int = 1) -> int:
    """The shown price of an amount that the buyer chose, of at least the smallest package's coins.

    The price per coin of the largest package of at most so many coins, rounded up to the minor unit, or a multiple of
    it; but never more than a larger package costs, so that more coins never cost less. A package's own coins cost what
    the package costs.
    """
    largest = max((tier for tier in tiers if tier.coins <= coins), key=lambda tier: tier.coins)
    if coins == largest.coins:
        return largest.price_minor
    price_minor = (
        -(-coins * largest.price_minor // (largest.coins * multiple_minor)) * multiple_minor
    )
    return min([price_minor, *(tier.price_minor for tier in tiers if tier.coins > coins)])


@dataclass(frozen=True, slots=True)
class Deal:
    """A package by what one gets for what: coins with their bonus, and the price with tax."""

    coins: int
    gross_minor: int


def best_value(deals: Sequence[Deal]) -> int | None:
    """Which deal gives a coin for the least, by its place: of equal ones the smallest; None when all give the same."""
    if not deals:
        return None
    prices = [Fraction(deal.gross_minor, deal.coins) for deal in deals]
    if len(set(prices)) == 1:
        return None
    return min(range(len(deals)), key=lambda place: (prices[place], deals[place].coins))


def micro_per_coin(gross_minor: int, coins: int, currency: str) -> int:
    """Millionths of the currency that one coin costs."""
    scale: int = 10 ** (_MICRO_DIGITS - minor_digits(currency))
    return divide_half_up(gross_minor * scale, coins)


@dataclass(frozen=True, slots=True)
class StoreOffer:
    """A package of the app store to compare with: its coins and its price with tax."""

    coins: int
    gross_minor: int


def store_total(coins: int, offers: list[StoreOffer]) -> int | None:
    """What these coins would cost at the app store: at the best price per coin among packages of at most so many."""
    if not offers:
        return None
    fitting = [offer for offer in offers if offer.coins <= coins]
    candidates = fitting or [min(offers, key=lambda offer: offer.coins)]
    return min(divide_half_up(offer.gross_minor * coins, offer.coins) for offer in candidates)


def saving_bp(gross_minor: int, compared_minor: int) -> int:
    """How much cheaper than the compared price, in basis points, rounded down; zero when it is not."""
    if compared_minor <= gross_minor:
        return 0
    return (compared_minor - gross_minor) * BASIS_POINTS // compared_minor
