"""Orders are refused beyond a limit, also when many come at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from largesse.errors import AppError
from largesse.identity import User
from largesse.topups.errors import LimitReached
from largesse.topups.guards.model import Action, Measure, Subject
from largesse.topups.schemas import Order
from largesse.topups.visitors import Visitor
from largesse.types import now
from tests.topups.guards.desk import HOUR_S, Desk, rule

HERE = Visitor(address="a" * 32, device="d" * 32)


async def refused(desk: Desk, coins: int = 350, **where: Any) -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        await desk.order(coins, **where)
    return caught.value


async def test_coins_of_a_day_are_counted_while_open_and_when_paid(desk: Desk) -> None:
    await desk.rules(rule(Measure.COINS, 1000, name="person_day"))
    first = await desk.order(350)
    await desk.pay(first)
    await desk.order(350)
    error = await refused(desk, 350)
    assert error.fields["limit"] == "person_day"
    assert error.detail.startswith("You can buy up to 1,000 coins within 24 hours.")
    ends_at = error.fields["ends_at"]
    assert timedelta(hours=23) < ends_at - now() <= timedelta(hours=24)
    await desk.order(70)  # what fits is sold
    await desk.age(timedelta(hours=24))
    await desk.order(700)


async def test_an_order_that_was_refused_left_nothing(desk: Desk) -> None:
    await desk.rules(rule(Measure.COINS, 300))
    await refused(desk, 350)
    assert await desk.shop.column("SELECT count(*) FROM top_up_order") == [0]


async def test_what_failed_or_expired_frees_its_coins_but_was_an_order(desk: Desk) -> None:
    await desk.rules(rule(Measure.COINS, 420), rule(Measure.ORDERS, 2, window_s=HOUR_S))
    await desk.decline(await desk.order(350))
    await desk.order(350)
    error = await refused(desk, 70)
    assert error.fields["limit"] == "person_orders"


async def test_the_same_key_gives_the_same_order_also_beyond_the_limit(desk: Desk) -> None:
    await desk.rules(rule(Measure.ORDERS, 1))
    first = await desk.order(key="tap")
    assert (await desk.order(key="tap")).id == first.id
    await refused(desk, key="another")


@pytest.mark.parametrize(("age_days", "most"), [(0, 350), (6, 350), (7, 1400)])
async def test_new_accounts_have_a_lower_cap(desk: Desk, age_days: int, most: int) -> None:
    new = rule(Measure.COINS, 350, name="new_account_day", account_age_max_days=7)
    await desk.rules(new, rule(Measure.COINS, 1400))
    buyer = await desk.buyer(age_days=age_days)
    await desk.order(most, buyer=buyer)
    await refused(desk, 70, buyer=buyer)


async def test_failures_in_a_row_close_the_till_without_a_word(desk: Desk) -> None:
    await desk.rules(rule(Measure.FAILURES, 2, window_s=HOUR_S))
    for _ in range(3):
        await desk.decline(await desk.order(70))
    error = await refused(desk, 70)
    assert error.fields == {"limit": None, "ends_at": None}
    await desk.age(timedelta(seconds=HOUR_S))
    await desk.order(70)


async def test_a_payment_that_goes_through_ends_the_row(desk: Desk) -> None:
    await desk.rules(rule(Measure.FAILURES, 1))
    await desk.decline(await desk.order(70))
    await desk.pay(await desk.order(70))
    await desk.decline(await desk.order(70))
    await desk.order(70)


@pytest.mark.parametrize("subject", [Subject.DEVICE, Subject.ADDRESS])
async def test_places_are_counted_over_all_buyers(desk: Desk, subject: Subject) -> None:
    for measure in (Measure.BUYERS, Measure.ORDERS, Measure.COINS):
        here, other = (Visitor(*[f"{measure} {place}"] * 2) for place in ("here", "there"))
        half = Visitor(here.address, other.device)
        if subject is Subject.ADDRESS:
            half = Visitor(other.address, here.device)
        await desk.rules(rule(measure, 700 if measure is Measure.COINS else 2, subject=subject))
        for _ in range(2):
            await desk.order(350, buyer=await desk.buyer(), visitor=here)
        error = await refused(desk, 350, buyer=await desk.buyer(), visitor=here)
        assert error.fields == {"limit": None, "ends_at": None}
        await desk.order(350, buyer=await desk.buyer(), visitor=half)  # shares the other half only
        await desk.order(350, buyer=await desk.buyer())  # nothing is known of where he is


async def test_failures_of_a_device_are_counted_over_accounts(desk: Desk) -> None:
    await desk.rules(rule(Measure.FAILURES, 2, subject=Subject.DEVICE))
    for _ in range(3):
        await desk.decline(await desk.order(70, buyer=await desk.buyer(), visitor=HERE))
    await refused(desk, 70, buyer=await desk.buyer(), visitor=HERE)


async def test_a_rule_that_is_off_or_not_yet_valid_stops_nobody(desk: Desk) -> None:
    await desk.rules(rule(Measure.COINS, 0, action=Action.OFF), rule(Measure.ORDERS, 0))
    await desk.shop.execute(
        "UPDATE guard_rule SET valid_from = now() + interval '1 day' WHERE measure = 'orders'"
    )
    await desk.order()


async def test_the_newest_row_of_a_rule_holds(desk: Desk) -> None:
    await desk.rules(rule(Measure.COINS, 0, name="person_day"))
    await desk.shop.execute(
        "INSERT INTO guard_rule (name, valid_from, subject, measure, amount, window_s, action)"
        " VALUES ('person_day', now() - interval '1 hour', 'person', 'coins', 350, 86400, 'refuse')"
    )
    await desk.order(350)
    await refused(desk, 70)


_AT_ONCE = 12


async def _rush(desk: Desk, buyers: list[User], visitor: Visitor) -> list[Order | AppError]:
    async def one(buyer: User) -> Order | AppError:
        try:
            return await desk.order(70, buyer=buyer, visitor=visitor)
        except AppError as error:
            return error

    return await asyncio.gather(*(one(buyer) for buyer in buyers))


async def test_orders_at_once_from_one_place_do_not_slip_past(desk: Desk) -> None:
    limits = [
        rule(Measure.ORDERS, 5, subject=Subject.DEVICE),
        rule(Measure.COINS, 350, subject=Subject.DEVICE),
        rule(Measure.BUYERS, 5, subject=Subject.DEVICE),
        rule(Measure.ORDERS, 5, subject=Subject.ADDRESS),
    ]
    buyers = [await desk.buyer() for _ in range(_AT_ONCE)]
    for limit in limits:
        await desk.rules(limit)
        answers = await _rush(
            desk, buyers, Visitor(f"address {limit.name}", f"device {limit.name}")
        )
        assert sum(isinstance(answer, Order) for answer in answers) == 5
        assert all(isinstance(answer, Order | LimitReached) for answer in answers)


async def test_orders_at_once_of_one_person_do_not_slip_past(desk: Desk) -> None:
    await desk.rules(rule(Measure.COINS, 350))
    answers = await _rush(desk, [await desk.buyer()] * _AT_ONCE, HERE)
    assert sum(isinstance(answer, Order) for answer in answers) == 5


async def test_places_that_cross_do_not_block_each_other(desk: Desk) -> None:
    """Two devices at two addresses, in every combination at once: all are judged in one order, so nobody waits in a
    circle."""
    few = [
        rule(Measure.ORDERS, 100, subject=subject) for subject in (Subject.DEVICE, Subject.ADDRESS)
    ]
    await desk.rules(*few, rule(Measure.ORDERS, 100))
    places = [Visitor(address=a * 32, device=d * 32) for a in "ab" for d in "de"]
    buyers = [await desk.buyer() for _ in range(4)]
    rushes = [_rush(desk, buyers, place) for place in places]
    answers = [answer for rush in await asyncio.gather(*rushes) for answer in rush]
    assert all(isinstance(answer, Order) for answer in answers)
