"""The check finds every kind of broken invariant and names the place."""

from typing import LiteralString

import pytest

from largesse import ledger
from tests.ledger.world import World, gift, send_together

pytestmark = pytest.mark.breaks_ledger

ORDER_FAILED: LiteralString = """
INSERT INTO top_up_order (user_id, id, state, price_book_id, tax_name, tax_bp, provider, channel, country, coins,
                          coins_bonus, currency, net_minor, tax_minor, gross_minor, fee_minor, hold_days,
                          idempotency_key, created_at, expires_at, updated_at)
SELECT owner_id, id, 'failed', 1, 'tax', 0, provider, channel, 'US', coins, coins_bonus, currency,
       gross_minor - tax_minor, tax_minor, gross_minor, fee_minor, hold_days, 'key', now(), now(), now() FROM lot
"""
ORDER_REFUNDED: LiteralString = ORDER_FAILED.replace("'failed'", "'refunded'").replace(
    "SELECT owner_id, id,", "SELECT owner_id, owner_id,"
)
NOT_RETURNED: LiteralString = """
INSERT INTO provider_transaction SELECT 'sandbox', 'x', owner_id, owner_id, 'returning', now() FROM lot
"""
BREAKAGES: list[tuple[int, LiteralString, str]] = [
    (1, "UPDATE transfer SET to_code = 1 WHERE to_code = 40", "entry "),
    (1, "UPDATE transfer SET asset = 'COIN' WHERE asset = 'USD' AND to_code = 43", "entry "),
    (2, "UPDATE balance SET amount = amount + 1 WHERE code = 1", "owner "),
    (2, "UPDATE balance SET bonus = bonus + 1 WHERE code = 1", "account 2"),
    (2, "UPDATE balance SET amount = amount - 1 WHERE code = 10", "account 10"),
    (2, "DELETE FROM balance WHERE code = 10", "account 10"),
    (2, "UPDATE balance SET turnover = turnover + 1 WHERE code = 1", "owner "),
    (2, "UPDATE balance SET bonus_turnover = 0 WHERE code = 1", "owner "),
    (3, "UPDATE balance SET amount = -1 WHERE code = 1", "owner "),
    (3, "INSERT INTO balance (owner_id, code, amount) SELECT owner_id, 3, 5 FROM balance WHERE code = 1", "owner "),
    (4, "UPDATE lot SET coins = coins - 1", "owner "),
    (4, "UPDATE lot SET start = start + 2", "lot "),
    (4, "UPDATE gift SET spent_before = 0", "gift "),
    (4, "DELETE FROM lot", "owner "),
    (5, "UPDATE gift SET message = 'x' WHERE message IS NULL", "lane 1 batch 1"),
    (5, "UPDATE gift SET created_at = created_at + interval '1 microsecond' WHERE batch_no = 2", "lane 1 batch 2"),
    (5, "UPDATE gift SET hold_days = 0", "lane 1 batch 1"),
    (5, "DELETE FROM gift WHERE batch_no = 2", "lane 1 batch 2"),
    (5, "UPDATE gift SET batch_no = 2 WHERE batch_no = 1", "lane 1 batch 1"),
    (5, "DELETE FROM batch WHERE lane = 1 AND no = 1", "lane 1 batch 1"),
    (5, "DELETE FROM batch WHERE lane = 1 AND no = 2", "lane 1 batch 2"),
    (5, "DELETE FROM batch WHERE lane = 0", "lane 0 batch 1"),
    (5, "UPDATE batch SET prev_hash = hash WHERE lane = 1 AND no = 2", "lane 1 batch 2"),
    (5, "UPDATE batch SET hash = prev_hash WHERE lane = 1 AND no = 1", "lane 1 batch 1"),
    (5, "UPDATE batch SET created_at = now() WHERE lane = 1 AND no = 1", "lane 1 batch 1"),
    (5, "UPDATE transfer SET reference_id = owner_id WHERE line = 3", "lane 0 batch 1"),
    (6, "UPDATE lot SET coins_bought = coins_bought + 1", "order "),
    (6, "UPDATE lot SET coins_bonus = coins_bonus + 1", "order "),
    (6, "UPDATE lot SET id = owner_id", "order "),
    (6, "INSERT INTO provider_transaction SELECT 'sandbox', n::text, id, owner_id, 'credited', now() FROM lot, generate_series(1, 2) n", "order "),  # noqa: E501
    (6, "INSERT INTO provider_transaction SELECT 'sandbox', 'x', owner_id, owner_id, 'credited', now() FROM lot", "order "),  # noqa: E501
    (6, "UPDATE lot SET gross_minor = gross_minor + 1", "lot "),
    (6, "UPDATE lot SET tax_minor = 0", "lot "),
    (6, "UPDATE lot SET currency = 'JPY'", "lot "),
    (6, ORDER_FAILED, "order "),
    (6, ORDER_REFUNDED + ";" + NOT_RETURNED, "order "),
    (7, "UPDATE gift SET milli_diamonds = milli_diamonds + 1", "gift "),
    (7, "UPDATE gift SET share_id = 77", "gift "),
    (8, "UPDATE balance SET amount = amount + 1 WHERE code = 10", "all creators"),
    (9, "UPDATE room SET last_seq = last_seq + 1", "room "),
    (9, "UPDATE gift SET seq = 1", "room "),
    (9, "DELETE FROM room", "room "),
]  # fmt: skip


async def small_history(world: World) -> None:
    sender, room = await world.viewer(100, 5), await world.room()
    async with world.writer() as writer:
        await send_together(writer, [gift(sender, room, 7), gift(sender, room, 3)])
        await writer.submit(gift(sender, room, 9))


async def check(world: World) -> list[ledger.Problem]:
    async with world.db.read() as conn:
        return (await ledger.check(conn)).problems


@pytest.mark.parametrize(("invariant", "breakage", "place"), BREAKAGES)
async def test_a_broken_invariant_is_found_and_named(
    world: World, invariant: int, breakage: LiteralString, place: str
) -> None:
    await small_history(world)
    assert await check(world) == []
    async with world.db.transaction() as conn:
        await conn.execute("ALTER TABLE balance DROP CONSTRAINT balance_amount_check")
        await conn.execute(breakage)
    problems = await check(world)
    found = [problem for problem in problems if problem.invariant == invariant]
    assert any(place in problem.place for problem in found), problems


async def test_a_swapped_pair_of_rows_is_found(world: World) -> None:
    await small_history(world)
    async with world.db.transaction() as conn:
        await conn.execute(
            "UPDATE gift g SET coins_paid = o.coins_paid, coins_bonus = o.coins_bonus,"
            " milli_diamonds = o.milli_diamonds, spent_before = o.spent_before FROM gift o"
            " WHERE g.batch_no = 1 AND o.batch_no = 1 AND g.id <> o.id"
        )
    assert [problem.place for problem in await check(world)] == ["lane 1 batch 1"]


async def test_an_unbalanced_entry_is_found(world: World) -> None:
    await small_history(world)
    async with world.db.transaction() as conn:
        await conn.execute(
            "CREATE OR REPLACE VIEW posting AS SELECT to_id AS owner_id, to_code AS code, asset, amount,"
            " entry_id, kind, lane, batch_no, created_at FROM transfer"
        )
    problems = await check(world)
    assert any(p.invariant == 1 and "COIN sums to 105" in p.detail for p in problems)


async def test_many_broken_places_are_cut_short(world: World) -> None:
    sender, room = await world.viewer(100), await world.room()
    async with world.writer() as writer:
        await send_together(writer, [gift(sender, room) for _ in range(50)])
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE gift SET share_id = 77")
    assert len([p for p in await check(world) if p.invariant == 7]) == 20
