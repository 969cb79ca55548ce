"""What once broke the till, or nearly did: refunds, holds, promotions and stores mixed. The ledger's check holds after
each."""

from collections.abc import AsyncIterator

import pytest

from largesse import ledger
from largesse.promotions import service as promotions
from largesse.topups.billing import billing_country
from largesse.topups.guards.model import Measure
from largesse.topups.holds.model import Decision
from largesse.topups.holds.service import decide
from largesse.topups.jobs import expire_orders, sweep
from largesse.topups.payments import apply_event
from largesse.topups.providers import Payer, PaymentEvent, RefundState
from largesse.topups.providers.sandbox import Payment
from largesse.topups.refunds import jobs as refund_jobs
from largesse.topups.refunds.trouble import list_troubled, repeat
from largesse.topups.schemas import Order
from largesse.types import PLATFORM_ID
from tests.promotions.stand import Stand, body
from tests.topups.guards.desk import Desk as GuardDesk
from tests.topups.guards.desk import holding
from tests.topups.refund_desk import REFUNDED, SUCCEEDED, Desk, answering
from tests.topups.shop import Shop, reasons


@pytest.fixture
async def desk(shop: Shop) -> AsyncIterator[Desk]:
    yield Desk(shop)
    async with shop.services.db.read() as conn:
        assert (await ledger.check(conn)).problems == []


async def _held(shop: Shop, order: Order) -> Payment:
    """Pay an order that a rule holds."""
    await GuardDesk(shop).rules(holding(Measure.ORDER_COINS, 0))
    payment = await shop.paid(order)
    assert await shop.tell(shop.notice(payment, SUCCEEDED)) == "applied"
    assert (await shop.show(order)).state == "paid"
    return payment


async def test_a_held_payment_that_is_returned_frees_its_promotion(desk: Desk) -> None:
    shop, stand = desk.shop, Stand(desk.shop)
    await promotions.add(
        shop.services.db,
        PLATFORM_ID,
        body("hello", "bonus", code="HELLO", coins=100, uses_max=1, per_person_max=1),
    )
    order = await stand.order("HELLO")
    await _held(shop, order)
    for _ in range(2):
        await decide(shop.services.db, PLATFORM_ID, order.id, Decision.RETURNED)
    await desk.advance(order)
    assert (await shop.show(order)).state == "refunded"
    assert await stand.states(order.id) == [("released", 100, 0)]
    await shop.execute("DELETE FROM guard_rule")
    again = await stand.order("HELLO")
    assert await stand.pay(again) == "applied"
    assert (await shop.wallet()).coins_bonus == 100


@pytest.mark.parametrize("second_payment", [True, False])
async def test_a_return_made_at_the_second_try_is_told_once(
    desk: Desk, second_payment: bool
) -> None:
    """The provider names what we know as done, after it had refused us once."""
    shop = desk.shop
    if second_payment:
        order, _ = await desk.bought()
        payment = await desk.paid_again(order)
        await shop.tell(shop.notice(payment, SUCCEEDED))
    else:
        order = await shop.order()
        payment = await _held(shop, order)
        await decide(shop.services.db, PLATFORM_ID, order.id, Decision.RETURNED)
    with answering(RefundState.FAILED):
        refused = await desk.advance(order)
    await repeat(shop.services, shop.buyer, refused.id)
    with answering(RefundState.DONE):
        assert (await desk.advance(order)).state == "done"
    told = shop.notice(payment, REFUNDED, reversal_id="re_1")
    assert await shop.tell(told) == "no_change"
    assert [refund.state for refund in await desk.refunds(order)] == ["failed", "done"]
    assert (await desk.last(order)).reversal_id == "re_1"
    said = "second_payment_returned" if second_payment else "payment_returned"
    assert reasons(await shop.show(order)).count(said) == 1


async def test_one_that_breaks_does_not_keep_the_others_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks: the sweeps go on to the next."""
    shop = desk.shop
    broken, fine = await shop.order(70), await shop.order(350)
    for order in (broken, fine):
        await shop.receive(shop.notice(await shop.paid(order), SUCCEEDED))
    await shop.execute("UPDATE provider_notification SET received_at = received_at - interval '1h'")

    async def breaks(services: object, provider: object, event: PaymentEvent) -> object:
        assert event.order_id != broken.id, "a case that nobody thought of"
        return await apply_event(shop.services, shop.provider, event)

    with monkeypatch.context() as patch:
        patch.setattr("largesse.topups.payments.apply_event", breaks)
        await sweep(shop.services)
    assert (await shop.wallet()).coins_paid == 350
    await desk.request(fine)

    async def dies(*_: object) -> None:
        raise AssertionError("a case that nobody thought of")

    with monkeypatch.context() as patch:
        patch.setattr(refund_jobs, "advance", dies)
        assert await desk.sweep() == 1


async def test_a_new_accounts_cap_also_holds_for_orders_that_are_paid_late(desk: Desk) -> None:
    """An order that expired leaves room for another, and can still be paid: by the shipped rules somebody looks."""
    guards = GuardDesk(desk.shop)
    buyer = await guards.buyer(age_days=3)
    orders: list[Order] = []
    for _ in range(4):
        orders.append(await guards.order(7_000, buyer=buyer))
        await desk.shop.execute("UPDATE top_up_order SET expires_at = now()")
        await expire_orders(desk.shop.services)
    assert [await guards.pay(order) for order in orders] == ["credited"] * 2 + ["paid"] * 2
    assert await guards.hold_rules(orders[2]) == ["new_account_paid_day"]


async def test_a_refund_that_is_looked_after_no_more_is_shown_to_operators(desk: Desk) -> None:
    """A provider that says `pending` for weeks: the coins are gone, so somebody must see it."""
    order, _ = await desk.bought()
    await desk.request(order)
    with answering(RefundState.PENDING):
        refund = await desk.advance(order)
    services = desk.shop.services
    assert (await list_troubled(services, before=None, limit=5)).items == []
    await desk.shop.execute("UPDATE refund SET tries = %s, try_at = now()", refund_jobs.TRIES_MAX)
    await refund_jobs.sweep_refunds(services, apply_event)
    (shown,) = (await list_troubled(services, before=None, limit=5)).items
    assert (shown.id, shown.state) == (refund.id, "pending")


async def test_a_payment_that_was_not_accepted_says_nothing_of_its_buyers_country(
    desk: Desk,
) -> None:
    """Else a foreign card, held and returned, would open another country's prices."""
    shop, guards = desk.shop, GuardDesk(desk.shop)
    await guards.rules(holding(Measure.ORDER_COINS, 0))
    order = await shop.order()
    assert await guards.pay(order, Payer(country="JP")) == "paid"
    await decide(shop.services.db, PLATFORM_ID, order.id, Decision.RETURNED)
    await desk.advance(order)
    assert (await shop.show(order)).state == "refunded"
    async with shop.services.db.read() as conn:
        assert await billing_country(conn, shop.buyer) == "US"
