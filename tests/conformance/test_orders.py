"""Orders end right whatever a provider does: late, twice, in any order, or not at all."""

from itertools import permutations

import pytest

from largesse.topups import jobs
from largesse.topups.errors import BadSignature
from largesse.topups.providers import PaymentEventKind
from tests.conformance.abilities import Ability, kinds, needs
from tests.conformance.till import Till

SUCCEEDED = PaymentEventKind.SUCCEEDED
DECLINED = PaymentEventKind.DECLINED
REFUNDED = PaymentEventKind.REFUNDED
DISPUTED = PaymentEventKind.DISPUTED


async def test_a_success_credits(till: Till) -> None:
    order = await till.order()
    await till.harness.happen(order.id, SUCCEEDED)
    await till.receive(await till.harness.notify(order.id, SUCCEEDED))
    assert ((await till.show(order.id)).state, await till.coins()) == (
        "credited",
        till.package_coins,
    )


async def test_duplicates_credit_once(till: Till) -> None:
    order = await till.order()
    await till.harness.happen(order.id, SUCCEEDED)
    same = await till.harness.notify(order.id, SUCCEEDED)
    for raw in (same, same, await till.harness.notify(order.id, SUCCEEDED)):
        await till.receive(raw)
    assert ((await till.show(order.id)).state, await till.coins()) == (
        "credited",
        till.package_coins,
    )


@kinds(REFUNDED, DISPUTED)
async def test_any_order_of_notifications_ends_the_same(
    till: Till, kind: PaymentEventKind, told_kinds: frozenset[PaymentEventKind]
) -> None:
    for told in permutations(one for one in (DECLINED, SUCCEEDED, kind) if one in told_kinds):
        order = await till.order()
        await till.harness.happen(order.id, SUCCEEDED)
        for one in told:
            await till.receive(await till.harness.notify(order.id, one))
        assert ((await till.show(order.id)).state, await till.coins()) == (kind.value, 0)


@needs(DECLINED)
async def test_a_success_after_a_decline_credits(till: Till) -> None:
    order = await till.order()
    await till.harness.happen(order.id, DECLINED)
    await till.receive(await till.harness.notify(order.id, DECLINED))
    assert (await till.show(order.id)).state == "failed"
    await till.harness.happen(order.id, SUCCEEDED)
    await till.receive(await till.harness.notify(order.id, SUCCEEDED))
    assert ((await till.show(order.id)).state, await till.coins()) == (
        "credited",
        till.package_coins,
    )


async def test_a_success_after_expiry_credits(till: Till) -> None:
    order = await till.order()
    async with till.services.db.transaction() as conn:
        await conn.execute("UPDATE top_up_order SET expires_at = now()")
    await jobs.expire_orders(till.services)
    assert (await till.show(order.id)).state == "expired"
    await till.harness.happen(order.id, SUCCEEDED)
    await till.receive(await till.harness.notify(order.id, SUCCEEDED))
    assert ((await till.show(order.id)).state, await till.coins()) == (
        "credited",
        till.package_coins,
    )


@needs(Ability.ASKED_BY_ORDER)
async def test_a_success_never_told_is_found_by_asking(till: Till) -> None:
    order = await till.order()
    await till.harness.happen(order.id, SUCCEEDED)
    async with till.services.db.transaction() as conn:
        await conn.execute("UPDATE top_up_order SET poll_at = now()")
    await jobs.poll_open_orders(till.services)
    assert ((await till.show(order.id)).state, await till.coins()) == (
        "credited",
        till.package_coins,
    )


@needs(Ability.OUR_PRICE)
async def test_another_amount_credits_nothing(till: Till) -> None:
    order = await till.order()
    await till.harness.happen(order.id, SUCCEEDED)
    await till.receive(await till.harness.notify_other_amount(order.id, 1))
    assert ((await till.show(order.id)).state, await till.coins()) == ("pending", 0)


async def test_a_tampered_notification_credits_nothing(till: Till) -> None:
    order = await till.order()
    await till.harness.happen(order.id, SUCCEEDED)
    raw = await till.harness.notify(order.id, SUCCEEDED)
    with pytest.raises(BadSignature):
        await till.receive(till.harness.tamper(raw))
    assert ((await till.show(order.id)).state, await till.coins()) == ("pending", 0)
