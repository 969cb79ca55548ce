"""What PayPal's own word comes to, and that an approved order is captured, once."""

import asyncio
from dataclasses import replace

import pytest

from largesse.topups.providers import (
    Payer,
    PaymentEventKind,
    PaymentReference,
    ProviderError,
    RefundRequest,
    RefundState,
)
from largesse.topups.providers.paypal.events import payer_of
from largesse.types import new_id
from tests.conformance.harness import request_for
from tests.topups.providers.paypal.conftest import Shop

_K = PaymentEventKind


async def test_an_approval_nobody_told_is_captured_once(shop: Shop) -> None:
    order_id = await shop.order()
    assert await shop.kinds(order_id) == []
    shop.control("approve", order_id)
    both = await asyncio.gather(*[shop.events(order_id) for _ in range(2)])
    assert both[0] == both[1]
    (paid,) = both[0]
    assert (paid.kind, paid.order_id, paid.amount_minor) == (_K.SUCCEEDED, order_id, 370)
    (unit,) = shop.control("show", order_id)["purchase_units"]
    assert [one["id"] for one in unit["payments"]["captures"]] == [paid.transaction_id]


async def test_a_capture_whose_answer_is_lost_is_found(shop: Shop) -> None:
    order_id = await shop.order()
    shop.control("approve", order_id)
    shop.fake.control("trouble", status=500, after=True, only="/capture")
    with pytest.raises(ProviderError):
        await shop.events(order_id)
    assert shop.control("show", order_id)["status"] == "COMPLETED"
    assert await shop.kinds(order_id) == [_K.SUCCEEDED]


async def test_a_refused_instrument_is_a_decline_and_another_may_pay(shop: Shop) -> None:
    order_id = await shop.order()
    shop.control("approve", order_id)
    shop.control("refuse_capture", order_id, issue="INSTRUMENT_DECLINED")
    assert await shop.kinds(order_id) == [_K.DECLINED]
    shop.control("approve", order_id)
    assert await shop.kinds(order_id) == [_K.SUCCEEDED]


@pytest.mark.parametrize("issue", ["COMPLIANCE_VIOLATION", "DUPLICATE_INVOICE_ID", "NEW_ISSUE"])
async def test_other_refusals_are_asked_again(shop: Shop, issue: str) -> None:
    order_id = await shop.order()
    shop.control("approve", order_id)
    shop.control("refuse_capture", order_id, issue=issue)
    with pytest.raises(ProviderError, match=issue):
        await shop.events(order_id)


async def test_a_pending_capture_is_not_paid_yet(shop: Shop) -> None:
    order_id = await shop.order()
    shop.control("approve", order_id)
    shop.control("capture", order_id, status="PENDING")
    assert await shop.asked(shop.told(order_id, "PAYMENT.CAPTURE.PENDING")) == []
    shop.control("edit", order_id, capture={"status": "COMPLETED"})
    assert await shop.kinds(order_id) == [_K.SUCCEEDED]


async def test_disputes_move_money_from_the_claim_on(shop: Shop) -> None:
    order_id = await shop.paid()
    shop.control("dispute", order_id, stage="INQUIRY", value="2.00")
    assert await shop.asked(shop.told(order_id, "CUSTOMER.DISPUTE.CREATED")) == [_K.SUCCEEDED]
    shop.control("dispute", order_id, stage="CHARGEBACK")
    updated = shop.told(order_id, "CUSTOMER.DISPUTE.UPDATED")
    assert await shop.asked(updated) == [_K.SUCCEEDED, _K.DISPUTED]
    disputed = (await shop.events(order_id))[-1]
    assert disputed.amount_minor == 200
    shop.control("dispute", order_id, outcome="RESOLVED_BUYER_FAVOUR")
    assert await shop.asked(updated) == [_K.SUCCEEDED, _K.DISPUTED]
    shop.control("dispute", order_id, outcome="RESOLVED_SELLER_FAVOUR")
    won = (await shop.events(order_id))[-1]
    assert (won.kind, won.reversal_id) == (_K.DISPUTE_WON, disputed.reversal_id)


async def test_refunds_pend_fail_and_come_in_parts(shop: Shop) -> None:
    order_id = await shop.paid()
    shop.control("refund", order_id, value="1.00", status="PENDING")
    assert await shop.kinds(order_id) == [_K.SUCCEEDED]
    shop.control("settle_refund", order_id, status="COMPLETED")
    part = (await shop.events(order_id))[-1]
    assert (part.kind, part.amount_minor) == (_K.REFUNDED, 100)
    shop.control("settle_refund", order_id, status="FAILED")
    failed = (await shop.events(order_id))[-1]
    assert (failed.kind, failed.reversal_id) == (_K.REFUND_FAILED, part.reversal_id)


async def test_other_names_for_the_same_payment(shop: Shop) -> None:
    order_id = await shop.paid()
    (paid,) = await shop.events(order_id)
    by_capture = PaymentReference(transaction_id=paid.transaction_id)
    assert await shop.provider.look_up(by_capture) == (paid,)
    with pytest.raises(ProviderError):  # somebody else's payment for one's own order
        await shop.provider.look_up(replace(by_capture, order_id=new_id()))


@pytest.mark.parametrize("name", ["3C99999999999999", "../../v1/oauth2/token", "a b", ""])
async def test_unknown_names_have_no_events(shop: Shop, name: str) -> None:
    assert await shop.provider.look_up(PaymentReference(transaction_id=name)) == ()
    assert await shop.provider.look_up(PaymentReference(checkout_reference=name)) == ()


async def test_an_order_that_ran_out_is_gone(shop: Shop) -> None:
    order_id = await shop.order()
    shop.control("forget", order_id)
    assert await shop.kinds(order_id) == []


async def test_an_order_of_another_shop_is_left_alone(shop: Shop) -> None:
    """Another app of the same account sells shirts: its approved order is not for us to capture."""
    order_id = await shop.order()
    shop.control("approve", order_id)
    shop.control("edit", order_id, unit={"invoice_id": "SHIRT-1"})
    assert await shop.kinds(order_id) == []
    assert shop.control("show", order_id)["status"] == "APPROVED"


@pytest.mark.parametrize(
    "amount",
    [
        {"currency_code": "USD", "value": "3.705"},
        {"currency_code": "ZZZ", "value": "3.70"},
        {"value": "3.70"},
        "3.70",
    ],
)
async def test_amounts_that_make_no_sense_are_not_believed(shop: Shop, amount: object) -> None:
    order_id = await shop.paid()
    shop.control("edit", order_id, capture={"amount": amount})
    with pytest.raises(ProviderError):
        await shop.events(order_id)


async def test_another_amount_or_currency_is_told_as_it_is(shop: Shop) -> None:
    order_id = await shop.paid()
    other = {"currency_code": "JPY", "value": "370"}
    shop.control("edit", order_id, capture={"amount": other})
    (paid,) = await shop.events(order_id)
    assert (paid.amount_minor, paid.currency) == (370, "JPY")


async def _refund_of(shop: Shop, amount_minor: int = 370) -> RefundRequest:
    order_id = await shop.paid()
    (paid,) = await shop.events(order_id)
    assert paid.transaction_id is not None
    return RefundRequest(f"r-{order_id}", order_id, paid.transaction_id, amount_minor, "USD")


async def test_a_refund_whose_answer_is_lost_is_made_once(shop: Shop) -> None:
    request = await _refund_of(shop, 100)
    shop.fake.control("trouble", status=503, after=True, only="/refund")
    with pytest.raises(ProviderError):
        await shop.provider.refund(request)
    for _ in range(2):
        assert await shop.provider.refund(request) is RefundState.DONE
    assert await shop.kinds(request.order_id) == [_K.SUCCEEDED, _K.REFUNDED]


async def test_refunds_that_cannot_be_fail(shop: Shop) -> None:
    request = await _refund_of(shop)
    for wrong in (
        replace(request, currency="EUR"),
        replace(request, transaction_id="../x"),
        replace(request, amount_minor=0),
    ):
        assert await shop.provider.refund(wrong) is RefundState.FAILED


async def test_currencies_paypal_does_not_take_open_no_checkout(shop: Shop) -> None:
    for change in ({"currency": "KWD"}, {"currency": "HUF", "amount_minor": 150_050}):
        with pytest.raises(ProviderError):
            await shop.provider.create_checkout(request_for(new_id(), **change))
    assert shop.fake.control("calls") == []
    whole = request_for(new_id(), currency="HUF", amount_minor=150_000)
    assert (await shop.provider.create_checkout(whole)).reference


@pytest.mark.parametrize("country", ["JP", "US"])
async def test_a_payment_says_who_paid(shop: Shop, country: str) -> None:
    order_id = await shop.order()
    shop.control("approve", order_id, country=country)
    (paid,) = await shop.events(order_id)
    assert paid.payer.country == country
    assert paid.payer.fingerprint == shop.control("show", order_id)["payer"]["payer_id"]


@pytest.mark.parametrize(
    "payer",
    [None, 7, {}, {"payer_id": "a/b", "address": 7}, {"address": {"country_code": "Japan"}}],
)
def test_a_payer_that_cannot_be_read_is_not_told(payer: object) -> None:
    assert payer_of({"payer": payer}) == Payer()
