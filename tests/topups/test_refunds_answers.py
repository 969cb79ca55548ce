"""What providers make of refunds on request: refused, slow, silent, failed later, told first or told otherwise."""

from typing import Any

import pytest

from largesse.topups.providers import PaymentEventKind, ProviderError, RefundState
from largesse.topups.providers.sandbox import PaymentState
from largesse.topups.refunds import requests
from tests.topups.refund_desk import FAILED, REFUNDED, Crashed, Desk, answering, silent
from tests.topups.shop import Shop, reasons


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


async def test_coins_come_back_when_the_provider_refuses(desk: Desk) -> None:
    order, _ = await desk.bought()
    await desk.shop.spend(100)
    await desk.request(order)
    assert (await desk.shop.wallet()).coins_paid == 0
    with answering(RefundState.FAILED) as keys:
        refund = await desk.advance(order)
        assert await desk.sweep() == 0
    assert len(keys) == 1
    assert (refund.state, refund.failure) == ("failed", "refused")
    after = await desk.shop.show(order)
    assert (after.state, reasons(after)[-1]) == ("credited", "refund_failed")
    assert (await desk.shop.wallet()).coins_paid == 250
    assert (await desk.offer(order)).coins == 250
    await desk.request(order)
    assert (await desk.advance(order)).state == "done"
    assert (await desk.shop.wallet()).coins_paid == 0


async def test_a_refund_under_way_waits_for_its_providers_word(desk: Desk) -> None:
    order, payment = await desk.bought()
    await desk.request(order)
    with answering(RefundState.PENDING) as keys:
        for _ in range(3):
            assert (await desk.advance(order)).state == "pending"
    assert len(keys) == 1
    told = desk.shop.notice(payment, REFUNDED, reversal_id="re_1")
    assert await desk.shop.tell(told) == "applied"
    assert (await desk.last(order)).state == "done"
    assert reasons(await desk.shop.show(order))[-1] == "money_returned"


@pytest.mark.parametrize("told_first", [True, False])
async def test_the_providers_own_name_of_our_refund_is_the_same_refund(
    desk: Desk, told_first: bool
) -> None:
    order, payment = await desk.bought()
    await desk.shop.spend(200)
    refund = await desk.request(order)
    told = desk.shop.notice(
        payment, REFUNDED, reversal_id="re_1", amount_minor=refund.amount.amount_minor
    )
    if told_first:
        await desk.shop.tell(told)
    await desk.advance(order)
    await desk.shop.tell(told)
    await desk.advance(order)
    assert (await desk.last(order)).state == "done"
    assert await desk.shop.column("SELECT amount_minor FROM reversal") == [159]
    assert reasons(await desk.shop.show(order)).count("money_returned") == 1
    assert await desk.shop.column("SELECT amount FROM balance WHERE code = 10") == [100_000]


@pytest.mark.parametrize("failed_first", [True, False])
async def test_a_refund_that_fails_later_gives_the_coins_back_whatever_is_told_first(
    desk: Desk, failed_first: bool
) -> None:
    order, payment = await desk.bought()
    await desk.request(order)
    with answering(RefundState.PENDING):
        await desk.advance(order)
    kinds = [FAILED, REFUNDED] if failed_first else [REFUNDED, FAILED]
    for kind in (*kinds, *kinds):
        await desk.shop.tell(desk.shop.notice(payment, kind, reversal_id="re_1"))
    refund = await desk.last(order)
    assert (refund.state, refund.failure) == ("failed", "failed_later")
    assert (await desk.shop.show(order)).state == "credited"
    assert (await desk.shop.wallet()).coins_paid == 350


async def test_a_refund_made_at_the_providers_site_before_is_not_taken_for_ours(desk: Desk) -> None:
    order, payment = await desk.bought()
    by_hand = desk.shop.notice(payment, REFUNDED, reversal_id="re_hand", amount_minor=185)
    await desk.shop.tell(by_hand)
    assert (await desk.shop.wallet()).coins_paid == 175
    offer = await desk.offer(order)
    assert (offer.coins, offer.amount.amount_minor) == (175, 185)
    await desk.request(order)
    await desk.shop.tell(
        desk.shop.notice(payment, REFUNDED, reversal_id="re_hand", amount_minor=185)
    )
    refund = await desk.last(order)
    assert (refund.state, refund.reversal_id) == ("queued", None)
    assert (await desk.shop.wallet()).coins_paid == 0
    assert await desk.shop.column("SELECT amount_minor FROM reversal") == [370]


async def test_a_crash_between_any_two_steps_gives_the_money_back_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, _ = await desk.bought()
    with monkeypatch.context() as patch:
        patch.setattr(requests, "queue", _crash)
        with pytest.raises(Crashed):
            await desk.request(order)  # the coins were taken, but nothing was kept
    assert (await desk.shop.wallet()).coins_paid == 350
    await desk.request(order)
    with answering(Crashed()), pytest.raises(Crashed):
        await desk.advance(order)
    with answering(Crashed(), does=True), pytest.raises(Crashed):
        await desk.advance(order)
    assert (await desk.last(order)).state == "queued"
    assert await desk.sweep() == 1
    assert (await desk.last(order)).state == "done"
    assert await desk.sandbox_refunds() == [370]
    assert (await desk.shop.wallet()).coins_paid == 0


async def _crash(*_: Any) -> None:
    raise Crashed


async def test_a_provider_that_is_away_leaves_the_coins_taken_and_is_asked_again(
    desk: Desk,
) -> None:
    order, _ = await desk.bought()
    await desk.request(order)
    with silent():
        for _ in range(3):
            assert (await desk.advance(order)).state == "queued"
    assert (await desk.shop.wallet()).coins_paid == 0
    assert await desk.sweep() == 1
    assert (await desk.last(order)).state == "done"


async def test_an_answer_that_was_lost_is_found_by_looking_up(desk: Desk) -> None:
    order, _ = await desk.bought()
    await desk.request(order)
    with answering(ProviderError("cut off"), does=True):
        assert (await desk.advance(order)).state == "queued"
    await desk.asked_long_ago()
    assert (await desk.advance(order)).state == "done"
    assert await desk.sandbox_refunds() == [370]


async def test_a_dispute_beside_a_refund_takes_no_more_than_was_paid(desk: Desk) -> None:
    order, payment = await desk.bought()
    await desk.shop.spend(200)
    await desk.request(order)
    disputed = desk.shop.notice(payment, PaymentEventKind.DISPUTED)
    await desk.shop.move(order, PaymentState.DISPUTED)
    await desk.shop.tell(disputed)
    assert (await desk.shop.show(order)).state == "disputed"
    refund = await desk.advance(order)  # the sandbox refunds nothing that is disputed
    assert (refund.state, refund.failure) == ("failed", "refused")
    assert await desk.shop.column("SELECT amount_minor FROM reversal") == [370]
    assert await desk.shop.column("SELECT amount FROM balance WHERE code = 10") == [0]
    await desk.shop.tell(desk.shop.notice(payment, PaymentEventKind.DISPUTE_WON))
    assert (await desk.shop.show(order)).state == "credited"
    assert (await desk.shop.wallet()).coins_paid == 150
