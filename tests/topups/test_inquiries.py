"""Where are my coins? What a check finds, and what it mends."""

import asyncio
from typing import Any

import pytest

from largesse import ledger
from largesse.topups import jobs
from largesse.topups.errors import OrderNotFound, TooManyChecks
from largesse.topups.providers import PaymentEventKind, ProviderError
from largesse.topups.providers.sandbox import PaymentState, SandboxProvider
from largesse.topups.schemas import Order
from largesse.topups.service import expire_order
from largesse.topups.support import service
from largesse.topups.support.schemas import Inquiry
from largesse.types import now
from tests.fixtures_identity import MakeUser
from tests.topups.shop import Shop, reasons

SUCCEEDED = PaymentEventKind.SUCCEEDED


async def _check(shop: Shop, order: Order) -> Inquiry:
    return await service.check_own_order(shop.services, shop.buyer, order.id)


def _codes(inquiry: Inquiry) -> list[str]:
    return [each.code.value for each in inquiry.findings]


async def test_a_payment_never_told_is_found_at_the_provider(shop: Shop) -> None:
    order = await shop.order()
    assert _codes(await _check(shop, order)) == ["waiting_for_payment"]
    await shop.paid(order)
    inquiry = await _check(shop, order)
    assert (_codes(inquiry), inquiry.mended) == (["credited"], True)
    assert inquiry.order.state == "credited"
    assert inquiry.findings[0].at == inquiry.order.history[-1].at
    assert (await shop.wallet()).coins_paid == 350
    again = await _check(shop, order)
    assert (_codes(again), again.mended) == (["credited"], False)
    assert (await shop.wallet()).coins_paid == 350


async def test_a_notification_that_waits_is_worked_off_though_the_provider_is_down(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, other = await shop.order(), await shop.order()
    notification_id = await shop.receive(shop.notice(await shop.paid(order), SUCCEEDED))
    others_id = await shop.receive(shop.notice(await shop.paid(other), SUCCEEDED))
    monkeypatch.setattr(SandboxProvider, "look_up", _away)
    inquiry = await _check(shop, order)
    assert (_codes(inquiry), inquiry.mended) == (["credited"], True)
    outcomes = dict(await shop.rows("SELECT id, outcome FROM provider_notification"))
    assert outcomes == {notification_id: "applied", others_id: None}


async def _paid_not_credited(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order of a process that died between its payment and its coins."""
    order = await shop.order()
    raw = shop.notice(await shop.paid(order), SUCCEEDED)

    async def die(*_: Any, **__: Any) -> None:
        raise ConnectionError("the process died here")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "credit_top_up", die)
        with pytest.raises(ConnectionError):
            await shop.tell(raw)
    assert (await shop.show(order)).state == "paid"
    return order


async def test_what_was_paid_but_not_credited_is_credited(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await _paid_not_credited(shop, monkeypatch)
    assert (await _check(shop, order)).mended
    assert (await shop.wallet()).coins_paid == 350


async def _away(*_: Any) -> None:
    raise ProviderError("no answer")


async def test_a_provider_that_does_not_answer_is_a_finding(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order()
    await shop.paid(order)
    monkeypatch.setattr(SandboxProvider, "look_up", _away)
    inquiry = await _check(shop, order)
    assert _codes(inquiry) == ["provider_unreachable"]
    assert inquiry.order.state == "pending"


async def test_a_notification_nobody_can_work_off_keeps_no_one_from_an_answer(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order()
    await shop.receive(shop.notice(await shop.paid(order), SUCCEEDED))

    def fail(*_: Any) -> None:
        raise ProviderError("makes no sense")

    monkeypatch.setattr(SandboxProvider, "parse_stored_notification", fail)
    assert _codes(await _check(shop, order)) == ["credited"]  # the provider was asked instead


async def test_many_checks_at_once_credit_once(shop: Shop) -> None:
    order = await shop.order()
    await shop.receive(shop.notice(await shop.paid(order), SUCCEEDED))
    found = await asyncio.gather(*(_check(shop, order) for _ in range(service.CHECKS_MAX)))
    assert {code for each in found for code in _codes(each)} == {"credited"}
    assert reasons(await shop.show(order)).count("coins_credited") == 1
    assert (await shop.wallet()).coins_paid == 350
    with pytest.raises(TooManyChecks) as refused:
        await _check(shop, order)
    assert refused.value.fields["retry_after_s"] > 0
    assert _codes(await _check(shop, await shop.order())) == ["waiting_for_payment"]


async def test_many_orders_do_not_make_many_more_checks(
    shop: Shop, users: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "CHECKS_OF_BUYER_MAX", 3)
    orders = [await shop.order() for _ in range(4)]
    for order in orders[:3]:
        await _check(shop, order)
    with pytest.raises(TooManyChecks) as refused:
        await _check(shop, orders[3])
    assert refused.value.fields["retry_after_s"] > 0
    other = Shop(shop.services, (await users("Olga")).user)
    assert _codes(await _check(other, await other.order())) == ["waiting_for_payment"]


@pytest.mark.parametrize(
    ("target", "code"),
    [(PaymentState.DECLINED, "declined"), (PaymentState.ABANDONED, "abandoned")],
)
async def test_a_payment_that_failed_says_how(shop: Shop, target: PaymentState, code: str) -> None:
    order = await shop.order()
    await shop.move(order, target)
    assert _codes(await _check(shop, order)) == [code]
    assert (await shop.wallet()).coins_paid == 0


async def test_an_expired_order_says_so_and_a_late_payment_of_it_is_found(shop: Shop) -> None:
    order = await shop.order()
    async with shop.services.db.transaction() as conn:
        assert await expire_order(conn, order.id, now())
    assert _codes(await _check(shop, order)) == ["expired"]
    await shop.paid(order)
    assert _codes(await _check(shop, order)) == ["credited"]
    assert "paid_after_expiry" in reasons(await shop.show(order))


async def test_another_amount_is_left_to_support(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    await shop.execute("UPDATE sandbox_payment SET amount_minor = 1 WHERE id = %s", payment.id)
    inquiry = await _check(shop, order)
    assert _codes(inquiry) == ["amount_differs"]
    assert inquiry.findings[0].todo == "contact_support"
    assert (await shop.wallet()).coins_paid == 0


async def test_a_second_payment_and_a_refund_are_told(shop: Shop) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    await shop.tell(shop.notice(payment, SUCCEEDED, transaction_id="sbx_second"))
    assert _codes(await _check(shop, order)) == ["credited", "paid_twice"]
    await shop.tell(shop.notice(payment, PaymentEventKind.REFUNDED))
    assert _codes(await _check(shop, order))[0] == "refunded"


async def test_an_order_whose_page_never_opened_has_no_payment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(SandboxProvider, "create_checkout", _away)
        with pytest.raises(Exception, match="did not answer"):
            await shop.order()
    (order_id,) = await shop.column("SELECT id FROM top_up_order")
    inquiry = await service.check_own_order(shop.services, shop.buyer, order_id)
    assert _codes(inquiry) == ["payment_unknown"]


async def test_a_held_order_stays_held(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = await _paid_not_credited(shop, monkeypatch)
    await shop.execute("UPDATE top_up_order SET held = true")
    await shop.execute("DELETE FROM provider_notification")
    assert _codes(await _check(shop, order)) == ["held"]
    assert (await shop.wallet()).coins_paid == 0


async def test_an_order_of_a_store_is_answered_by_its_app(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order()
    await shop.execute("UPDATE top_up_order SET channel = 'app_store', provider = 'app_store'")
    monkeypatch.setattr(SandboxProvider, "look_up", _away)
    assert _codes(await _check(shop, order)) == ["open_app"]


async def test_a_way_to_pay_that_was_switched_off_is_told(shop: Shop) -> None:
    order = await shop.order()
    await shop.execute("UPDATE top_up_order SET provider = 'gone'")
    assert _codes(await _check(shop, order)) == ["provider_off"]


async def test_orders_of_others_are_none(shop: Shop, users: MakeUser) -> None:
    order = await shop.order()
    with pytest.raises(OrderNotFound):
        await service.check_own_order(shop.services, (await users("Olga")).user, order.id)


async def test_the_job_and_the_check_at_once_credit_once(shop: Shop) -> None:
    order = await shop.order()
    await shop.paid(order)
    await shop.execute("UPDATE top_up_order SET poll_at = now()")
    await asyncio.gather(_check(shop, order), jobs.poll_open_orders(shop.services))
    assert (await shop.show(order)).state == "credited"
    assert (await shop.wallet()).coins_paid == 350
