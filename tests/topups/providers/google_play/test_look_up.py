"""What Google says happened so far; refunds, chargebacks, and the list of voided purchases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from largesse.topups.providers import (
    PaymentEvent,
    PaymentEventKind,
    PaymentReference,
    ProviderError,
    RefundRequest,
    RefundState,
)
from largesse.topups.providers.google_play import Void
from largesse.types import new_id, now
from tests.topups.providers.google_play.conftest import Shop

_K = PaymentEventKind


async def test_either_name_of_a_payment_leads_to_it(shop: Shop) -> None:
    order_id, token = shop.paid()
    by_token = await shop.events(token)
    name = shop.order_name(token)
    by_name = await shop.provider.look_up(PaymentReference(order_id, transaction_id=name))
    assert by_token == by_name
    assert len(by_name) == 1


@pytest.mark.parametrize(
    "reference",
    [
        PaymentReference(order_id=new_id()),
        PaymentReference(transaction_id="GPA.0000-0000-0000-00000"),
        PaymentReference(transaction_id="../orders"),
        PaymentReference(checkout_reference="no-such-token"),
        PaymentReference(),
    ],
)
async def test_what_is_unknown_has_no_events(shop: Shop, reference: PaymentReference) -> None:
    assert await shop.provider.look_up(reference) == ()


async def test_a_payment_of_another_order_is_not_believed(shop: Shop) -> None:
    _, token = shop.paid()
    with pytest.raises(ProviderError, match="another order"):
        await shop.provider.look_up(PaymentReference(new_id(), checkout_reference=token))


@pytest.mark.parametrize(("act", "kind"), [("refund", _K.REFUNDED), ("dispute", _K.DISPUTED)])
async def test_what_takes_all_back_is_told_once(
    shop: Shop, act: str, kind: PaymentEventKind
) -> None:
    _, token = shop.paid()
    shop.control(act, token)
    paid, back = await shop.events(token)
    assert (paid.kind, back.kind, back.amount_minor) == (_K.SUCCEEDED, kind, 370)
    (void,) = await _voided(shop, token)
    assert await shop.provider.void_events(void) == (paid, back)


async def test_parts_are_told_each_and_then_the_rest(shop: Shop) -> None:
    _, token = shop.paid()
    for amount_minor in (100, 50):
        shop.control("refund_part", token, amount_minor=amount_minor)
    shop.control("refund_part", token, amount_minor=70, state="PENDING")
    first = await shop.events(token)
    assert [event.amount_minor for event in first] == [370, 100, 50]
    shop.control("refund", token)
    after = await shop.events(token)
    assert after[:3] == first
    assert [event.amount_minor for event in after] == [370, 100, 50, 220]
    assert len({event.reversal_id for event in after}) == 4


async def test_a_refund_that_is_on_its_way_takes_nothing_yet(shop: Shop) -> None:
    _, token = shop.paid()
    shop.control("edit", token, order={"state": "PENDING_REFUND"})
    assert await shop.kinds(token) == [_K.SUCCEEDED]


async def test_an_order_cancelled_before_payment_is_abandoned(shop: Shop) -> None:
    _, token = shop.paid()
    shop.control("edit", token, order={"state": "CANCELED"})
    (event,) = await shop.events(token)
    assert (event.kind, event.transaction_id) == (_K.ABANDONED, None)


async def test_an_order_that_is_being_processed_has_no_events(shop: Shop) -> None:
    _, token = shop.paid()
    shop.control("edit", token, order={"state": "PENDING"})
    assert await shop.events(token) == ()


async def _voided(shop: Shop, token: str) -> list[Void]:
    listed = await shop.provider.voided(now() - timedelta(days=29), now())
    return [void for void in listed if void.token == token]


@pytest.mark.parametrize(("reason", "kind"), [(7, _K.DISPUTED), (8, _K.REFUNDED), (5, _K.REFUNDED)])
async def test_the_list_counts_before_the_order_shows_it(
    shop: Shop, reason: int, kind: PaymentEventKind
) -> None:
    _, token = shop.paid()
    shop.control("void", token, reason=reason)
    assert await shop.kinds(token) == [_K.SUCCEEDED]
    (void,) = await _voided(shop, token)
    early = await shop.provider.void_events(void)
    assert [event.kind for event in early] == [_K.SUCCEEDED, kind]
    shop.control("dispute" if kind is _K.DISPUTED else "refund", token)
    assert await shop.provider.void_events(void) == early


async def test_some_of_several_pieces_are_not_all(shop: Shop) -> None:
    _, token = shop.paid(quantity=3, amount_minor=900)
    shop.control("void", token, quantity=1)
    shop.control("refund_part", token, amount_minor=300)
    (void,) = await _voided(shop, token)
    assert (void.quantity, void.is_whole(3), void.is_whole(1)) == (1, False, True)
    events = await shop.provider.void_events(void)
    assert [event.amount_minor for event in events] == [900, 300]


async def test_the_list_is_read_page_by_page(shop: Shop) -> None:
    tokens = {shop.paid()[1] for _ in range(5)}
    for token in tokens:
        shop.control("refund", token)
    shop.fake.control("page_size", size=2)
    listed = await shop.provider.voided(now() - timedelta(days=1), now())
    assert tokens <= {void.token for void in listed}
    shop.fake.control("page_size", size=1)
    again = await shop.provider.voided(now() - timedelta(days=1), now())
    assert again == listed


async def test_the_list_is_not_asked_for_longer_than_it_goes_back(shop: Shop) -> None:
    with pytest.raises(ProviderError):
        await shop.provider.voided(now() - timedelta(days=31), now())


def _request(paid: PaymentEvent) -> RefundRequest:
    assert paid.transaction_id is not None
    return RefundRequest("key-1", paid.order_id, paid.transaction_id, 370, "USD")


async def test_a_refund_is_made_once_and_of_all(shop: Shop) -> None:
    _, token = shop.paid()
    (paid,) = await shop.events(token)
    for _ in range(2):
        assert await shop.provider.refund(_request(paid)) is RefundState.DONE
    assert shop.control("consumed", token)["refunds"] == 1
    assert await shop.kinds(token) == [_K.SUCCEEDED, _K.REFUNDED]
    assert len(await _voided(shop, token)) == 1


async def test_a_refund_whose_answer_is_lost_is_made_once(shop: Shop) -> None:
    _, token = shop.paid()
    (paid,) = await shop.events(token)
    shop.fake.control("trouble", status=503, after=True, only=":refund")
    with pytest.raises(ProviderError):
        await shop.provider.refund(_request(paid))
    assert await shop.provider.refund(_request(paid)) is RefundState.DONE
    assert shop.control("consumed", token)["refunds"] == 1


async def test_a_refund_that_google_refuses_fails(shop: Shop) -> None:
    _, token = shop.paid()
    (paid,) = await shop.events(token)
    shop.fake.control("trouble", status=400, only=":refund")
    assert await shop.provider.refund(_request(paid)) is RefundState.FAILED
    assert await shop.kinds(token) == [_K.SUCCEEDED]


@pytest.mark.parametrize("state", ["PENDING_REFUND", "PENDING", "CANCELED"])
async def test_a_refund_that_cannot_be_made_twice_is_not_asked_for(shop: Shop, state: str) -> None:
    _, token = shop.paid()
    (paid,) = await shop.events(token)
    shop.control("edit", token, order={"state": state})
    expected = RefundState.PENDING if state == "PENDING_REFUND" else RefundState.FAILED
    assert await shop.provider.refund(_request(paid)) is expected
    assert shop.control("consumed", token)["refunds"] == 0


async def test_a_refund_of_a_part_or_of_something_else_fails(shop: Shop) -> None:
    _, token = shop.paid()
    (paid,) = await shop.events(token)
    request = _request(paid)
    for wrong in (
        replace(request, amount_minor=100),
        replace(request, amount_minor=371),
        replace(request, currency="EUR"),
        replace(request, order_id=new_id()),
        replace(request, transaction_id="GPA.0000-0000-0000-00000"),
        replace(request, transaction_id="other one"),
    ):
        assert await shop.provider.refund(wrong) is RefundState.FAILED
    shop.control("refund_part", token, amount_minor=100)
    assert await shop.provider.refund(request) is RefundState.FAILED
    assert shop.control("consumed", token)["refunds"] == 0
    shop.control("refund", token)  # of the rest, by somebody else
    assert await shop.provider.refund(request) is RefundState.FAILED
