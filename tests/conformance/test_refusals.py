"""What must not credit: changed, old, from elsewhere, or not what was ordered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from largesse.topups.errors import BadSignature
from tests.conformance.abilities import Ability, needs
from tests.conformance.behaviours import behaviour
from tests.conformance.harness import PriceHarness
from tests.conformance.till import SUCCEEDED, Till


@behaviour("tampered")
async def test_a_tampered_notification_credits_nothing(till: Till) -> None:
    order = await till.paid()
    raw = await till.harness.notify(order.id, SUCCEEDED)
    forgeries = [till.harness.tamper(raw), replace(raw, body=b"")]
    if till.harness.provider.signature_headers:
        forgeries.append(replace(raw, headers={}))
    for forged in forgeries:
        with pytest.raises(BadSignature):
            await till.receive(forged)
    assert await till.stands(order) == ("pending", 0)
    await till.receive(raw)
    await till.assert_credited(order)


@behaviour("replayed")
async def test_an_old_notification_credits_nothing(till: Till) -> None:
    order = await till.paid()
    raw = await till.harness.notify(order.id, SUCCEEDED)
    with pytest.raises(BadSignature):
        await till.receive(replace(raw, received_at=raw.received_at + timedelta(days=1)))
    assert await till.stands(order) == ("pending", 0)


@behaviour("wrong environment")
async def test_another_environments_notification_credits_nothing(till: Till) -> None:
    order = await till.paid()
    with pytest.raises(BadSignature):
        await till.receive(await till.harness.notify_elsewhere(order.id))
    assert await till.stands(order) == ("pending", 0)


@behaviour("wrong amount")
@needs(Ability.OUR_PRICE)
@pytest.mark.parametrize("amount_minor", [1, 371])
async def test_another_amount_credits_nothing(till: Till, amount_minor: int) -> None:
    order = await till.paid()
    await till.receive(await till.harness.notify_other_amount(order.id, amount_minor))
    assert await till.stands(order) == ("pending", 0)
    assert (await till.reasons(order))[-1] == "payment_mismatch"


@behaviour("wrong currency")
@needs(Ability.OUR_PRICE)
async def test_another_currency_credits_nothing(till: Till) -> None:
    assert isinstance(till.harness, PriceHarness)
    order = await till.paid()
    assert (order.total.amount_minor, order.total.currency) == (370, "USD")
    await till.receive(await till.harness.notify_other_currency(order.id, "EUR"))
    assert await till.stands(order) == ("pending", 0)
    assert (await till.reasons(order))[-1] == "payment_mismatch"
