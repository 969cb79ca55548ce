"""The fake, driven by Stripe's own library: it takes and answers what that sends and reads."""

import time

import pytest
import stripe
from stripe.params.checkout import SessionCreateParams

from largesse.types import new_id
from tests.fakes.process import Fake
from tests.fakes.stripe.process import KEY, SECRET


@pytest.fixture
def official(fake: Fake) -> stripe.StripeClient:
    http = stripe.UrllibClient()  # leaves no connection open
    return stripe.StripeClient(
        KEY, base_addresses={"api": fake.url}, http_client=http, max_network_retries=0
    )


def page(order_id: str) -> SessionCreateParams:
    return {
        "mode": "payment",
        "client_reference_id": order_id,
        "payment_intent_data": {"metadata": {"order": order_id}},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": 370,
                    "product_data": {"name": "Coins"},
                },
            }
        ],
        "success_url": "http://test/",
        "cancel_url": "http://test/",
        "expires_at": int(time.time()) + 3600,
    }


def test_a_payment_from_page_to_refund(fake: Fake, official: stripe.StripeClient) -> None:
    order_id = str(new_id())
    made = official.v1.checkout.sessions.create(page(order_id), {"idempotency_key": order_id})
    again = official.v1.checkout.sessions.retrieve(made.id)
    assert (again.status, again.payment_status, again.amount_total) == ("open", "unpaid", 370)
    fake.control("pay", order_id=order_id)
    query = f"metadata['order']:'{order_id}'"
    (intent,) = official.v1.payment_intents.search({"query": query}).data
    assert (intent.status, intent.amount_received) == ("succeeded", 370)
    refund = official.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    fake.control("dispute", order_id=order_id, amount=270)
    assert [item.id for item in official.v1.refunds.list({"payment_intent": intent.id})] == [
        refund.id
    ]
    (dispute,) = official.v1.disputes.list({"payment_intent": intent.id}).data
    assert [moved.amount for moved in dispute.balance_transactions] == [-270]


def test_it_refuses_what_stripe_refuses(official: stripe.StripeClient) -> None:
    order_id = str(new_id())
    sessions = official.v1.checkout.sessions
    soon = page(order_id)
    soon["expires_at"] = int(time.time()) + 60
    with pytest.raises(stripe.InvalidRequestError):
        sessions.create(soon)
    sessions.create(page(order_id), {"idempotency_key": order_id})
    other = page(order_id)
    other["client_reference_id"] = "other"
    with pytest.raises(stripe.IdempotencyError):
        sessions.create(other, {"idempotency_key": order_id})
    with pytest.raises(stripe.InvalidRequestError) as raised:
        official.v1.payment_intents.retrieve("pi_none")
    assert raised.value.code == "resource_missing"


def test_its_events_are_signed_as_the_library_checks(
    fake: Fake, official: stripe.StripeClient
) -> None:
    order_id = str(new_id())
    official.v1.checkout.sessions.create(page(order_id))
    fake.control("pay", order_id=order_id)
    sent = fake.control("event", order_id=order_id, type="checkout.session.completed")
    event = official.construct_event(sent["body"], sent["signature"], SECRET)
    assert event.type == "checkout.session.completed"
    with pytest.raises(stripe.SignatureVerificationError):
        official.construct_event(sent["body"] + " ", sent["signature"], SECRET)
