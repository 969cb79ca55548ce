"""Refunds by a store that are odd: growing parts, and those of second payments at another price."""

from dataclasses import replace

from largesse import ledger
from largesse.topups.payments import apply_event
from largesse.topups.providers import PaymentEvent, PaymentEventKind
from largesse.topups.refunds import queries, sweep_refunds
from tests.topups.stores.phone import COINS, Phone, reasons

_K = PaymentEventKind


async def _in_order(phone: Phone) -> None:
    async with phone.services.db.read() as conn:
        assert (await ledger.check(conn)).problems == []


async def test_parts_that_grow_take_what_they_come_to(phone: Phone) -> None:
    """Apple says how much of a purchase is given back by now: told twice, late or out of order, the most counts."""
    order = await phone.credited()
    for percent, left in ((20, 80), (60, 40), (60, 40)):
        phone.store.control("refund", order.id, percentage=percent * 1000)
        await phone.tell("REFUND", order.id)
        coins = (await phone.wallet()).coins_paid
        assert abs(coins - COINS * left // 100) <= 1
    phone.store.control("refund", order.id)
    await phone.tell("REFUND", order.id)
    assert (await phone.wallet()).coins_paid == 0
    assert (await phone.show(order)).state == "refunded"
    await _in_order(phone)


async def test_a_second_purchase_at_another_price_is_told_as_given_back(phone: Phone) -> None:
    """Bought again in another storefront; Apple alone can give it back, and says so in that currency."""
    order = await phone.credited()
    again = PaymentEvent(
        _K.SUCCEEDED, order.id, "2000000000000999", 599, "EUR", product_id=order.product_id
    )
    provider = phone.store.provider
    assert await apply_event(phone.services, provider, again) == "surplus"
    async with phone.services.db.transaction() as conn:
        await conn.execute("UPDATE refund SET try_at = now()")
    await sweep_refunds(phone.services, apply_event)
    back = replace(again, kind=_K.REFUNDED)
    assert await apply_event(phone.services, provider, back) == "applied"
    assert await apply_event(phone.services, provider, back) == "no_change"
    async with phone.services.db.read() as conn:
        (refund,) = await queries.refunds_of(conn, order.id)
    assert (refund.state, refund.currency) == ("done", "EUR")
    after = await phone.show(order)
    assert reasons(after)[-1] == "second_payment_returned"
    assert "payment_mismatch" not in reasons(after)
    assert (after.state, (await phone.wallet()).coins_paid) == ("credited", COINS)
    await _in_order(phone)
