"""Promotions of orders: reserved, used, released, and kept when a payment comes late."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from largesse import ledger
from largesse.errors import AppError, IdempotencyConflict
from largesse.promotions import service
from largesse.topups.jobs import expire_orders
from largesse.topups.providers import PaymentEventKind
from largesse.topups.providers.sandbox import PaymentState
from largesse.types import PLATFORM_ID, now
from tests.fixtures_identity import MakeUser
from tests.promotions.stand import DAY, Stand

EXPIRE = "UPDATE top_up_order SET expires_at = now() - interval '1 second' WHERE id = %s"


async def used(stand: Stand, slug: str) -> tuple[int, int]:
    """Uses and reserved ones."""
    cost = (await stand.promotion(slug)).cost
    return cost.uses, cost.reserved


async def test_extra_coins_are_credited_with_the_order_and_lapse_by_themselves(
    stand: Stand,
) -> None:
    await stand.add("more", "bonus", bp=2_000, coins=3, bonus_expires_days=30, first_recharge=True)
    before = await stand.order(coins=700)
    order = before
    assert order.coins_bonus >= 143
    assert await stand.states(order.id) == [("reserved", 143, 0)]
    await stand.pay(order)
    wallet = await stand.shop.wallet()
    assert wallet.coins_bonus == order.coins_bonus
    async with stand.shop.services.db.read() as conn:
        expiring = await ledger.bonus_expiring(conn, stand.shop.buyer.id)
    assert [part.coins for part in expiring] == [143]
    assert await stand.states(order.id) == [("used", 143, 0)]
    assert (await stand.order()).coins_bonus < 143  # the first recharge is over
    cost = (await stand.promotion("more")).cost
    assert (cost.coins, cost.discounts, cost.uses) == (143, [], 1)


async def test_a_discount_lowers_what_is_paid_and_its_tax(stand: Stand) -> None:
    plain = await stand.order()
    await stand.add("welcome", "discount", bp=1_000, code="Welcome10", per_person_max=1)
    order = await stand.order("wELCOME10")
    assert order.total.amount_minor + order.discount.amount_minor == plain.total.amount_minor
    assert order.discount.amount_minor == plain.total.amount_minor // 10
    assert order.net.amount_minor + order.tax.amount_minor == order.total.amount_minor
    assert await stand.pay(order) == "applied"
    cost = (await stand.promotion("welcome")).cost
    assert [money.amount_minor for money in cost.discounts] == [
        plain.net.amount_minor - order.net.amount_minor
    ]
    assert await refused(stand, "WELCOME10") == "promotion_already_used"


async def refused(stand: Stand, code: str, **other: Any) -> str:
    with pytest.raises(AppError) as caught:
        await stand.order(code, **other)
    return f"{caught.value.code} {caught.value.fields.get('reason', '')}".strip()


async def test_a_code_that_does_not_apply_says_why(stand: Stand) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"starts_at": now() + DAY / 2}, "promotion_not_yet"),
        ({"countries": ["DE"]}, "promotion_not_for_you country"),
        ({"channels": ["google_play"]}, "promotion_not_for_you channel"),
        ({"coins_min": 351}, "promotion_not_for_you amount"),
        ({"budget": 10, "currency": "EUR"}, "promotion_not_for_you currency"),
        ({"budget": 10, "currency": "USD"}, "promotion_used_up"),
        ({"kind": "grant", "coins": 5, "bp": 0}, "promotion_unknown"),
    ]
    for number, (change, expected) in enumerate(cases):
        promotion = {"kind": "discount", "bp": 1_000, "code": f"Code{number}", **change}
        await stand.add(slug=f"s{number}", **promotion)
        assert await refused(stand, f"cODE{number}") == expected
    assert await refused(stand, "nothing") == "promotion_unknown"
    assert await stand.shop.column("SELECT count(*) FROM top_up_order") == [0]


async def test_an_ended_code_says_so_and_what_was_ordered_before_keeps_it(stand: Stand) -> None:
    await stand.add("code", "bonus", coins=50, code="FIFTY")
    order = await stand.order("FIFTY")
    ended = await service.end(stand.shop.services.db, PLATFORM_ID, "code")
    assert ended.ends_at <= now()
    assert await refused(stand, "FIFTY") == "promotion_ended"
    await stand.pay(order)
    assert await used(stand, "code") == (1, 0)


async def test_an_expired_order_frees_what_was_kept_for_it(stand: Stand) -> None:
    await stand.add("one", "bonus", coins=50, code="ONE", uses_max=1, budget=50)
    order = await stand.order("ONE")
    assert await refused(stand, "ONE") == "promotion_used_up"
    await stand.shop.execute(EXPIRE, order.id)
    await expire_orders(stand.shop.services)
    await expire_orders(stand.shop.services)
    assert await stand.states(order.id) == [("released", 50, 0)]
    assert await used(stand, "one") == (0, 0)
    assert (await stand.promotion("one")).budget_left == 50


async def test_a_declined_payment_frees_it_too(stand: Stand) -> None:
    await stand.add("one", "bonus", coins=50, code="ONE", uses_max=1)
    order = await stand.order("ONE")
    payment = await stand.shop.move(order, PaymentState.DECLINED)
    await stand.shop.tell(stand.shop.notice(payment, PaymentEventKind.DECLINED))
    assert await stand.states(order.id) == [("released", 50, 0)]
    assert (await stand.order("ONE")).coins_bonus >= 50


async def test_a_payment_that_comes_late_keeps_its_promise_past_the_budget(
    stand: Stand, users: MakeUser
) -> None:
    await stand.add("one", "bonus", coins=50, code="ONE", budget=50, uses_max=1, per_person_max=1)
    order = await stand.order("ONE")
    await stand.shop.execute(EXPIRE, order.id)
    await expire_orders(stand.shop.services)
    other = (await users("Otto")).user
    await stand.order("ONE", user=other)
    assert await stand.pay(order) == "applied"
    assert (await stand.shop.wallet()).coins_bonus >= 50
    assert await used(stand, "one") == (1, 1)
    assert await stand.shop.rows("SELECT uses, spent FROM promotion") == [(2, 100)]
    assert (await stand.promotion("one")).budget_left == 0


async def test_the_last_use_goes_to_one_of_many_who_order_at_once(
    stand: Stand, users: MakeUser
) -> None:
    await stand.add("scarce", "bonus", coins=10, code="SCARCE", budget=30)
    people = [(await users(f"Person {number}")).user for number in range(6)]
    outcomes = await asyncio.gather(
        *(stand.order("SCARCE", user=person) for person in people), return_exceptions=True
    )
    errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert {getattr(error, "code", repr(error)) for error in errors} == {"promotion_used_up"}
    assert len(errors) == 3
    assert (await stand.promotion("scarce")).budget_left == 0
    assert await used(stand, "scarce") == (0, 3)


async def test_without_a_code_the_others_order_at_the_plain_price(
    stand: Stand, users: MakeUser
) -> None:
    plain = (await stand.order()).coins_bonus
    await stand.add("scarce", "bonus", coins=10, uses_max=2)
    people = [(await users(f"Person {number}")).user for number in range(4)]
    orders = await asyncio.gather(*(stand.order(user=person) for person in people))
    assert sorted(order.coins_bonus - plain for order in orders) == [0, 0, 10, 10]


async def test_the_same_request_again_counts_once_and_another_code_is_refused(stand: Stand) -> None:
    await stand.add("one", "bonus", coins=50, code="ONE")
    await stand.add("two", "bonus", coins=60, code="TWO")
    orders = await asyncio.gather(*(stand.order("ONE", key="k") for _ in range(3)))
    assert len({order.id for order in orders}) == 1
    assert await used(stand, "one") == (0, 1)
    for other in ("TWO", None):
        with pytest.raises(IdempotencyConflict):
            await stand.order(other, key="k")


async def test_a_paid_order_told_twice_uses_it_once(stand: Stand) -> None:
    await stand.add("one", "discount", bp=5_000, code="HALF", budget=10**6, currency="USD")
    order = await stand.order("HALF")
    payment = await stand.shop.paid(order)
    for number in range(2):
        notice = stand.shop.notice(payment, PaymentEventKind.SUCCEEDED, id=f"n{number}")
        await stand.shop.tell(notice)
    assert await used(stand, "one") == (1, 0)
    assert await stand.shop.rows("SELECT uses FROM promotion") == [(1,)]


async def test_a_refunded_order_gives_its_coins_back_but_not_its_use(stand: Stand) -> None:
    await stand.add("one", "bonus", coins=50, code="ONE", per_person_max=1, bonus_expires_days=9)
    await stand.add("off", "discount", bp=1_000, stacks=True)
    order = await stand.order("ONE")
    await stand.pay(order)
    payment = await stand.shop.move(order, PaymentState.REFUNDED)
    await stand.shop.tell(stand.shop.notice(payment, PaymentEventKind.REFUNDED))
    assert (await stand.shop.wallet()).coins_bonus == 0
    assert await refused(stand, "ONE") == "promotion_already_used"
    async with stand.shop.services.db.read() as conn:
        assert sum((await ledger.discounts_before(conn, now() + timedelta(days=1))).values()) == 0


async def test_promotions_that_stack_are_kept_as_they_were_applied(stand: Stand) -> None:
    await stand.add("a", "discount", bp=1_000, stacks=True)
    await stand.add("b", "discount", bp=500, stacks=True, priority=1)
    await stand.add("c", "bonus", bp=1_000, stacks=True, bonus_expires_days=3)
    await stand.add("d", "bonus", coins=4, stacks=True, bonus_expires_days=9, code="FOUR")
    order = await stand.order("four")
    uses = await stand.states(order.id)
    assert [coins for _, coins, _ in uses] == [0, 0, 4, 35]
    assert sum(discount for *_, discount in uses) == order.discount.amount_minor
    await stand.pay(order)
    async with stand.shop.services.db.read() as conn:
        expiring = await ledger.bonus_expiring(conn, stand.shop.buyer.id)
    assert [part.coins for part in expiring] == [35, 4]
