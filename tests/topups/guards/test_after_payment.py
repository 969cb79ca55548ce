"""Payments that look wrong are held, whoever paid and whenever it was told; others are credited as ever."""

import asyncio
import logging
from datetime import timedelta

import pytest

from largesse.topups import jobs, visitors
from largesse.topups.guards import queries
from largesse.topups.guards.model import Measure, Subject
from largesse.topups.guards.service import forget_visitors
from largesse.topups.providers import Payer, PaymentEventKind
from largesse.topups.providers.sandbox import PaymentState
from largesse.topups.visitors import Visitor
from largesse.types import now
from tests.topups.guards.desk import NO_PAYER, Desk, holding, rule
from tests.topups.shop import reasons

HERE = Visitor(address="a" * 32, device="d" * 32)
CARD = Payer(country="US", fingerprint="fp_vera")


async def test_a_large_order_is_held_and_not_credited(desk: Desk) -> None:
    await desk.rules(holding(Measure.ORDER_COINS, 350, name="large_order"))
    small, large = await desk.order(350), await desk.order(700)
    assert await desk.pay(small) == "credited"
    assert await desk.pay(large) == "paid"
    shown = await desk.shop.show(large)
    assert shown.held
    assert reasons(shown)[-2:] == ["payment_succeeded", "held_for_review"]
    assert await desk.hold_rules(large) == ["large_order"]
    assert (await desk.shop.wallet()).coins_paid == 350


async def test_nothing_credits_what_is_held(desk: Desk) -> None:
    await desk.rules(holding(Measure.ORDER_COINS, 0))
    order = await desk.order()
    await desk.pay(order)
    payment = await desk.shop.move(order, PaymentState.SUCCEEDED)
    await desk.shop.tell(desk.shop.notice(payment, PaymentEventKind.SUCCEEDED))
    await desk.shop.execute("UPDATE top_up_order SET updated_at = updated_at - interval '1 hour'")
    await jobs.sweep(desk.services)
    await jobs.poll_open_orders(desk.services)
    assert (await desk.state(order), await desk.held(order)) == ("paid", True)
    assert (await desk.shop.wallet()).coins_paid == 0
    assert reasons(await desk.shop.show(order)).count("held_for_review") == 1


async def test_one_that_expired_and_is_paid_late_is_judged_too(desk: Desk) -> None:
    """Orders that expired are not counted before the payment: paid late, all of them, they are held."""
    await desk.rules(rule(Measure.COINS, 350), holding(Measure.COINS, 350, name="paid_day"))
    first = await desk.order(350)
    await desk.shop.execute("UPDATE top_up_order SET expires_at = created_at")
    await jobs.expire_orders(desk.services)
    second = await desk.order(350)
    assert await desk.pay(second) == "credited"
    assert await desk.pay(first) == "paid"
    assert await desk.hold_rules(first) == ["paid_day"]


async def test_a_payer_of_another_country(desk: Desk) -> None:
    await desk.rules(holding(Measure.FOREIGN_COINS, 0))
    for payer, state, kept in (
        (Payer(country="US"), "credited", "US"),
        (NO_PAYER, "credited", None),
        (Payer(country="a\x00"), "credited", None),  # no country: as good as not told
        (Payer(country="BR"), "paid", "BR"),
    ):
        order = await desk.order(buyer=await desk.buyer())
        assert await desk.pay(order, payer) == state
        (row,) = await desk.shop.rows(
            "SELECT payer_country, payer_fingerprint FROM top_up_order WHERE id = %s", order.id
        )
        assert row == (kept, None)


async def test_a_card_is_known_again_and_kept_as_a_digest(desk: Desk) -> None:
    await desk.rules(holding(Measure.BUYERS, 2, subject=Subject.CARD, name="card_buyers"))
    for _ in range(2):
        assert await desk.pay(await desk.order(buyer=await desk.buyer()), CARD) == "credited"
    third = await desk.order(buyer=await desk.buyer())
    assert await desk.pay(third, CARD) == "paid"
    assert await desk.hold_rules(third) == ["card_buyers"]
    other = Payer(fingerprint="fp_other")
    assert await desk.pay(await desk.order(buyer=await desk.buyer()), other) == "credited"
    kept = await desk.shop.column("SELECT DISTINCT payer_fingerprint FROM top_up_order")
    assert len(kept) == 2
    assert not {"fp_vera", "fp_other"} & set(kept)


@pytest.mark.parametrize("measure", [Measure.ORDERS, Measure.COINS])
async def test_a_card_that_pays_much(desk: Desk, measure: Measure) -> None:
    limit = 2 if measure is Measure.ORDERS else 700
    await desk.rules(holding(measure, limit, subject=Subject.CARD))
    paid = [await desk.pay(await desk.order(350), CARD) for _ in range(3)]
    assert paid == ["credited", "credited", "paid"]


async def test_payments_at_once_by_one_card_do_not_slip_past(desk: Desk) -> None:
    await desk.rules(holding(Measure.BUYERS, 3, subject=Subject.CARD))
    orders = [await desk.order(70, buyer=await desk.buyer()) for _ in range(8)]
    states = await asyncio.gather(*(desk.pay(order, CARD) for order in orders))
    assert sorted(states) == ["credited"] * 3 + ["paid"] * 5


async def test_a_card_or_person_with_an_earlier_dispute(desk: Desk) -> None:
    await desk.rules(
        holding(Measure.DISPUTES, 0, subject=Subject.CARD, name="card_disputes"),
        holding(Measure.DISPUTES, 1, name="person_disputes"),
    )
    first = await desk.order(buyer=await desk.buyer())
    await desk.pay(first, CARD)
    await desk.dispute(first)
    again = await desk.order()
    assert await desk.pay(again, CARD) == "paid"
    assert await desk.hold_rules(again) == ["card_disputes"]
    assert await desk.pay(await desk.order(), Payer(fingerprint="fp_new")) == "credited"


async def test_failures_before_a_success(desk: Desk) -> None:
    await desk.rules(holding(Measure.FAILURES, 1, subject=Subject.DEVICE))
    for _ in range(2):
        await desk.decline(await desk.order(70, buyer=await desk.buyer(), visitor=HERE))
    found = await desk.order(70, visitor=HERE)
    assert await desk.pay(found) == "paid"


async def test_an_account_that_owes(desk: Desk) -> None:
    await desk.rules(holding(Measure.OWED_COINS, 100))
    await desk.shop.execute("UPDATE reversal_rule SET steps = ARRAY['owe']")
    owing = await desk.order(350)
    later = await desk.order(350)
    await desk.pay(owing)
    await desk.shop.spend(350)
    await desk.dispute(owing)
    assert (await desk.shop.wallet()).coins_owed == 350
    assert await desk.pay(later) == "paid"


async def test_all_reasons_are_kept_with_figures_and_nothing_personal(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await desk.rules(
        holding(Measure.ORDER_COINS, 0, name="any"),
        holding(Measure.BUYERS, 0, subject=Subject.CARD, name="card"),
        holding(Measure.BUYERS, 0, subject=Subject.ADDRESS, name="address"),
    )
    order = await desk.order(visitor=HERE)
    await desk.pay(order, CARD)
    assert set(await desk.hold_rules(order)) == {"any", "card", "address"}
    (kept,) = await desk.shop.column("SELECT reasons::text FROM order_hold")
    for personal in (HERE.address, HERE.device, "fp_vera"):
        assert str(personal) not in kept
        assert str(personal) not in caplog.text


async def test_digests_are_blanked_when_their_time_is_over(desk: Desk) -> None:
    await desk.rules()
    order = await desk.order(visitor=HERE)
    await desk.pay(order, CARD)
    columns = (
        "SELECT visitor_device, visitor_address, payer_fingerprint, payer_country FROM top_up_order"
    )
    async with desk.services.db.read() as conn:
        kept = await queries.periods_at(conn, now())
    visitors_gone = timedelta(days=kept.visitor_keep_days)
    assert await forget_visitors(desk.services, order.created_at + visitors_gone) == 0
    moment = order.created_at + visitors_gone + timedelta(seconds=1)
    assert await forget_visitors(desk.services, moment) == 1
    ((device, address, card, country),) = await desk.shop.rows(columns)
    assert (device, address, country) == (None, None, "US")
    assert card is not None
    payers_gone = timedelta(days=kept.payer_keep_days, seconds=1)
    assert await forget_visitors(desk.services, order.created_at + payers_gone) == 1
    assert await desk.shop.rows(columns) == [(None, None, None, "US")]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.17.0.1", False),
        ("fd00::", False),
        ("testclient", False),
        ("", False),
    ],
)
def test_only_public_addresses_tell_callers_apart(address: str, counted: bool) -> None:
    assert visitors.is_public(address) is counted
