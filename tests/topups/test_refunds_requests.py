"""Unused coins given back on request: the coins leave with the intent, the money follows, once."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from largesse import ledger
from largesse.errors import IdempotencyConflict
from largesse.topups.errors import OrderNotFound, RefundChanged, RefundNotPossible
from largesse.topups.providers import PaymentEventKind, RefundState
from largesse.topups.refunds import requests
from tests.fixtures_identity import MakeUser
from tests.ledger.world import World
from tests.topups.refund_desk import Desk, answering
from tests.topups.shop import Shop, reasons


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


async def _reason_why_not(desk: Desk, asked: Awaitable[Any]) -> str:
    with pytest.raises(RefundNotPossible) as refused:
        await asked
    return str(refused.value.fields["reason"])


async def test_a_purchase_of_which_nothing_was_spent_goes_back_whole(desk: Desk) -> None:
    order, _ = await desk.bought()
    offer = await desk.offer(order)
    assert (offer.possible, offer.coins, offer.amount.amount_minor) == (True, 350, 370)
    requested = await desk.request(order)
    assert (requested.state, requested.coins, requested.amount.amount_minor) == ("queued", 350, 370)
    assert (await desk.shop.wallet()).coins_paid == 0
    assert (await desk.shop.show(order)).state == "refunded"
    assert (await desk.advance(order)).state == "done"
    after = await desk.shop.show(order)
    assert (after.state, reasons(after)[-2:]) == (
        "refunded",
        ["refund_requested", "money_returned"],
    )
    assert await desk.sandbox_refunds() == [370]
    assert (await desk.offer(order)).reason == "already_refunded"


async def test_the_unspent_part_goes_back_at_its_price_and_no_gift_is_touched(desk: Desk) -> None:
    order, _ = await desk.bought()
    await desk.shop.spend(200)
    offer = await desk.offer(order)
    assert (offer.coins, offer.amount.amount_minor) == (150, 159)  # 370 x 150 / 350 = 158.57
    await desk.request(order)
    assert (await desk.advance(order)).state == "done"
    after = await desk.shop.show(order)
    assert (after.state, reasons(after)[-1]) == ("credited", "money_returned")
    assert (await desk.shop.wallet()).coins_paid == 0
    assert await desk.shop.column("SELECT amount FROM balance WHERE code = 10") == [100_000]
    assert await desk.sandbox_refunds() == [159]
    assert (await desk.offer(order)).reason == "coins_spent"


async def test_what_was_spent_since_the_look_is_not_given_back(desk: Desk) -> None:
    order, _ = await desk.bought()
    offer = await desk.offer(order)
    await desk.shop.spend(1)
    with pytest.raises(RefundChanged):
        await desk.request(order, offer.coins)
    await desk.shop.spend(349)
    assert await _reason_why_not(desk, desk.request(order, 1)) == "coins_spent"
    assert await desk.refunds(order) == []


async def test_a_gift_between_the_look_and_the_lock_keeps_its_coins(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger takes given coins where unused ones are missing: a refund that would is rolled back."""
    order, _ = await desk.bought()
    real = ledger.record_reversal

    async def late(conn: Any, **of: Any) -> ledger.Reversed:
        if (await desk.shop.wallet()).coins_paid == 350:
            await desk.shop.spend(50)
        return await real(conn, **of)

    monkeypatch.setattr(ledger, "record_reversal", late)
    with pytest.raises(RefundChanged):
        await desk.request(order, 350)
    assert (await desk.shop.wallet()).coins_paid == 300
    assert await desk.refunds(order) == []
    assert await desk.shop.column("SELECT amount FROM balance WHERE code = 10") == [25_000]


async def test_the_same_key_makes_one_refund_and_another_request_none(desk: Desk) -> None:
    order, _ = await desk.bought()
    other, _ = await desk.bought()
    first = await desk.request(order, 350, key="tap")
    assert await desk.request(order, 350, key="tap") == first
    for of, coins in ((other, 350), (order, 349)):
        with pytest.raises(IdempotencyConflict):
            await desk.request(of, coins, key="tap")
    assert await _reason_why_not(desk, desk.request(order, 350)) == "already_refunded"
    assert len(await desk.refunds(order)) == 1


@pytest.mark.parametrize("key", ["tap", None])
async def test_many_requests_at_once_make_one_refund(desk: Desk, key: str | None) -> None:
    order, _ = await desk.bought()
    answers = await asyncio.gather(
        *(desk.request(order, 350, key) for _ in range(6)), return_exceptions=True
    )
    made = {answer.id for answer in answers if not isinstance(answer, BaseException)}
    others = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(made) == 1
    assert all(isinstance(answer, RefundNotPossible) for answer in others)
    assert len(others) == (0 if key else 5)
    await asyncio.gather(*(desk.advance(order) for _ in range(4)))
    await desk.sweep()
    assert await desk.sandbox_refunds() == [370]
    assert (await desk.last(order)).state == "done"


async def test_after_its_days_a_purchase_stays(desk: Desk) -> None:
    order, _ = await desk.bought()
    await desk.shop.execute("UPDATE lot SET created_at = created_at - %s", timedelta(days=15))
    assert await _reason_why_not(desk, desk.request(order, 350)) == "too_late"
    offer = await desk.offer(order)
    assert (offer.possible, offer.coins, offer.amount.amount_minor) == (False, 0, 0)
    assert offer.until is not None


async def test_a_wallet_that_owes_or_is_frozen_gets_no_money(desk: Desk) -> None:
    await World(desk.shop.services.db).set_steps("owe")
    order, payment = await desk.bought()
    await desk.shop.spend(350)
    last, _ = await desk.bought(70)
    await desk.shop.execute("UPDATE balance SET frozen = true WHERE code = 1")
    assert (await desk.offer(last)).reason == "wallet_frozen"
    await desk.shop.tell(desk.shop.notice(payment, PaymentEventKind.DISPUTED))
    assert (await desk.shop.wallet()).coins_owed == 280
    assert (await desk.offer(last)).reason == "wallet_owing"
    assert (await desk.offer(order)).reason == "disputed"


async def test_only_the_buyer_sees_and_gets_a_refund(desk: Desk, users: MakeUser) -> None:
    order, _ = await desk.bought()
    stranger = (await users("Sam")).user
    services = desk.shop.services
    for asked in (
        requests.show_offer(services, stranger, order.id),
        requests.list_refunds(services, stranger, order.id),
        requests.request_refund(services, stranger, order.id, coins=350, key=None),
    ):
        with pytest.raises(OrderNotFound):
            await asked
    assert (await desk.shop.wallet()).coins_paid == 350


async def test_free_coins_leave_with_the_coins_they_came_with(desk: Desk) -> None:
    order = await desk.shop.order()
    await desk.shop.execute("UPDATE top_up_order SET coins_bonus = 35 WHERE id = %s", order.id)
    await desk.shop.tell(desk.shop.notice(await desk.shop.paid(order), PaymentEventKind.SUCCEEDED))
    assert (await desk.shop.wallet()).coins_bonus == 35
    offer = await desk.offer(order)
    assert (offer.coins, offer.coins_bonus) == (350, 35)
    await desk.request(order)
    assert (await desk.shop.wallet()).coins_bonus == 0
    with answering(RefundState.FAILED):
        await desk.advance(order)
    wallet = await desk.shop.wallet()
    assert (wallet.coins_paid, wallet.coins_bonus) == (350, 35)
    await desk.shop.spend(1)  # a free one goes first
    assert (await desk.offer(order)).reason == "bonus_spent"
