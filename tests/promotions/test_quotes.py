"""Discounts on shown prices: what is paid, its tax and each promotion's part add up, whatever the tax."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from largesse.promotions.model import Award, PromotionKind
from largesse.topups.pricing import split_price
from largesse.topups.promoting import promoted
from largesse.topups.quotes import Quote
from largesse.topups.rows import PriceBook
from tests.promotions.test_rules import BASE, discount

AT = datetime(2026, 11, 22, tzinfo=UTC)


def book(tax_bp: int, *, inclusive: bool) -> PriceBook:
    fields: dict[str, Any] = {
        "id": 1,
        "country": "US",
        "channel": "web",
        "currency": "USD",
        "fee_bp": 290,
        "valid_from": AT,
        "tax_bp": tax_bp,
        "tax_inclusive": inclusive,
        "tax_name": "Tax",
    }
    return PriceBook(**fields)


def quote(price_minor: int, prices: PriceBook) -> Quote:
    price = split_price(price_minor, tax_bp=prices.tax_bp, tax_inclusive=prices.tax_inclusive)
    return Quote(
        price_book_id=1,
        package_id=None,
        product_id=None,
        coins=350,
        coins_bonus=10,
        currency="USD",
        net_minor=price.net_minor,
        tax_name="Tax",
        tax_bp=prices.tax_bp,
        tax_minor=price.tax_minor,
        gross_minor=price.gross_minor,
        discount_minor=0,
        fee_minor=12,
    )


@pytest.mark.parametrize(
    ("inclusive", "expected"),
    [
        # Shown 1,190 with tax: 10 % off is 119, and 171 of the 1,071 left are tax.
        (True, (900, 171, 1_071, 119, 31)),
        # Shown 1,190 before tax: 119 off, tax on 1,071.
        (False, (1_071, 203, 1_274, 142, 37)),
    ],
)
def test_ten_percent_off_the_shown_price(inclusive: bool, expected: tuple[int, ...]) -> None:
    prices = book(1_900, inclusive=inclusive)
    award = Award(discount("ten", 1_000), off_minor=119)
    found = promoted(quote(1_190, prices), [award], prices).quote
    amounts = found.net_minor, found.tax_minor, found.gross_minor, found.discount_minor
    assert (*amounts, found.fee_minor) == expected
    assert found.coins_bonus == 10


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("tax_bp", [0, 725, 1_900, 2_700])
def test_parts_add_up(tax_bp: int, inclusive: bool) -> None:
    prices = book(tax_bp, inclusive=inclusive)
    more = Award(replace(BASE, kind=PromotionKind.BONUS), coins=7)
    for price_minor in range(1, 400, 7):
        plain = quote(price_minor, prices)
        for off in (0, 1, price_minor // 3):
            awards = [Award(discount("a", 1), off_minor=each) for each in (off, off)]
            if 2 * off >= price_minor:
                continue
            found = promoted(plain, [*awards, more], prices)
            paid, lines = found.quote, found.lines
            assert paid.gross_minor == paid.net_minor + paid.tax_minor > 0
            assert paid.gross_minor + paid.discount_minor == plain.gross_minor
            assert sum(line.discount_minor for line in lines) == paid.discount_minor
            assert (
                sum(line.discount_net_minor for line in lines) == plain.net_minor - paid.net_minor
            )
            assert min(line.discount_net_minor for line in lines) >= 0
            assert paid.coins_bonus == 17
