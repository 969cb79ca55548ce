"""Tax, fee, price per coin and comparison, to the minor unit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from largesse.topups.pricing import (
    Deal,
    StoreOffer,
    Tier,
    best_value,
    custom_price,
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


@st.composite
def ladders(draw: st.DrawFn) -> list[Tier]:
    """Packages as a book may have them: more coins cost more, each by a price of its own."""
    steps = draw(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 900)), min_size=1))
    tiers, coins, price_minor = [], 0, 0
    for more_coins, more_minor in steps:
        coins, price_minor = coins + more_coins, price_minor + more_minor
        tiers.append(Tier(coins, price_minor))
    return draw(st.permutations(tiers))


@given(tiers=ladders(), data=st.data())
def test_an_amount_of_choice_has_a_price_by_the_rule(
    tiers: list[Tier], data: st.DataObject
) -> None:
    least = min(tier.coins for tier in tiers)
    coins = data.draw(st.integers(least, 2 * max(tier.coins for tier in tiers)))
    price_minor = custom_price(coins, tiers)
    assert custom_price(coins + 1, tiers) >= price_minor  # so it never falls
    smaller = max((t for t in tiers if t.coins <= coins), key=lambda tier: tier.coins)
    larger_minor = [tier.price_minor for tier in tiers if tier.coins > coins]
    exact = Fraction(coins * smaller.price_minor, smaller.coins)
    if larger_minor and min(larger_minor) <= exact:
        assert price_minor == min(larger_minor)
    else:
        assert exact <= price_minor < exact + 1
    assert all(custom_price(tier.coins, tiers) == tier.price_minor for tier in tiers)


def test_an_amount_of_choice_costs_no_more_than_the_next_package() -> None:
    tiers = [Tier(70, 75), Tier(350, 355)]
    assert [custom_price(coins, tiers) for coins in (70, 140, 330, 340, 349, 350, 360)] == [
        75, 150, 354, 355, 355, 355, 366,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("deals", "best"),
    [
        ([], None),
        ([Deal(70, 75)], None),
        ([Deal(70, 75), Deal(350, 355), Deal(700, 705)], 2),
        ([Deal(70, 74), Deal(350, 370)], None),
        ([Deal(70, 75), Deal(100, 100), Deal(200, 200)], 1),
        ([Deal(100, 90), Deal(200, 200)], 0),
    ],
)
def test_the_best_deal_is_the_smallest_of_the_cheapest(deals: list[Deal], best: int | None) -> None:
    assert best_value(deals) == best
