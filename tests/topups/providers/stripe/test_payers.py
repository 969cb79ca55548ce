"""Who paid, as a look-up at the fake tells it."""

import pytest

from largesse.topups.providers import PaymentReference
from largesse.types import new_id
from tests.conformance.harness import request_for
from tests.conformance.harnesses.stripe import StripeHarness


@pytest.mark.parametrize("country", ["JP", "US", None])
async def test_a_payment_says_who_paid(harness: StripeHarness, country: str | None) -> None:
    order_id = new_id()
    checkout = await harness.provider.create_checkout(request_for(order_id))
    harness.fake.control("pay", order_id=str(order_id), country=country)
    for reference in (
        PaymentReference(order_id=order_id, checkout_reference=checkout.reference),
        PaymentReference(order_id=order_id),  # found by the search
    ):
        (success,) = await harness.provider.look_up(reference)
        assert success.payer.country == country
        assert success.payer.fingerprint
        assert success.payer.fingerprint.startswith("fp")
