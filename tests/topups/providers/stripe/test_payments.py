"""Pages and payments at the fake, as the adapter tells them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from largesse.topups.providers import (
    PaymentEventKind,
    PaymentReference,
    ProviderError,
    RawNotification,
    SignatureError,
)
from largesse.topups.providers.stripe import stripe_provider
from largesse.topups.providers.stripe.provider import page_closes_at
from largesse.types import new_id
from tests.conformance.harness import payment_of, request_for, told_facts
from tests.conformance.harnesses.stripe import StripeHarness, fake_settings, received
from tests.topups.providers.stripe.steps import kinds, opened, paid

K = PaymentEventKind


async def test_the_page_carries_the_order(harness: StripeHarness) -> None:
    reference = await opened(harness)
    order = str(reference.order_id)
    session = harness.fake.control("state", order_id=order)["session"]
    assert session["id"] == reference.checkout_reference
    assert (session["amount_total"], session["currency"]) == (370, "usd")
    assert session["metadata"] == {"largesse_order_id": order}
    assert session["client_reference_id"] == order


@pytest.mark.parametrize(
    ("amount_minor", "currency", "written"),
    [(500, "JPY", 500), (500, "ISK", 50000), (5120, "KWD", 5120), (50000, "MGA", 500)],
)
async def test_amounts_of_other_currencies(
    harness: StripeHarness, amount_minor: int, currency: str, written: int
) -> None:
    reference = await opened(harness, amount_minor=amount_minor, currency=currency)
    state = harness.fake.control("pay", order_id=str(reference.order_id))
    assert state["amount_total"] == written
    (success,) = await harness.provider.look_up(reference)
    assert (success.amount_minor, success.currency) == (amount_minor, currency)


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 5124, "currency": "KWD"},
        {"amount_minor": 10},
        {"return_url": "nowhere"},
        {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
async def test_what_stripe_does_not_sell_is_an_error(
    harness: StripeHarness, change: dict[str, object]
) -> None:
    with pytest.raises(ProviderError):
        await opened(harness, **change)


async def test_a_key_with_another_amount_is_an_error(harness: StripeHarness) -> None:
    reference = await opened(harness)
    assert reference.order_id is not None
    with pytest.raises(ProviderError):
        await harness.provider.create_checkout(request_for(reference.order_id, amount_minor=371))


@pytest.mark.parametrize("after_s", [0, 1, 599, 600, 3599])
def test_the_page_closes_after_the_order_whenever_it_is_asked_for(after_s: int) -> None:
    expires_at = datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(seconds=after_s)
    assert 1800 < page_closes_at(expires_at) - expires_at.timestamp() <= 2400
    assert page_closes_at(expires_at + timedelta(milliseconds=3)) == page_closes_at(expires_at)


async def test_a_refused_card_leaves_the_order_open(harness: StripeHarness) -> None:
    reference = await opened(harness)
    harness.fake.control("refuse_card", order_id=str(reference.order_id))
    assert await kinds(harness, reference) == []
    assert await kinds(harness, PaymentReference(order_id=reference.order_id)) == []
    harness.fake.control("pay", order_id=str(reference.order_id))
    assert await kinds(harness, reference) == [K.SUCCEEDED]


@pytest.mark.parametrize("outcome", ["pay", "decline"])
async def test_a_slow_method_counts_once_it_is_through(
    harness: StripeHarness, outcome: str
) -> None:
    reference = await opened(harness)
    assert reference.order_id is not None
    harness.fake.control("begin", order_id=str(reference.order_id))
    completed = harness.event(reference.order_id, "checkout.session.completed")
    assert await told_facts(harness.provider, completed) == ()
    assert await kinds(harness, reference) == []
    harness.fake.control(outcome, order_id=str(reference.order_id))
    kind = "succeeded" if outcome == "pay" else "failed"
    raw = harness.event(reference.order_id, f"checkout.session.async_payment_{kind}")
    told = await told_facts(harness.provider, raw)
    assert [event.kind for event in told] == [K.SUCCEEDED if outcome == "pay" else K.DECLINED]
    asked = await harness.provider.look_up(reference)
    assert [payment_of(event) for event in asked] == [payment_of(event) for event in told]


async def test_an_abandoned_page_is_told(harness: StripeHarness) -> None:
    reference = await opened(harness)
    harness.fake.control("abandon", order_id=str(reference.order_id))
    (event,) = await harness.provider.look_up(reference)
    assert (event.kind, event.transaction_id, event.amount_minor) == (K.ABANDONED, None, 370)


async def test_a_payment_is_found_by_its_page_while_the_search_lags(
    harness: StripeHarness,
) -> None:
    reference = await opened(harness)
    harness.fake.control("pay", order_id=str(reference.order_id))
    harness.fake.control("search_lags", lags=True)
    try:
        assert await kinds(harness, PaymentReference(order_id=reference.order_id)) == []
        assert await kinds(harness, reference) == [K.SUCCEEDED]
    finally:
        harness.fake.control("search_lags", lags=False)


async def test_another_persons_payment_is_not_told(harness: StripeHarness) -> None:
    theirs = await opened(harness)
    harness.fake.control("pay", order_id=str(theirs.order_id))
    (success,) = await harness.provider.look_up(theirs)
    mine = new_id()
    for reference in (
        replace(theirs, order_id=mine),
        PaymentReference(order_id=mine, transaction_id=success.transaction_id),
        PaymentReference(order_id=mine, checkout_reference="cs_test_none"),
        PaymentReference(transaction_id="pi_none"),
        PaymentReference(),
    ):
        assert await harness.provider.look_up(reference) == ()


async def test_a_payment_alone_tells_its_order(harness: StripeHarness) -> None:
    request = await paid(harness)
    reference = PaymentReference(transaction_id=request.transaction_id)
    (success,) = await harness.provider.look_up(reference)
    assert success.order_id == request.order_id


async def test_live_and_test_do_not_mix(harness: StripeHarness) -> None:
    request = await paid(harness)
    settings = fake_settings(harness.fake)
    live = stripe_provider(settings.model_copy(update={"secret_key": SecretStr("rk_live_x")}))
    test_event = harness.event(request.order_id, "checkout.session.completed")
    live_event = harness.event(request.order_id, "checkout.session.completed", livemode=True)
    assert harness.provider.verify_and_parse_notification(test_event).events
    assert live.verify_and_parse_notification(live_event).events
    for provider, raw in ((live, test_event), (harness.provider, live_event)):
        with pytest.raises(SignatureError):
            provider.verify_and_parse_notification(raw)


async def test_secrets_can_be_replaced(harness: StripeHarness) -> None:
    settings = fake_settings(harness.fake).model_copy(
        update={"webhook_secret": SecretStr("whsec_next, whsec_fake,")}
    )
    provider = stripe_provider(settings)

    def signed(secret: str) -> RawNotification:
        body = '{"id": "evt_1", "livemode": false, "type": "x", "data": {"object": {}}}'
        return received(harness.fake.control("sign", body=body, secret=secret))

    for secret in ("whsec_next", "whsec_fake"):
        assert provider.verify_and_parse_notification(signed(secret)).id == "evt_1"
    with pytest.raises(SignatureError):
        provider.verify_and_parse_notification(signed("whsec_other"))


def test_methods_are_those_of_the_country(harness: StripeHarness) -> None:
    assert harness.provider.methods(None) == ("card", "wallet")
    assert harness.provider.methods("BR") == ("card", "wallet", "pix", "boleto")
    assert harness.provider.methods("ZZ") == ("card", "wallet")
