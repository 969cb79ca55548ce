"""What a price book must be like, and what is odd about one. Pure.

A price per coin that rises with the size is odd, not wrong: stores have fixed price points, so that rounding makes it
rise a little. A package that costs no more than a smaller one is wrong: then more coins would cost less.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from largesse.topups.price_books.schemas import (
    PRICE_MINOR_MAX,
    BookDraft,
    PackageDraft,
    TaxDraft,
)
from largesse.topups.pricing import Tier, charged_in_minor, custom_price, is_currency

AHEAD_MAX_DAYS = 5 * 366
"""Further ahead than this is taken for a mistake."""
_ODD_CHANGE = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Problem:
    """A field of the draft, and what is wrong with it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows about the country of a draft."""

    currency: str
    """The country's own."""
    taxed: bool
    """A tax rate holds when the book begins."""
    prices_minor: Mapping[int, int]
    """Of the book before it, in the same currency: price by coins."""


def problems(draft: BookDraft, known: Known, at: datetime) -> list[Problem]:
    """Why a book is refused."""
    found = [*_moment(draft.valid_from, at), *_packages(draft.packages), *_custom(draft)]
    if not is_currency(draft.currency):
        found.append(Problem("currency", "No currency of ISO 4217"))
    if not known.taxed:
        found.append(Problem("country", "No tax rate holds there at that moment: add one first"))
    return [*found, *_products(draft)]


def tax_problems(draft: TaxDraft, at: datetime) -> list[Problem]:
    """Why a tax rate is refused."""
    return [*_moment(draft.valid_from, at)]


def warnings(draft: BookDraft, known: Known) -> list[str]:
    """What is odd about a book, as sentences; it can be scheduled all the same."""
    found = []
    if draft.currency != known.currency:
        found.append(f"{draft.currency} is not the country's currency ({known.currency}).")
    for smaller, larger in pairwise(_by_size(draft.packages)):
        if _per_coin(larger) > _per_coin(smaller):
            found.append(
                f"A coin costs more in the package of {larger.coins:,} than in that of {smaller.coins:,}."
            )
    multiple_minor = charged_in_minor(draft.currency)
    for package in _by_size(draft.packages):
        if draft.channel == "web" and package.price_minor % multiple_minor:
            found.append(
                f"The price of {package.coins:,} coins cannot be charged to cards:"
                f" {draft.currency} must be a multiple of {multiple_minor} minor units."
            )
        before_minor = known.prices_minor.get(package.coins)
        if before_minor and abs(Fraction(package.price_minor, before_minor) - 1) > _ODD_CHANGE:
            found.append(
                f"The price of {package.coins:,} coins changes from {before_minor:,} to"
                f" {package.price_minor:,} minor units: are the digits right?"
            )
    return found


def _moment(valid_from: datetime, at: datetime) -> Iterator[Problem]:
    if valid_from <= at:
        yield Problem("valid_from", "Must be in the future")
    elif valid_from > at + timedelta(days=AHEAD_MAX_DAYS):
        yield Problem("valid_from", "More than five years ahead")


def _packages(packages: list[PackageDraft]) -> Iterator[Problem]:
    counted = Counter(package.coins for package in packages)
    for coins in sorted(coins for coins, count in counted.items() if count > 1):
        yield Problem("packages", f"Two packages of {coins:,} coins")
    for smaller, larger in pairwise(_by_size(packages)):
        if larger.coins > smaller.coins and larger.price_minor <= smaller.price_minor:
            yield Problem(
                "packages", f"{larger.coins:,} coins must cost more than {smaller.coins:,} coins"
            )


def _products(draft: BookDraft) -> Iterator[Problem]:
    named = [package.product_id for package in draft.packages if package.product_id is not None]
    if draft.channel == "web":
        if named:
            yield Problem("packages", "Product ids belong into the books of stores")
        return
    if len(named) < len(draft.packages):
        yield Problem("packages", "Every package of a store's book needs its product_id")
    if len(set(named)) < len(named):
        yield Problem("packages", "Two packages have the same product_id")


def _custom(draft: BookDraft) -> Iterator[Problem]:
    custom = draft.custom
    if custom is None:
        return
    if draft.channel != "web":
        yield Problem("custom", "Stores sell only their products")
    if custom.coins_min > custom.coins_max:
        yield Problem("custom.coins_min", "More than coins_max")
    if custom.coins_min < min(package.coins for package in draft.packages):
        yield Problem("custom.coins_min", "Less than the smallest package, whose price it takes")
    if custom.coins_min % custom.coins_step or custom.coins_max % custom.coins_step:
        yield Problem("custom.coins_step", "coins_min and coins_max must be multiples of it")
    tiers = [Tier(package.coins, package.price_minor) for package in draft.packages]
    most = max(custom.coins_max, *(tier.coins for tier in tiers))  # prices rise up to it
    if custom_price(most, tiers) > PRICE_MINOR_MAX:
        yield Problem("custom.coins_max", "So many coins cost more than any order may")


def _by_size(packages: list[PackageDraft]) -> list[PackageDraft]:
    return sorted(packages, key=lambda package: package.coins)


def _per_coin(package: PackageDraft) -> Fraction:
    return Fraction(package.price_minor, package.coins)
