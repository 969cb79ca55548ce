"""Money that Stripe gives or takes back: refunds and disputes."""

from dataclasses import replace

import pytest

from largesse.topups.providers import (
    PaymentEventKind,
    PaymentReference,
    RefundRequest,
    RefundState,
)
from largesse.types import new_id
from tests.conformance.harness import told_facts
from tests.conformance.harnesses.stripe import StripeHarness
from tests.topups.providers.stripe.steps import kinds, opened, paid

K = PaymentEventKind


async def test_our_refund_is_told_alike_by_answer_event_and_look_up(
    harness: StripeHarness,
) -> None:
    request = await paid(harness)
    part = replace(request, amount_minor=120)
    assert await harness.provider.refund(part) is RefundState.DONE
    raw = harness.event(request.order_id, "refund.created")
    told = harness.provider.verify_and_parse_notification(raw)
    assert told.ask_first == ()
    (refund,) = told.events
    assert (refund.kind, refund.amount_minor) == (K.REFUNDED, 120)
    found = await harness.provider.look_up(PaymentReference(order_id=request.order_id))
    assert found[1:] == (refund,)


async def test_a_part_that_no_card_can_be_given_is_refused_for_good(harness: StripeHarness) -> None:
    """Asking again would never help: the buyer's coins go back instead."""
    reference = await opened(harness, amount_minor=1_140, currency="KWD")
    harness.fake.control("pay", order_id=str(reference.order_id))
    (success,) = await harness.provider.look_up(reference)
    assert success.transaction_id is not None
    request = RefundRequest("r", success.order_id, success.transaction_id, 1_135, "KWD")
    assert await harness.provider.refund(request) is RefundState.FAILED
    assert await harness.provider.refund(replace(request, amount_minor=1_130)) is RefundState.DONE


async def test_a_refund_from_the_dashboard_is_asked_for(harness: StripeHarness) -> None:
    request = await paid(harness)
    order = str(request.order_id)
    harness.fake.control("refund", order_id=order, amount=100)
    harness.fake.control("refund", order_id=order, amount=20)
    for type in ("refund.created", "charge.refunded"):
        raw = harness.event(request.order_id, type)
        assert harness.provider.verify_and_parse_notification(raw).events == ()
        told = await told_facts(harness.provider, raw)
        assert [event.amount_minor for event in told] == [370, 100, 20]
        assert len({event.reversal_id for event in told}) == 3


async def test_a_refund_under_way_counts_when_it_is_through_and_not_when_it_comes_back(
    harness: StripeHarness,
) -> None:
    request = await paid(harness)
    order = str(request.order_id)
    reference = PaymentReference(order_id=request.order_id)
    harness.fake.control("refund", order_id=order, status="pending")
    assert await kinds(harness, reference) == [K.SUCCEEDED]
    harness.fake.control("set_refund", order_id=order, status="succeeded")
    assert await kinds(harness, reference) == [K.SUCCEEDED, K.REFUNDED]
    refunded = (await harness.provider.look_up(reference))[-1]
    harness.fake.control("set_refund", order_id=order, status="failed")
    failed = (await harness.provider.look_up(reference))[-1]
    assert failed == replace(refunded, kind=K.REFUND_FAILED)


async def test_every_refund_is_told_however_many(harness: StripeHarness) -> None:
    request = await paid(harness)
    for _ in range(101):
        harness.fake.control("refund", order_id=str(request.order_id), amount=1)
    found = await harness.provider.look_up(PaymentReference(order_id=request.order_id))
    assert len({event.reversal_id for event in found[1:]}) == 101


@pytest.mark.parametrize(
    "change", [{"currency": "EUR"}, {"amount_minor": 0}, {"order_id": new_id()}]
)
async def test_a_wrong_refund_fails(harness: StripeHarness, change: dict[str, object]) -> None:
    request = await paid(harness)
    assert await harness.provider.refund(replace(request, **change)) is RefundState.FAILED  # type: ignore[arg-type]


@pytest.mark.parametrize("won", [True, False])
async def test_a_dispute_moves_money_when_stripe_moves_it(
    harness: StripeHarness, won: bool
) -> None:
    request = await paid(harness)
    order, reference = str(request.order_id), PaymentReference(order_id=request.order_id)
    harness.fake.control("dispute", order_id=order, amount=200)
    created = harness.event(request.order_id, "charge.dispute.created")
    assert await told_facts(harness.provider, created) == ()
    withdrawn = harness.event(request.order_id, "charge.dispute.funds_withdrawn")
    disputed = (await told_facts(harness.provider, withdrawn))[-1]
    assert (disputed.kind, disputed.amount_minor) == (K.DISPUTED, 200)
    harness.fake.control("close_dispute", order_id=order, won=won)
    closed = harness.event(request.order_id, "charge.dispute.closed")
    assert await told_facts(harness.provider, closed) == ()
    found = (await harness.provider.look_up(reference))[1:]
    assert found == ((disputed, replace(disputed, kind=K.DISPUTE_WON)) if won else (disputed,))


async def test_an_inquiry_moves_nothing(harness: StripeHarness) -> None:
    request = await paid(harness)
    harness.fake.control("dispute", order_id=str(request.order_id), inquiry=True)
    reference = PaymentReference(order_id=request.order_id)
    assert await kinds(harness, reference) == [K.SUCCEEDED]


async def test_a_dispute_takes_no_more_than_was_paid(harness: StripeHarness) -> None:
    request = await paid(harness)
    harness.fake.control("dispute", order_id=str(request.order_id), amount=400)
    found = await harness.provider.look_up(PaymentReference(order_id=request.order_id))
    assert [event.amount_minor for event in found] == [370, 370]
