"""What a price book must be like, and what is only odd. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from largesse.topups.price_books.rules import Known, problems, tax_problems, warnings
from largesse.topups.price_books.schemas import BookDraft, TaxDraft

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
KNOWN = Known(currency="USD", taxed=True, prices_minor={100: 100, 200: 200})


def draft(**change: Any) -> BookDraft:
    """A good web book, with some of its fields changed."""
    fields = {
        "country": "US",
        "channel": "web",
        "currency": "USD",
        "fee_bp": 290,
        "valid_from": AT + timedelta(days=1),
        "custom": {"coins_min": 100, "coins_max": 10_000, "coins_step": 50},
        "packages": [{"coins": 100, "price_minor": 110}, {"coins": 200, "price_minor": 210}],
    }
    return BookDraft.model_validate({**fields, **change})


def store(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"channel": "app_store", "custom": None, "packages": list(packages)}


SMALL = {"coins": 100, "price_minor": 110}
LARGE = {"coins": 200, "price_minor": 210}


def test_a_good_book_has_no_problems_and_nothing_odd() -> None:
    assert problems(draft(), KNOWN, AT) == []
    assert warnings(draft(), KNOWN) == []
    in_store = draft(**store({**SMALL, "product_id": "coins_100"}))
    assert problems(in_store, KNOWN, AT) == []


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"valid_from": AT}, "valid_from", "in the future"),
        ({"valid_from": AT + timedelta(days=3000)}, "valid_from", "five years"),
        ({"currency": "ABC"}, "currency", "ISO 4217"),
        ({"packages": [SMALL, SMALL]}, "packages", "Two packages of 100 coins"),
        ({"packages": [SMALL, {**LARGE, "price_minor": 110}]}, "packages", "must cost more"),
        ({"packages": [LARGE, {**SMALL, "price_minor": 300}]}, "packages", "must cost more"),
        ({"packages": [{**SMALL, "product_id": "coins_100"}]}, "packages", "books of stores"),
        (store(SMALL), "packages", "needs its product_id"),
        (
            store({**SMALL, "product_id": "x"}, {**LARGE, "product_id": "x"}),
            "packages",
            "same product_id",
        ),
        (
            {
                **store({**SMALL, "product_id": "x"}),
                "custom": {"coins_min": 100, "coins_max": 200, "coins_step": 100},
            },
            "custom",
            "only their products",
        ),
        (
            {"custom": {"coins_min": 200, "coins_max": 100, "coins_step": 100}},
            "custom.coins_min",
            "More than coins_max",
        ),
        (
            {"custom": {"coins_min": 50, "coins_max": 100, "coins_step": 50}},
            "custom.coins_min",
            "smallest package",
        ),
        (
            {"custom": {"coins_min": 100, "coins_max": 210, "coins_step": 50}},
            "custom.coins_step",
            "multiples",
        ),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], field: str, message: str) -> None:
    (found,) = problems(draft(**change), KNOWN, AT)
    assert found.field == field
    assert message in found.message


def test_without_a_tax_rate_nothing_is_sold() -> None:
    (found,) = problems(draft(), Known("USD", taxed=False, prices_minor={}), AT)
    assert "tax rate" in found.message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"currency": "EUR"}, "not the country's currency (USD)"),
        ({"packages": [SMALL, {**LARGE, "price_minor": 221}]}, "A coin costs more"),
        ({"packages": [{**SMALL, "price_minor": 11_000}]}, "are the digits right?"),
        ({"packages": [{**SMALL, "price_minor": 1}]}, "are the digits right?"),
    ],
)
def test_what_is_odd_is_said_and_allowed(change: dict[str, Any], message: str) -> None:
    odd = draft(**change)
    assert problems(odd, KNOWN, AT) == []
    (warning,) = warnings(odd, KNOWN)
    assert message in warning


def test_a_tax_rate_begins_in_the_future() -> None:
    rate = TaxDraft(country="US", name="VAT", rate_bp=1000, inclusive=True, valid_from=AT)
    assert tax_problems(rate, AT - timedelta(seconds=1)) == []
    assert [problem.field for problem in tax_problems(rate, AT)] == ["valid_from"]


@pytest.mark.parametrize(
    "change",
    [
        {"country": "us"},
        {"channel": "fax"},
        {"currency": "usd"},
        {"fee_bp": 10_001},
        {"valid_from": "2026-07-01T00:00:00"},
        {"packages": []},
        {"packages": [{"coins": 0, "price_minor": 1}]},
        {"packages": [{"coins": 1.0, "price_minor": 1}]},
        {"packages": [{"coins": 1, "price_minor": "1"}]},
        {"packages": [{"coins": 1, "price_minor": 0}]},
        {"packages": [{"coins": 1, "price_minor": 1, "product_id": "a b"}]},
        {"custom": {"coins_min": 100}},
        {"id": 7},
    ],
)
def test_a_malformed_book_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        draft(**change)
