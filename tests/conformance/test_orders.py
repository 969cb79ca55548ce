"""Orders end right whatever a provider does: late, twice, in any order, or not at all."""

import asyncio
from itertools import permutations

from largesse.topups import jobs
from largesse.topups.holds.settling import release
from largesse.topups.providers import PaymentEventKind
from largesse.types import new_id
from tests.conformance.abilities import Ability, kinds, needs
from tests.conformance.behaviours import behaviour
from tests.conformance.till import SUCCEEDED, Till

DECLINED = PaymentEventKind.DECLINED
REFUNDED = PaymentEventKind.REFUNDED
DISPUTED = PaymentEventKind.DISPUTED


@behaviour("duplicate")
async def test_duplicates_credit_once(till: Till) -> None:
    order = await till.paid()
    same = await till.harness.notify(order.id, SUCCEEDED)
    for raw in (same, same, await till.harness.notify(order.id, SUCCEEDED)):
        await till.receive(raw)
    await till.ask()
    await till.assert_credited(order)


@behaviour("duplicate")
async def test_duplicates_at_once_credit_once(till: Till) -> None:
    order = await till.paid()
    same = await till.harness.notify(order.id, SUCCEEDED)
    other = await till.harness.notify(order.id, SUCCEEDED)
    await asyncio.gather(*(till.receive(raw) for raw in (same, other, same)))
    await till.assert_credited(order)


@behaviour("reordered")
@kinds(REFUNDED, DISPUTED)
async def test_any_order_of_notifications_ends_the_same(
    till: Till, kind: PaymentEventKind, told_kinds: frozenset[PaymentEventKind]
) -> None:
    happened = (DECLINED, SUCCEEDED, kind) if kind is REFUNDED else (SUCCEEDED, kind)
    for told in permutations(one for one in happened if one in told_kinds):
        order = await till.paid()
        for one in told:
            await till.tell(order, one)
        assert await till.stands(order) == (kind.value, 0)


@behaviour("late")
@needs(DECLINED)
async def test_a_success_after_a_decline_credits(till: Till) -> None:
    order = await till.order()
    await till.harness.happen(order.id, DECLINED)
    await till.tell(order, DECLINED)
    assert await till.stands(order) == ("failed", 0)
    await till.harness.happen(order.id, SUCCEEDED)
    await till.tell(order, SUCCEEDED)
    await till.assert_credited(order)


@behaviour("late")
async def test_a_success_after_expiry_credits(till: Till) -> None:
    order = await till.order()
    async with till.services.db.transaction() as conn:
        await conn.execute("UPDATE top_up_order SET expires_at = now()")
    await jobs.expire_orders(till.services)
    assert await till.stands(order) == ("expired", 0)
    await till.harness.happen(order.id, SUCCEEDED)
    await till.tell(order, SUCCEEDED)
    await till.assert_credited(order)
    assert "paid_after_expiry" in await till.reasons(order)


@behaviour("missing")
@needs(Ability.ASKED_BY_ORDER)
async def test_a_success_never_told_is_found_by_asking(till: Till) -> None:
    order = await till.order()
    await till.ask()
    assert await till.stands(order) == ("pending", 0)
    await till.harness.happen(order.id, SUCCEEDED)
    for _ in range(2):
        await till.ask()
    await till.assert_credited(order)


@behaviour("double tap")
async def test_an_order_sent_twice_at_once_is_one(till: Till) -> None:
    key = str(new_id())
    orders = await asyncio.gather(*(till.order(key) for _ in range(3)))
    (order_id,) = {order.id for order in orders}
    (url,) = {(await till.show(order.id)).checkout_url for order in orders}
    assert (url is None) == (till.harness.provider.channel != "web")
    again = await till.order(key)
    assert (again.id, again.checkout_url) == (order_id, url)
    await till.harness.happen(order_id, SUCCEEDED)
    await till.tell(again, SUCCEEDED)
    await till.assert_credited(again)


@behaviour("held order")
async def test_a_held_payment_is_credited_when_it_is_released(till: Till) -> None:
    async with till.services.db.transaction() as conn:
        await conn.execute(
            "UPDATE guard_rule SET action = 'hold', amount = 0 WHERE name = 'large_order'"
        )
    order = await till.paid()
    for _ in range(2):
        await till.tell(order, SUCCEEDED)
    await till.ask()
    assert await till.stands(order) == ("paid", 0)
    for _ in range(2):
        await release(till.services, new_id(), order.id)
    await till.tell(order, SUCCEEDED)
    await till.assert_credited(order)
