"""A refund that turns out to be a chargeback, under the same name: the graver rule takes over, once."""

import pytest

from largesse import ledger
from largesse.types import now
from tests.ledger.world import World, gift


@pytest.mark.parametrize("amount_minor", [1_100, 700])
async def test_a_refund_that_becomes_a_chargeback(world: World, amount_minor: int) -> None:
    async with world.db.transaction() as conn:
        await conn.execute(
            "INSERT INTO reversal_rule (id, kind, steps, valid_from)"
            " SELECT max(id) + 1, 'chargeback', '{owe}', %s FROM reversal_rule",
            (now(),),
        )
    buyer = await world.viewer()
    order = await world.top_up(buyer, 100)
    async with world.writer() as writer:
        await writer.submit(gift(buyer, await world.room(), 80))
    await world.take_back(buyer, order, "refund", amount_minor, cause_id="void")
    for _ in range(2):
        told = await world.take_back(buyer, order, "chargeback", amount_minor, cause_id="void")
    assert (told.coins_of_gifts, told.coins_owed) == (0, 100 * amount_minor // 1_100 - 20)
    await world.cancel(buyer, order, "void")
    assert (await world.wallet(buyer)).coins_paid == 20
    async with world.db.read() as conn:
        assert (await ledger.check(conn)).problems == []
