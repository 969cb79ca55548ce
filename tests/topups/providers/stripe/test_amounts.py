"""Amounts between our minor units and Stripe's."""

import pytest

from largesse.topups.providers.stripe.amounts import from_stripe, to_stripe


@pytest.mark.parametrize(
    ("amount_minor", "currency", "stripe"),
    [
        (370, "USD", 370),
        (500, "JPY", 500),
        (1000, "KRW", 1000),
        (5, "UGX", 500),
        (5, "ISK", 500),
        (500, "MGA", 5),
        (1045, "HUF", 1045),
        (80045, "TWD", 80045),
        (5120, "KWD", 5120),
        (10, "BHD", 10),
    ],
)
def test_amounts_go_both_ways(amount_minor: int, currency: str, stripe: int) -> None:
    assert to_stripe(amount_minor, currency) == stripe
    assert from_stripe(stripe, currency) == amount_minor


@pytest.mark.parametrize(("amount_minor", "currency"), [(5124, "KWD"), (501, "MGA")])
def test_what_stripe_cannot_charge_exactly_is_refused(amount_minor: int, currency: str) -> None:
    with pytest.raises(ValueError, match="not divisible"):
        to_stripe(amount_minor, currency)


@pytest.mark.parametrize(("amount", "currency"), [(501, "ISK"), (1, "UGX")])
def test_fractions_of_whole_currencies_are_refused(amount: int, currency: str) -> None:
    with pytest.raises(ValueError, match="not divisible"):
        from_stripe(amount, currency)
