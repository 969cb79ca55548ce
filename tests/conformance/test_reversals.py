"""Money that goes back: the coins follow it, and return with it."""

from largesse.topups.payments import apply_event
from largesse.topups.providers import PaymentEventKind
from largesse.topups.refunds.jobs import advance
from tests.conformance.abilities import Ability, needs
from tests.conformance.behaviours import behaviour
from tests.conformance.harness import DisputeHarness, InquiryHarness
from tests.conformance.till import SUCCEEDED, Till

REFUNDED = PaymentEventKind.REFUNDED
REFUND_FAILED = PaymentEventKind.REFUND_FAILED
DISPUTED = PaymentEventKind.DISPUTED
DISPUTE_WON = PaymentEventKind.DISPUTE_WON


@behaviour("partial refund")
async def test_a_part_given_back_takes_a_part(till: Till) -> None:
    order = await till.credited()
    half = await till.harness.notify_part_refunded(order.id, order.total.amount_minor // 2)
    for _ in range(2):
        await till.receive(half)
        state, coins = await till.stands(order)
        assert (state, abs(coins - till.package_coins // 2) <= 1) == ("credited", True)
    assert "partial_reversal" in await till.reasons(order)


@behaviour("failed refund")
@needs(REFUND_FAILED)
async def test_a_refund_that_comes_back_gives_the_coins_back(till: Till) -> None:
    order = await till.credited()
    await till.tell(order, REFUNDED)
    assert await till.stands(order) == ("refunded", 0)
    failed = await till.harness.notify(order.id, REFUND_FAILED)
    for _ in range(2):
        await till.receive(failed)
        await till.assert_credited(order)


@behaviour("dispute won")
@needs(DISPUTED, DISPUTE_WON)
async def test_a_dispute_won_gives_the_coins_back(till: Till) -> None:
    order = await till.credited()
    await till.tell(order, DISPUTED)
    assert await till.stands(order) == ("disputed", 0)
    won = await till.harness.notify(order.id, DISPUTE_WON)
    for _ in range(2):
        await till.receive(won)
        await till.assert_credited(order)


@behaviour("dispute lost")
@needs(DISPUTED)
async def test_a_dispute_lost_takes_the_coins_once(till: Till) -> None:
    assert isinstance(till.harness, DisputeHarness)
    order = await till.credited()
    await till.tell(order, DISPUTED)
    assert await till.stands(order) == ("disputed", 0)
    lost = await till.harness.notify_dispute_lost(order.id)
    for _ in range(2):
        await till.receive(lost)
        assert await till.stands(order) == ("disputed", 0)


@behaviour("inquiry moves no money")
@needs(Ability.INQUIRIES)
async def test_an_inquiry_moves_nothing(till: Till) -> None:
    assert isinstance(till.harness, InquiryHarness)
    order = await till.credited()
    before = await till.reasons(order)
    await till.receive(await till.harness.notify_inquiry(order.id))
    await till.assert_credited(order)
    assert await till.reasons(order) == before


@behaviour("second payment returned")
@needs(Ability.REFUNDS)
async def test_a_second_payment_goes_back(till: Till) -> None:
    order = await till.credited()
    await till.harness.pay_again(order.id)
    for _ in range(2):
        await till.tell(order, SUCCEEDED)
    async with till.services.db.read() as conn:
        cursor = await conn.execute(
            "SELECT id, reason, amount_minor FROM refund WHERE order_id = %s", (order.id,)
        )
        ((refund_id, reason, amount_minor),) = await cursor.fetchall()
    assert (reason, amount_minor) == ("second_payment", order.total.amount_minor)
    for _ in range(2):
        await advance(till.services, refund_id, apply_event)
    await till.assert_credited(order)
    assert (await till.reasons(order))[-2:] == ["second_payment", "second_payment_returned"]
