"""Exports of some months start where their batches start."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from largesse.ledger import chain
from largesse.ledger.proof.export import export
from largesse.ledger.proof.verify import verify_dir
from largesse.ledger.queries import exports
from tests.ledger.test_export import history
from tests.ledger.world import World


@pytest.mark.breaks_ledger
async def test_months_have_exports_of_their_own(world: World, tmp_path: Path) -> None:
    """Batches of a month by their time, in a chain that is closed again after its times were moved."""
    await history(world)
    async with world.db.transaction() as conn:
        await conn.execute(
            "UPDATE batch SET created_at = '2026-01-31T23:59:59Z'::timestamptz + (no - 5) * interval '1 s'"
        )
        await conn.execute(
            "UPDATE gift g SET created_at = b.created_at FROM batch b WHERE b.lane = g.lane AND b.no = g.batch_no"
        )
        await conn.execute("UPDATE batch SET created_at = '2025-06-01' WHERE lane = 0")
    await close_chain(world)
    async with world.db.read() as conn:
        manifest = await export(conn, tmp_path / "out", months=[date(2026, 2, 14)])
    assert manifest.months == ["2026-02"]
    assert [(lane.lane, lane.first_no, lane.last_no) for lane in manifest.lanes] == [(1, 6, 12)]
    report = verify_dir(tmp_path / "out")
    assert report.ok, report.faults
    assert report.lanes[0].prev_hash != chain.ZERO_HASH
    async with world.db.read() as conn:
        both = await export(conn, tmp_path / "both", months=[date(2026, 1, 1), date(2026, 2, 1)])
    assert [(lane.first_no, lane.last_no) for lane in both.lanes] == [(1, 12)]


async def close_chain(world: World) -> None:
    """Hash lane 1 again."""
    folder_rows: dict[int, list[bytes]] = {}
    async with world.db.transaction() as conn:
        cursor = await conn.execute("SELECT no, created_at FROM batch WHERE lane = 1 ORDER BY no")
        batches = await cursor.fetchall()
        for no, _ in batches:
            rows = await exports.gifts(conn, 1, no, no)
            folder_rows[no] = [chain.gift_leaf(*row[1:18]) for row in rows]
        prev_hash = chain.ZERO_HASH
        for no, at in batches:
            time = chain.microseconds(at)
            hash = chain.batch_hash(prev_hash, 1, no, time, folder_rows[no], [])
            await conn.execute(
                "UPDATE batch SET prev_hash = %s, hash = %s WHERE lane = 1 AND no = %s",
                (prev_hash, hash, no),
            )
            prev_hash = hash


async def test_a_month_holds_the_batches_of_its_partition(world: World, tmp_path: Path) -> None:
    await history(world)
    async with world.db.read() as conn:
        manifest = await export(conn, tmp_path / "out", months=[datetime.now(UTC).date()])
        nothing = await export(conn, tmp_path / "none", months=[date(2019, 5, 1)])
    assert [lane.last_no for lane in manifest.lanes] == [2, 12]
    assert nothing.lanes == []
    assert verify_dir(tmp_path / "none").ok


async def test_an_export_can_go_on_where_another_one_ended(world: World, tmp_path: Path) -> None:
    await history(world)
    async with world.db.read() as conn:
        whole = await export(conn, tmp_path / "whole")
        rest = await export(conn, tmp_path / "rest", after={0: 2, 1: 7})
    assert [(lane.lane, lane.first_no, lane.last_no) for lane in rest.lanes] == [(1, 8, 12)]
    assert rest.lanes[0].last_hash == whole.lanes[1].last_hash
    assert verify_dir(tmp_path / "rest").ok
