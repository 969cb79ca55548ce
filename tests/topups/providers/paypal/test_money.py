"""Amounts between PayPal's decimal strings and minor units."""

import pytest

from largesse.topups.providers.paypal.money import AmountError, to_minor, to_value

PAIRS = [
    (370, "USD", "3.70"),
    (5, "EUR", "0.05"),
    (100, "GBP", "1.00"),
    (500, "JPY", "500"),
    (150_000, "HUF", "1500"),
    (3_000, "TWD", "30"),
    (123_456_789_012, "USD", "1234567890.12"),
]


@pytest.mark.parametrize(("amount_minor", "currency", "value"), PAIRS)
def test_amounts_go_there_and_back(amount_minor: int, currency: str, value: str) -> None:
    assert to_value(amount_minor, currency) == value
    assert to_minor({"currency_code": currency, "value": value}) == (amount_minor, currency)


@pytest.mark.parametrize(
    ("amount_minor", "currency"),
    [(0, "USD"), (-1, "USD"), (150_050, "HUF"), (1, "TWD"), (100, "KWD"), (100, "ZZZ")],
)
def test_what_paypal_cannot_take_is_refused(amount_minor: int, currency: str) -> None:
    with pytest.raises(AmountError):
        to_value(amount_minor, currency)


@pytest.mark.parametrize("value", ["3.7", "3.70"])
def test_zeros_at_the_end_mean_nothing(value: str) -> None:
    assert to_minor({"currency_code": "USD", "value": value}) == (370, "USD")


@pytest.mark.parametrize(
    "money",
    [
        None,
        {},
        {"currency_code": "USD", "value": 3.7},
        {"currency_code": "USD", "value": "3.705"},
        {"currency_code": "USD", "value": "-3.70"},
        {"currency_code": "USD", "value": "3,70"},
        {"currency_code": "USD", "value": "1e3"},
        {"currency_code": "USD", "value": "٣"},  # a digit, but not ours
        {"currency_code": "JPY", "value": "5.50"},
        {"currency_code": "KWD", "value": "1.00"},
        {"currency_code": ["USD"], "value": "1.00"},
    ],
)
def test_what_is_no_amount_is_refused(money: object) -> None:
    with pytest.raises(AmountError):
        to_minor(money)


def test_whole_currencies_may_be_written_with_zeros() -> None:
    assert to_minor({"currency_code": "JPY", "value": "500.00"}) == (500, "JPY")
