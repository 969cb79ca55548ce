"""Nothing is lost: crashes, notifications that never come, providers that do not answer, orders nobody pays."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from largesse import ledger
from largesse.topups import jobs, payment_queries, payments, placing
from largesse.topups.errors import ProviderUnreachable
from largesse.topups.providers import PaymentEventKind, PaymentReference, ProviderError
from largesse.topups.providers.sandbox import PaymentState, SandboxProvider
from largesse.topups.schemas import OrderRequest
from largesse.types import now
from largesse.worker import running_worker
from tests.topups.shop import Shop, reasons

SUCCEEDED = PaymentEventKind.SUCCEEDED


class Crashed(Exception):
    """Stands for the process dying here."""


def _crash_at(monkeypatch: pytest.MonkeyPatch, target: object, name: str) -> None:
    async def die(*_: Any, **__: Any) -> None:
        raise Crashed

    monkeypatch.setattr(target, name, die)


async def _let_time_pass(shop: Shop) -> None:
    """As if the notifications and payments had come a while ago."""
    ago = timedelta(seconds=jobs.SWEEP_AFTER_S + 1)
    await shop.execute("UPDATE provider_notification SET received_at = received_at - %s", ago)
    await shop.execute("UPDATE top_up_order SET updated_at = updated_at - %s", ago)


async def test_a_crash_between_paid_and_credited_is_mended_by_the_sweep(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order()
    raw = shop.notice(await shop.paid(order), SUCCEEDED)
    with monkeypatch.context() as patch:
        _crash_at(patch, ledger, "credit_top_up")
        with pytest.raises(Crashed):
            await shop.tell(raw)
    assert (await shop.show(order)).state == "paid"
    assert (await shop.wallet()).coins_paid == 0
    await _let_time_pass(shop)
    assert await jobs.sweep(shop.services) == 2  # the notification and the paid order
    after = await shop.show(order)
    assert after.state == "credited"
    assert reasons(after)[-2:] == ["payment_succeeded", "coins_credited"]
    assert (await shop.wallet()).coins_paid == 350


async def test_a_paid_order_is_credited_by_the_sweep_though_its_notification_is_gone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order()
    raw = shop.notice(await shop.paid(order), SUCCEEDED)
    with monkeypatch.context() as patch:
        _crash_at(patch, ledger, "credit_top_up")
        with pytest.raises(Crashed):
            await shop.tell(raw)
    await shop.execute("DELETE FROM provider_notification")
    await _let_time_pass(shop)
    for _ in range(2):
        await jobs.sweep(shop.services)
    assert (await shop.show(order)).state == "credited"
    assert (await shop.wallet()).coins_paid == 350


async def test_a_crash_after_crediting_credits_no_second_time(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = shop.notice(await shop.paid(await shop.order()), SUCCEEDED)
    with monkeypatch.context() as patch:
        _crash_at(patch, payment_queries, "mark_processed")
        with pytest.raises(Crashed):
            await shop.tell(raw)
    assert (await shop.wallet()).coins_paid == 350
    await _let_time_pass(shop)
    assert await jobs.sweep(shop.services) == 1
    assert (await shop.wallet()).coins_paid == 350
    assert await jobs.sweep(shop.services) == 0


async def test_a_crash_while_taking_back_is_finished_later(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order()
    payment = await shop.paid(order)
    await shop.tell(shop.notice(payment, SUCCEEDED))
    with monkeypatch.context() as patch:
        _crash_at(patch, ledger, "record_reversal")
        with pytest.raises(Crashed):
            await shop.tell(shop.notice(payment, PaymentEventKind.REFUNDED))
    assert (await shop.show(order)).state == "credited"
    await _let_time_pass(shop)
    await jobs.sweep(shop.services)
    assert (await shop.show(order)).state == "refunded"
    assert (await shop.wallet()).coins_paid == 0


async def test_many_workers_on_one_notification_credit_once(shop: Shop) -> None:
    order = await shop.order()
    notification_id = await shop.receive(shop.notice(await shop.paid(order), SUCCEEDED))
    await asyncio.gather(
        *(
            payments.process_notification(shop.services, "sandbox", notification_id)
            for _ in range(6)
        )
    )
    assert reasons(await shop.show(order)).count("coins_credited") == 1
    assert (await shop.wallet()).coins_paid == 350


async def test_one_notification_that_fails_does_not_keep_others_waiting(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await shop.order(), await shop.order()
    bad = await shop.receive(shop.notice(await shop.paid(first), SUCCEEDED))
    await shop.receive(shop.notice(await shop.paid(second), SUCCEEDED))
    parse = SandboxProvider.parse_stored_notification

    def fails_once(self: SandboxProvider, body: bytes) -> Any:
        if bad.encode() in body:
            raise ProviderError("away")
        return parse(self, body)

    monkeypatch.setattr(SandboxProvider, "parse_stored_notification", fails_once)
    await _let_time_pass(shop)
    await jobs.sweep(shop.services)
    assert (await shop.show(first)).state == "pending"
    assert (await shop.show(second)).state == "credited"


async def test_the_worker_works_off_a_notification_by_itself(shop: Shop) -> None:
    order = await shop.order()
    await shop.receive(shop.notice(await shop.paid(order), SUCCEEDED))
    async with running_worker(shop.services):
        for _ in range(100):
            if (await shop.show(order)).state == "credited":
                break
            await asyncio.sleep(0.1)
    assert (await shop.show(order)).state == "credited"
    assert (await shop.wallet()).coins_paid == 350


async def test_a_worker_stops_quickly_and_leaves_no_task_behind(shop: Shop) -> None:
    before = asyncio.all_tasks()
    started_s = asyncio.get_running_loop().time()
    async with running_worker(shop.services):
        await asyncio.sleep(0.3)
    assert asyncio.get_running_loop().time() - started_s < 6
    assert asyncio.all_tasks() == before


async def test_an_unpaid_order_expires(shop: Shop) -> None:
    order, kept = await shop.order(), await shop.order()
    await shop.execute("UPDATE top_up_order SET expires_at = %s WHERE id = %s", now(), order.id)
    assert await jobs.expire_orders(shop.services) == 1
    assert await jobs.expire_orders(shop.services) == 0
    expired = await shop.show(order)
    assert (expired.state, reasons(expired)[-1]) == ("expired", "order_expired")
    assert (await shop.show(kept)).state == "pending"


async def _make_due(shop: Shop) -> None:
    await shop.execute("UPDATE top_up_order SET poll_at = now() WHERE poll_at IS NOT NULL")


async def test_a_success_we_were_never_told_of_is_found_by_asking(shop: Shop) -> None:
    order = await shop.order()
    await shop.paid(order)
    await _make_due(shop)
    assert await jobs.poll_open_orders(shop.services) == 1
    assert (await shop.show(order)).state == "credited"
    assert (await shop.wallet()).coins_paid == 350
    await _make_due(shop)
    assert await jobs.poll_open_orders(shop.services) == 0


async def test_an_expired_order_is_still_asked_about_and_credits(shop: Shop) -> None:
    order = await shop.order()
    await shop.execute("UPDATE top_up_order SET expires_at = now()")
    await jobs.expire_orders(shop.services)
    await shop.paid(order)
    await _make_due(shop)
    await jobs.poll_open_orders(shop.services)
    after = await shop.show(order)
    assert after.state == "credited"
    assert "paid_after_expiry" in reasons(after)


@pytest.mark.parametrize(
    ("at_sandbox", "state"),
    [
        (PaymentState.DECLINED, "failed"),
        (PaymentState.ABANDONED, "failed"),
        (PaymentState.REFUNDED, "refunded"),
        (PaymentState.DISPUTED, "disputed"),
    ],
)
async def test_whatever_happened_unheard_is_found_by_asking(
    shop: Shop, at_sandbox: PaymentState, state: str
) -> None:
    order = await shop.order()
    if at_sandbox in (PaymentState.REFUNDED, PaymentState.DISPUTED):
        await shop.paid(order)
    await shop.move(order, at_sandbox)
    await _make_due(shop)
    await jobs.poll_open_orders(shop.services)
    assert (await shop.show(order)).state == state
    assert (await shop.wallet()).coins_paid == 0


def test_questions_to_a_provider_come_ever_less_often_and_end() -> None:
    at = now()
    pauses_s = []
    polls = 0
    while (due := jobs.next_poll_at(polls, at)) is not None:
        pauses_s.append((due - at).total_seconds())
        polls += 1
    assert pauses_s[:3] == [30, 60, 120]
    assert len(pauses_s) == jobs.POLLS_MAX
    assert 24 * 3600 < sum(pauses_s) < 48 * 3600


async def test_a_provider_that_does_not_answer_is_asked_again_later(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order()
    await shop.paid(order)
    await _make_due(shop)

    async def away(self: SandboxProvider, reference: PaymentReference) -> Any:
        raise ProviderError("away")

    with monkeypatch.context() as patch:
        patch.setattr(SandboxProvider, "look_up", away)
        await jobs.poll_open_orders(shop.services)
    ((polls, waits),) = await shop.rows(
        "SELECT polls, poll_at > now() + interval '50 seconds' FROM top_up_order"
    )
    assert (polls, waits) == (1, True)
    await _make_due(shop)
    await jobs.poll_open_orders(shop.services)
    assert (await shop.show(order)).state == "credited"


async def test_a_checkout_that_could_not_be_opened_is_opened_by_the_next_try(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = OrderRequest(package_id=await shop.package_id(350), provider="sandbox", country="US")

    async def place() -> placing.PlacedOrder:
        return await placing.place_order(
            shop.services, shop.buyer, request, key="k-1", origin="http://test"
        )

    async def away(self: SandboxProvider, request: object) -> Any:
        raise ProviderError("away")

    with monkeypatch.context() as patch:
        patch.setattr(SandboxProvider, "create_checkout", away)
        with pytest.raises(ProviderUnreachable):
            await place()
    placed = await place()
    assert (placed.new, placed.order.state) == (False, "pending")
    assert placed.order.checkout_url is not None
    assert len(await shop.column("SELECT id FROM top_up_order")) == 1
