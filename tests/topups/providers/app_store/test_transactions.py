"""What a signed transaction says, in tables."""

from typing import Any
from uuid import UUID

import pytest

from largesse.topups.providers import PaymentEventKind
from largesse.topups.providers.app_store.transactions import (
    country_of,
    events_of,
    purchase_of,
    refund_reversed,
)
from tests.topups.providers.app_store.conftest import said

_K = PaymentEventKind
ORDER = UUID("019b76da-a800-7001-80b7-48490b729601")
PAID: dict[str, Any] = {
    "transactionId": "2000000000000001",
    "productId": "coins_330",
    "quantity": 1,
    "appAccountToken": str(ORDER),
    "price": 4990,
    "currency": "USD",
    "storefront": "USA",
}
REFUNDED = {**PAID, "revocationDate": 1767225600000, "revocationType": "REFUND_FULL"}


def test_a_purchase_is_paid() -> None:
    (event,) = events_of(purchase_of(PAID))
    assert (event.kind, event.order_id, event.transaction_id) == (
        _K.SUCCEEDED,
        ORDER,
        "2000000000000001",
    )
    assert (event.amount_minor, event.currency, event.product_id) == (499, "USD", "coins_330")
    assert (event.payer.country, event.checkout_reference) == ("US", "2000000000000001")


@pytest.mark.parametrize(
    ("price_milli", "currency", "amount_minor"),
    [
        (4990, "USD", 499),
        (800_000, "JPY", 800),
        (4_990_000, "KRW", 4990),
        (1500, "KWD", 1500),
        (4_995, "USD", 500),  # no price has half cents; a half goes up
        (4_994, "USD", 499),
        (0, "USD", 0),
    ],
)
def test_thousandths_become_minor_units(price_milli: int, currency: str, amount_minor: int) -> None:
    purchase = purchase_of({**PAID, "price": price_milli, "currency": currency})
    assert (purchase.amount_minor, purchase.currency) == (amount_minor, currency)


@pytest.mark.parametrize(
    ("change", "refunded_minor"),
    [
        ({}, 499),
        ({"revocationPercentage": 100_000}, 499),
        ({"revocationType": "REFUND_PRORATED", "revocationPercentage": 40_000}, 200),
        ({"revocationType": "REFUND_PRORATED", "revocationPercentage": 67_932}, 339),
        ({"revocationType": "REFUND_PRORATED", "revocationPercentage": 15}, 1),
        ({"revocationType": None}, 499),  # before Apple gave parts back
        ({"revocationDate": None}, 0),
    ],
)
def test_parts_given_back(change: dict[str, Any], refunded_minor: int) -> None:
    events = events_of(purchase_of({**REFUNDED, **change}))
    refunds = [(_K.REFUNDED, refunded_minor)] if refunded_minor else []
    assert said(events) == [(_K.SUCCEEDED, 499), *refunds]


def test_a_refund_that_is_reversed_did_not_go_through() -> None:
    events = refund_reversed(purchase_of(PAID))
    assert said(events) == [(_K.SUCCEEDED, 499), (_K.REFUND_FAILED, 499)]


@pytest.mark.parametrize("token", [None, "", "Vera", 7, {}])
def test_without_our_token_nothing_is_said(token: Any) -> None:
    purchase = purchase_of({**REFUNDED, "appAccountToken": token})
    assert (events_of(purchase), refund_reversed(purchase)) == ((), ())


def test_several_pieces_are_another_product() -> None:
    assert purchase_of({**PAID, "quantity": 3}).product_id == "3 x coins_330"


@pytest.mark.parametrize(
    ("storefront", "country"),
    [
        ("USA", "US"),
        ("GBR", "GB"),
        ("XKS", "XK"),
        ("US", None),
        ("SUN", None),
        ("nowhere", None),
        (None, None),
        (143441, None),
    ],
)
def test_storefronts_are_countries(storefront: Any, country: str | None) -> None:
    assert country_of(storefront) == country


@pytest.mark.parametrize(
    "change",
    [
        {"transactionId": 1},
        {"transactionId": ""},
        {"transactionId": "../1"},
        {"transactionId": "٣"},
        {"productId": None},
        {"quantity": "1"},
        {"quantity": True},
        {"price": 4.99},
        {"price": None},
        {"price": -1},
        {"currency": "usd"},
        {"currency": None},
        {"revocationDate": 1, "revocationPercentage": 100_001},
        {"revocationDate": 1, "revocationPercentage": "all"},
    ],
)
def test_what_makes_no_sense_is_no_purchase(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        purchase_of({**PAID, **change})


@pytest.mark.parametrize("name", ["transactionId", "productId", "quantity", "price", "currency"])
def test_every_field_is_needed(name: str) -> None:
    with pytest.raises(KeyError):
        purchase_of({key: value for key, value in PAID.items() if key != name})
