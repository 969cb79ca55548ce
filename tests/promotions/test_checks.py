"""`largesse ledger check` finds what is wrong with discounts, lapsed and free coins, and names it."""

from datetime import timedelta
from typing import LiteralString

import pytest

from largesse import ledger
from largesse.ledger import BonusGrant, BonusPart
from largesse.types import new_id, now
from tests.ledger.world import World

_BREAKAGES: tuple[LiteralString, ...] = (
    "UPDATE lot SET discount_minor = discount_minor + 1 WHERE discount_minor > 0",
    "UPDATE discount_change SET amount_minor = amount_minor - 1",
    "DELETE FROM discount_change WHERE amount_minor < 0",
    "DELETE FROM transfer WHERE from_code = 42 AND to_code = 47",
    "UPDATE lot SET bonus_lapsed = bonus_lapsed + 1 WHERE bonus_lapsed > 0",
    "DELETE FROM transfer WHERE kind = 'lapse'",
    "UPDATE lot SET gross_minor = 5 WHERE coins_bought = 0",
)


@pytest.mark.breaks_ledger
async def test_every_breakage_is_found_and_named(world: World) -> None:
    owner = new_id()
    order = await world.top_up(owner, 100, discount_minor=111)
    await world.take_back(owner, order, "refund", amount_minor=500)
    grant = BonusGrant(owner, new_id(), BonusPart(7, now() + timedelta(days=1)))
    async with world.db.transaction() as conn:
        await ledger.grant_bonus(conn, grant)
    await ledger.lapse_due(world.db, now() + timedelta(days=2))
    assert await _broken(world, None) == set()
    for breakage in _BREAKAGES:
        assert 13 in await _broken(world, breakage), breakage


async def _broken(world: World, breakage: LiteralString | None) -> set[int]:
    """The invariants that do not hold after a statement, which is undone."""
    async with world.db.transaction() as conn, conn.transaction(force_rollback=True):
        if breakage is not None:
            assert (await conn.execute(breakage)).rowcount > 0, breakage
        return {problem.invariant for problem in (await ledger.check(conn)).problems}
