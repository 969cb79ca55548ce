"""Refunds that we ask for: one cause in the ledger, by whatever name the provider tells of it, before or after us."""

import pytest

from largesse import ledger
from largesse.topups.payments import apply_event
from largesse.topups.providers import (
    PaymentProvider,
    PaymentReference,
    RefundRequest,
    RefundState,
)
from largesse.topups.refunds import queries
from largesse.topups.refunds.jobs import advance
from largesse.topups.refunds.model import Progress, Refund
from largesse.topups.refunds.requests import request_refund
from largesse.topups.registry import enabled_providers
from tests.conformance.abilities import Ability, needs
from tests.conformance.till import SUCCEEDED, Till


async def _requested(till: Till) -> Refund:
    """A refund of a credited order that nobody was asked for yet."""
    order = await till.order()
    await till.harness.happen(order.id, SUCCEEDED)
    await till.receive(await till.harness.notify(order.id, SUCCEEDED))
    async with till.services.db.transaction() as conn:
        await conn.execute(
            """
            INSERT INTO refund_policy (country, channel, valid_from, days, coins_unused_min, part)
            VALUES ('US', %s, '2025-06-01', 14, 1, true)
            """,
            (till.harness.provider.channel,),
        )
    coins = till.package_coins
    requested = await request_refund(till.services, till.buyer, order.id, coins=coins, key=None)
    async with till.services.db.read() as conn:
        refund = await queries.find_refund(conn, requested.refund.id)
    assert refund is not None
    return refund


async def _look_up(till: Till, refund: Refund) -> None:
    reference = PaymentReference(order_id=refund.order_id, transaction_id=refund.transaction_id)
    for event in await till.harness.provider.look_up(reference):
        await apply_event(till.services, till.harness.provider, event)


@needs(Ability.REFUNDS)
async def test_a_refund_we_ask_for_is_one_cause_whoever_tells_of_it(till: Till) -> None:
    refund = await _requested(till)
    assert await till.coins() == 0
    await advance(till.services, refund.id, apply_event)
    for _ in range(2):
        await _look_up(till, refund)
    async with till.services.db.read() as conn:
        after = await queries.find_refund(conn, refund.id)
        standing = await ledger.purchase_standing(conn, refund.user_id, refund.order_id)
    assert after is not None
    assert standing is not None
    assert after.state is Progress.DONE
    assert standing.cause_ids == {refund.cause_id}
    assert standing.reversed_minor == refund.amount_minor
    shown = await till.show(refund.order_id)
    assert shown.state == "refunded"
    assert [line.reason.value for line in shown.history].count("money_returned") == 1
    assert await till.coins() == 0


@needs(Ability.REFUNDS)
async def test_a_refund_that_was_done_without_an_answer_is_found_by_looking_up(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund = await _requested(till)
    provider = type(enabled_providers(till.services)[till.harness.provider.name])
    real, asked = provider.refund, list[str]()

    async def cut_off(self: PaymentProvider, request: RefundRequest) -> RefundState:
        asked.append("")
        await real(self, request)
        raise TimeoutError("the answer is lost")

    monkeypatch.setattr(provider, "refund", cut_off)
    with pytest.raises(TimeoutError):
        await advance(till.services, refund.id, apply_event)
    await advance(till.services, refund.id, apply_event)
    async with till.services.db.read() as conn:
        after = await queries.find_refund(conn, refund.id)
    assert after is not None
    assert (after.state, len(asked)) == (Progress.DONE, 1)
    assert (await till.show(refund.order_id)).state == "refunded"
