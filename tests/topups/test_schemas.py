"""Bodies of top-ups take numbers for numbers and yes for yes: nothing is guessed from what a caller may have meant."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from largesse.topups.price_books.schemas import TaxDraft
from largesse.topups.refunds.schemas import RefundRequest
from largesse.topups.schemas import OrderRequest, QuoteRequest

TAX = {
    "country": "US",
    "name": "Tax",
    "rate_bp": 5,
    "inclusive": True,
    "valid_from": "2027-01-01T00:00:00Z",
}


@pytest.mark.parametrize("coins", [True, "70", 70.0])
@pytest.mark.parametrize(
    ("shape", "other"),
    [
        (QuoteRequest, {"country": "US"}),
        (OrderRequest, {"country": "US", "provider": "sandbox"}),
        (RefundRequest, {}),
    ],
)
def test_coins_are_whole_numbers(shape: type[BaseModel], other: dict[str, Any], coins: Any) -> None:
    assert shape.model_validate({**other, "coins": 70})
    with pytest.raises(ValidationError):
        shape.model_validate({**other, "coins": coins})


@pytest.mark.parametrize(
    "change", [{"inclusive": "yes"}, {"inclusive": 1}, {"name": "Tax\nfree"}, {"name": " Tax"}]
)
def test_a_tax_rate_is_what_it_says(change: dict[str, Any]) -> None:
    assert TaxDraft.model_validate(TAX)
    with pytest.raises(ValidationError):
        TaxDraft.model_validate({**TAX, **change})
