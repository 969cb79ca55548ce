"""What the sandbox can make happen, and what the buyer's order and wallet say after it."""

import asyncio

import pytest

from largesse.db import Database
from tests.topups.till import Till, reasons

OPENED = ["order_created", "checkout_opened"]
CREDITED = [*OPENED, "payment_succeeded", "coins_credited"]


async def _credited_rows(db: Database) -> tuple[int, int]:
    """How many lots there are, and how many transactions say credited."""
    async with db.read() as conn:
        lots = await (await conn.execute("SELECT count(*) FROM lot")).fetchone()
        transactions = await (
            await conn.execute("SELECT count(*) FROM provider_transaction WHERE state = 'credited'")
        ).fetchone()
    assert lots is not None
    assert transactions is not None
    return lots[0], transactions[0]


async def test_a_success_credits_the_coins(till: Till) -> None:
    order = await till.pay(await till.order(350))
    assert order["state"] == "credited"
    assert reasons(order) == CREDITED
    wallet = await till.wallet()
    assert (wallet["coins_paid"], wallet["coins_bonus"], wallet["coins_total"]) == (350, 0, 350)


async def test_a_decline_fails_the_order_and_a_second_try_succeeds(till: Till) -> None:
    declined = await till.pay(await till.order(), "decline")
    assert declined["state"] == "failed"
    assert reasons(declined) == [*OPENED, "payment_declined"]
    assert (await till.wallet())["coins_total"] == 0
    again = await till.pay(declined, "succeed")
    assert again["state"] == "credited"
    assert (await till.wallet())["coins_total"] == 350


async def test_who_leaves_the_checkout_gets_no_coins_and_cannot_pay_there_any_more(
    till: Till,
) -> None:
    left = await till.pay(await till.order(), "abandon")
    assert left["state"] == "failed"
    assert reasons(left) == [*OPENED, "payment_abandoned"]
    answer = await till.play(left, "succeed")
    assert (answer.status_code, answer.json()["code"]) == (409, "order_not_payable")
    assert (await till.wallet())["coins_total"] == 0


async def test_a_success_after_expiry_still_credits(till: Till) -> None:
    order = await till.pay(await till.order(), "succeed_late")
    assert order["state"] == "credited"
    assert reasons(order) == [*OPENED, "order_expired", "paid_after_expiry", "coins_credited"]
    assert order["expires_at"] <= order["updated_at"]
    assert (await till.wallet())["coins_total"] == 350


async def test_a_success_told_three_times_credits_once(till: Till, db: Database) -> None:
    order = await till.pay(await till.order(), "succeed_twice")
    assert order["state"] == "credited"
    assert reasons(order) == CREDITED
    assert (await till.wallet())["coins_total"] == 350
    assert await _credited_rows(db) == (1, 1)


async def test_paying_many_times_at_once_credits_once(till: Till, db: Database) -> None:
    order = await till.order()
    answers = await asyncio.gather(*(till.play(order, "succeed") for _ in range(6)))
    assert {(answer.status_code, answer.json()["state"]) for answer in answers} == {
        (200, "credited")
    }
    assert reasons(await till.show(order)) == CREDITED
    assert (await till.wallet())["coins_total"] == 350
    assert await _credited_rows(db) == (1, 1)


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [("refund", "refunded", "payment_refunded"), ("dispute", "disputed", "payment_disputed")],
)
async def test_what_is_taken_back_unspent_leaves_an_empty_wallet(
    till: Till, outcome: str, state: str, reason: str
) -> None:
    credited = await till.pay(await till.order())
    order = await till.pay(credited, outcome)
    assert order["state"] == state
    assert reasons(order) == [*CREDITED, reason]
    wallet = await till.wallet()
    assert (wallet["coins_total"], wallet["coins_owed"], wallet["frozen"]) == (0, 0, False)
    assert await till.pay(order, outcome) == order


async def test_half_of_a_payment_and_then_the_rest_is_given_back(till: Till) -> None:
    order = await till.pay(await till.order(350))
    half = await till.pay(order, "refund_part")
    assert (half["state"], reasons(half)[-1]) == ("credited", "partial_reversal")
    assert (await till.wallet())["coins_paid"] == 175
    rest = await till.pay(order, "refund")
    assert (rest["state"], reasons(rest)[-1]) == ("refunded", "payment_refunded")
    assert (await till.wallet())["coins_paid"] == 0
    again = await till.pay(order, "refund")
    assert reasons(again) == reasons(rest)
    assert (await till.play(order, "refund_part")).status_code == 409


@pytest.mark.parametrize("before", [[], ["succeed"], ["dispute"]])
async def test_a_dispute_that_is_won_leaves_the_order_credited(
    till: Till, before: list[str]
) -> None:
    order = await till.order(350)
    for outcome in before:
        await till.pay(order, outcome)
    won = await till.pay(order, "dispute_won")
    assert won["state"] == "credited"
    assert reasons(won)[-2:] == ["payment_disputed", "dispute_won"]
    assert (await till.wallet())["coins_paid"] == 350


@pytest.mark.parametrize(("outcome", "state"), [("refund", "refunded"), ("dispute", "disputed")])
async def test_taking_back_what_is_not_paid_yet_plays_the_payment_first(
    till: Till, outcome: str, state: str
) -> None:
    order = await till.pay(await till.order(), outcome)
    assert order["state"] == state
    assert (await till.wallet())["coins_total"] == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("succeed", "decline"),
        ("succeed", "abandon"),
        ("refund", "succeed"),
        ("refund", "dispute"),
        ("dispute", "refund"),
        ("abandon", "decline"),
    ],
)
async def test_an_outcome_that_does_not_fit_is_refused_and_changes_nothing(
    till: Till, first: str, second: str
) -> None:
    before = await till.pay(await till.order(), first)
    answer = await till.play(before, second)
    assert (answer.status_code, answer.json()["code"]) == (409, "order_not_payable")
    assert await till.show(before) == before


async def test_an_unknown_outcome_is_refused(till: Till) -> None:
    answer = await till.play(await till.order(), "explode")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_only_the_disputed_order_is_taken_back(till: Till) -> None:
    kept = await till.pay(await till.order(700))
    await till.pay(await till.order(350), "dispute")
    assert (await till.show(kept))["state"] == "credited"
    assert (await till.wallet())["coins_total"] == 700
