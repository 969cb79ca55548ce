"""Tax, fee, price per coin and comparison, to the minor unit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from largesse.topups.pricing import (
    StoreOffer,
    divide_half_up,
    fee_of,
    micro_per_coin,
    minor_digits,
    saving_bp,
    split_price,
    store_total,
)

AMOUNTS = st.integers(min_value=1, max_value=10**12)
TAXES = st.integers(min_value=0, max_value=10_000)


@given(price=AMOUNTS, tax_bp=TAXES, inclusive=st.booleans())
def test_net_and_tax_are_the_gross(price: int, tax_bp: int, inclusive: bool) -> None:
    split = split_price(price, tax_bp=tax_bp, tax_inclusive=inclusive)
    assert split.net_minor + split.tax_minor == split.gross_minor
    assert split.net_minor >= 0
    assert split.tax_minor >= 0
    assert price == (split.gross_minor if inclusive else split.net_minor)


@given(price=AMOUNTS, tax_bp=TAXES, inclusive=st.booleans())
def test_the_tax_is_off_by_half_a_minor_unit_at_most(
    price: int, tax_bp: int, inclusive: bool
) -> None:
    split = split_price(price, tax_bp=tax_bp, tax_inclusive=inclusive)
    exact = Fraction(price * tax_bp, (10_000 + tax_bp) if inclusive else 10_000)
    assert abs(split.tax_minor - exact) <= Fraction(1, 2)


@given(numerator=st.integers(0, 10**15), denominator=st.integers(1, 10**6))
def test_division_rounds_to_the_nearest_and_a_half_up(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    assert exact - Fraction(1, 2) < divide_half_up(numerator, denominator)
    assert divide_half_up(numerator, denominator) <= exact + Fraction(1, 2)


def test_inclusive_tax_is_taken_out_of_the_price_shown() -> None:
    split = split_price(405, tax_bp=1900, tax_inclusive=True)
    assert (split.net_minor, split.tax_minor) == (340, 65)


def test_exclusive_tax_is_added_to_the_price_shown() -> None:
    split = split_price(510, tax_bp=500, tax_inclusive=False)
    assert (split.net_minor, split.tax_minor, split.gross_minor) == (510, 26, 536)


def test_the_fee_is_a_part_of_the_gross() -> None:
    assert fee_of(370, 290) == 11
    assert fee_of(9999, 3000) == 3000


@pytest.mark.parametrize(
    ("currency", "digits"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3)]
)
def test_minor_units_have_the_digits_of_the_currency(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize(
    ("gross_minor", "coins", "currency", "micro"),
    [
        (370, 350, "USD", 10_571),  # 3.70 dollars
        (620, 350, "JPY", 1_771_429),  # 620 yen
        (1140, 350, "KWD", 3_257),  # 1.140 dinars
    ],
)
def test_the_price_of_a_coin_is_in_millionths_of_the_currency(
    gross_minor: int, coins: int, currency: str, micro: int
) -> None:
    assert micro_per_coin(gross_minor, coins, currency) == micro


OFFERS = [StoreOffer(65, 99), StoreOffer(330, 499), StoreOffer(660, 999)]


def test_the_store_is_compared_at_its_best_price_among_packages_of_at_most_so_many_coins() -> None:
    assert store_total(350, OFFERS) == 529  # 350 at 499 for 330
    assert store_total(70, OFFERS) == 107  # 70 at 99 for 65


def test_fewer_coins_than_any_package_are_compared_with_the_smallest() -> None:
    assert store_total(13, OFFERS) == 20


def test_without_a_store_there_is_no_comparison() -> None:
    assert store_total(350, []) is None


def test_a_saving_is_rounded_down_and_never_negative() -> None:
    assert saving_bp(370, 529) == 3005
    assert saving_bp(600, 529) == 0
