"""Payments that are never credited go back by themselves: second ones, and held ones that are not accepted."""

import pytest

from largesse.topups.crediting import credit
from largesse.topups.errors import PaymentNotReturnable
from largesse.topups.payments import apply_event
from largesse.topups.providers import (
    PaymentEventKind,
    PaymentReference,
    ProviderError,
    RefundState,
)
from largesse.topups.providers.sandbox import PaymentState
from largesse.topups.queries import lock_order
from largesse.topups.refunds import RefundReason, return_payment
from largesse.topups.refunds.service import SWEEP_AFTER_S
from largesse.topups.schemas import Order
from tests.topups.refund_desk import FAILED, REFUNDED, SUCCEEDED, Crashed, Desk, answering, silent
from tests.topups.shop import Shop, reasons


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


async def _second(desk: Desk) -> Order:
    """A credited order whose second payment was told."""
    order, _ = await desk.bought()
    again = await desk.paid_again(order)
    assert await desk.shop.tell(desk.shop.notice(again, SUCCEEDED)) == "surplus"
    return order


async def _held(desk: Desk) -> Order:
    """An order that was paid and is held: its coins were not credited."""
    order = await desk.shop.order()
    await desk.shop.execute("UPDATE top_up_order SET held = true WHERE id = %s", order.id)
    await desk.shop.tell(desk.shop.notice(await desk.shop.paid(order), SUCCEEDED))
    assert (await desk.shop.show(order)).state == "paid"
    return order


async def _return(desk: Desk, order: Order) -> None:
    async with desk.shop.services.db.transaction() as conn:
        locked = await lock_order(conn, order.id)
        assert locked is not None
        (transaction_id,) = await desk.shop.column(
            "SELECT transaction_id FROM provider_transaction WHERE order_id = %s", order.id
        )
        await return_payment(
            conn,
            locked,
            transaction_id,
            reason=RefundReason.NOT_ACCEPTED,
            amount_minor=locked.gross_minor,
        )


async def test_a_second_payment_is_given_back_by_itself(desk: Desk) -> None:
    order = await _second(desk)
    assert await desk.transaction_states(order) == ["credited", "returning"]
    (job,) = await desk.shop.column(
        "SELECT args ->> 'refund_id' FROM jobs.procrastinate_jobs WHERE task_name = 'topups.refund'"
    )
    refund = await desk.advance(order)
    assert job == str(refund.id)
    assert (refund.reason, refund.state, refund.amount_minor) == ("second_payment", "done", 370)
    assert await desk.transaction_states(order) == ["credited", "returned"]
    after = await desk.shop.show(order)
    assert (after.state, reasons(after)[-2:]) == (
        "credited",
        ["second_payment", "second_payment_returned"],
    )
    assert (await desk.shop.wallet()).coins_paid == 350
    assert await desk.sandbox_refunds() == [370]
    assert await desk.sweep() == 0


async def test_a_second_payment_told_again_is_given_back_once(desk: Desk) -> None:
    order, _ = await desk.bought()
    again = await desk.paid_again(order)
    for _ in range(3):
        await desk.shop.tell(desk.shop.notice(again, SUCCEEDED))
    await desk.advance(order)
    await desk.shop.tell(desk.shop.notice(again, SUCCEEDED))
    assert len(await desk.refunds(order)) == 1
    assert await desk.sandbox_refunds() == [370]


@pytest.mark.parametrize("told_first", [True, False])
async def test_a_returned_payment_told_by_its_provider_moves_nothing(
    desk: Desk, told_first: bool
) -> None:
    order, _ = await desk.bought()
    again = await desk.paid_again(order)
    await desk.shop.tell(desk.shop.notice(again, SUCCEEDED))
    told = desk.shop.notice(again, REFUNDED, reversal_id="re_of_the_provider")
    if told_first:
        assert await desk.shop.tell(told) == "applied"
        with answering(RefundState.DONE) as keys:
            await desk.advance(order)
        assert keys == []
    else:
        await desk.advance(order)
        assert await desk.shop.tell(told) == "no_change"
    refund = await desk.last(order)
    assert (refund.state, refund.reversal_id) == ("done", "re_of_the_provider")
    assert reasons(await desk.shop.show(order)).count("second_payment_returned") == 1
    assert (await desk.shop.wallet()).coins_paid == 350


async def test_a_refused_return_is_visible_and_not_tried_again(desk: Desk) -> None:
    order = await _second(desk)
    with answering(RefundState.FAILED) as keys:
        refund = await desk.advance(order)
        await desk.advance(order)
        assert await desk.sweep() == 0
    assert len(keys) == 1
    assert (refund.state, refund.failure) == ("failed", "refused")
    assert reasons(await desk.shop.show(order))[-1] == "return_failed"
    assert await desk.transaction_states(order) == ["credited", "returning"]


async def test_a_payment_returned_at_the_providers_own_site_is_taken_for_ours(desk: Desk) -> None:
    """We ask, the provider refuses since it was given back before: looked up, it is this refund."""
    order, _ = await desk.bought()
    again = await desk.paid_again(order)
    await desk.shop.tell(desk.shop.notice(again, SUCCEEDED))
    await desk.shop.provider.move(again.id, PaymentState.REFUNDED)
    refund = await desk.advance(order)
    assert (refund.state, refund.failure) == ("done", None)
    assert await desk.transaction_states(order) == ["credited", "returned"]


async def test_a_provider_that_is_away_is_asked_again_later_with_the_same_key(desk: Desk) -> None:
    order = await _second(desk)
    with answering(ProviderError("away")) as keys:
        for _ in range(3):
            assert (await desk.advance(order)).state == "queued"
    first, *others = keys
    assert others == [first, first]
    waiting = await desk.last(order)
    assert waiting.try_at is not None
    assert (waiting.try_at - waiting.created_at).total_seconds() > 2 * SWEEP_AFTER_S
    assert await desk.sweep() == 1
    assert (await desk.last(order)).state == "done"
    assert await desk.sandbox_refunds() == [370]


async def test_a_crash_before_and_after_the_provider_was_asked_is_mended_by_the_sweep(
    desk: Desk,
) -> None:
    order = await _second(desk)
    with answering(Crashed()), pytest.raises(Crashed):
        await desk.advance(order)  # it was not asked
    with answering(Crashed(), does=True), pytest.raises(Crashed):
        await desk.advance(order)  # it did it, and we do not know
    assert (await desk.last(order)).state == "queued"
    with answering(RefundState.FAILED) as keys:
        assert await desk.sweep() == 1
    assert keys == [], "the look-up told that it was done"
    assert (await desk.last(order)).state == "done"
    assert await desk.sandbox_refunds() == [370]


async def test_nobody_asks_again_when_the_provider_may_have_forgotten_the_key(desk: Desk) -> None:
    order = await _second(desk)
    with silent():
        await desk.advance(order)
    await desk.asked_long_ago()
    with answering(RefundState.DONE) as keys:
        refund = await desk.advance(order)
    assert keys == []
    assert (refund.state, refund.failure) == ("unsure", "unanswered")
    (again,) = await desk.shop.rows(
        "SELECT id FROM sandbox_payment WHERE order_id = %s ORDER BY created_at OFFSET 1", order.id
    )
    await desk.shop.provider.move(again[0], PaymentState.REFUNDED)
    assert await desk.sweep() == 1
    assert (await desk.last(order)).state == "done"


async def test_a_return_that_fails_later_is_open_again(desk: Desk) -> None:
    order, _ = await desk.bought()
    again = await desk.paid_again(order)
    await desk.shop.tell(desk.shop.notice(again, SUCCEEDED))
    with answering(RefundState.PENDING):
        assert (await desk.advance(order)).state == "pending"
    failed = desk.shop.notice(again, FAILED, reversal_id="re_1")
    assert await desk.shop.tell(failed) == "applied"
    assert await desk.shop.tell(failed) == "applied", "its outcome is kept with it"
    await desk.shop.tell(desk.shop.notice(again, REFUNDED, reversal_id="re_1"))
    refund = await desk.last(order)
    assert (refund.state, refund.failure) == ("failed", "failed_later")
    assert reasons(await desk.shop.show(order)).count("return_failed") == 1


async def test_a_held_payment_that_is_returned_is_never_credited(desk: Desk) -> None:
    order = await _held(desk)
    await _return(desk, order)
    await _return(desk, order)
    assert len(await desk.refunds(order)) == 1
    await desk.shop.execute("UPDATE top_up_order SET held = false WHERE id = %s", order.id)
    (transaction_id,) = await desk.shop.column("SELECT transaction_id FROM provider_transaction")
    async with desk.shop.services.db.transaction() as conn:
        assert not await credit(conn, "sandbox", transaction_id, order.id)
    await desk.advance(order)
    after = await desk.shop.show(order)
    assert after.state == "refunded"
    assert reasons(after)[-2:] == ["payment_returning", "payment_returned"]
    async with desk.shop.services.db.transaction() as conn:
        assert not await credit(conn, "sandbox", transaction_id, order.id)
    for event in await desk.shop.provider.look_up(PaymentReference(order_id=order.id)):
        await apply_event(desk.shop.services, desk.shop.provider, event)
    assert await desk.transaction_states(order) == ["returned"]
    assert (await desk.shop.show(order)).state == "refunded"
    assert (await desk.shop.wallet()).coins_paid == 0


async def test_a_return_of_a_held_payment_that_fails_leaves_the_order_paid(desk: Desk) -> None:
    order = await _held(desk)
    await _return(desk, order)
    await desk.advance(order)
    (payment_id,) = await desk.shop.column("SELECT id FROM sandbox_payment")
    refund = await desk.last(order)
    payment = await desk.shop.provider.move(payment_id, PaymentState.REFUNDED)
    assert payment is not None
    assert (await desk.shop.show(order)).state == "refunded"
    failed = desk.shop.notice(payment, FAILED, reversal_id=str(refund.id))
    assert await desk.shop.tell(failed) == "applied"
    after = await desk.shop.show(order)
    assert (after.state, reasons(after)[-1]) == ("paid", "return_failed")
    assert await desk.transaction_states(order) == ["returning"]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (PaymentEventKind.REFUNDED, "payment_refunded"),
        (PaymentEventKind.DISPUTED, "payment_disputed"),
    ],
)
async def test_what_is_told_of_a_held_payment_is_noted_and_moves_nothing(
    desk: Desk, kind: PaymentEventKind, reason: str
) -> None:
    order = await _held(desk)
    payment = await desk.shop.paid(order)
    assert await desk.shop.tell(desk.shop.notice(payment, kind)) == "noted"
    assert await desk.shop.tell(desk.shop.notice(payment, kind)) == "noted"
    after = await desk.shop.show(order)
    assert (after.state, reasons(after).count(reason)) == ("paid", 1)
    assert await desk.transaction_states(order) == ["paid"]
    assert await desk.shop.column("SELECT count(*) FROM lot") == [0]


async def test_a_credited_payment_cannot_be_returned(desk: Desk) -> None:
    order, _ = await desk.bought()
    with pytest.raises(PaymentNotReturnable):
        await _return(desk, order)
    assert await desk.refunds(order) == []
