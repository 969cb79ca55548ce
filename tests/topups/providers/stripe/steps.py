"""What the tests of Stripe do before they begin: a page, a payment."""

from largesse.topups.providers import PaymentEventKind, PaymentReference, RefundRequest
from largesse.types import new_id
from tests.conformance.harness import request_for
from tests.conformance.harnesses.stripe import StripeHarness


async def opened(harness: StripeHarness, **change: object) -> PaymentReference:
    """A page; the reference that an order keeps of it."""
    order_id = new_id()
    checkout = await harness.provider.create_checkout(request_for(order_id, **change))
    return PaymentReference(order_id=order_id, checkout_reference=checkout.reference)


async def kinds(harness: StripeHarness, reference: PaymentReference) -> list[PaymentEventKind]:
    return [event.kind for event in await harness.provider.look_up(reference)]


async def paid(harness: StripeHarness) -> RefundRequest:
    """A payment of 3.70 dollars, as a request to give it all back."""
    reference = await opened(harness)
    harness.fake.control("pay", order_id=str(reference.order_id))
    (success,) = await harness.provider.look_up(reference)
    assert success.transaction_id is not None
    return RefundRequest(
        f"refund-{success.order_id}", success.order_id, success.transaction_id, 370, "USD"
    )
