"""A month leaves the database: exported, verified, and everything that stays is still proved."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import httpx
import psycopg
import pytest

from largesse import finance, ledger, outbox
from largesse.db import Database, ReadConnection
from largesse.outbox import archive
from tests.fixtures_identity import MakeUser
from tests.ledger.world import Room, World, send_together
from tests.outbox import naive
from tests.outbox.past import AT, FEBRUARY, JANUARY, Past, id_at, past

__all__ = ["past"]


async def problems(world: World) -> list[ledger.Problem]:
    async with world.db.read() as conn:
        return (await ledger.check(conn)).problems


async def tables(world: World) -> set[str]:
    async with world.db.read() as conn:
        cursor = await conn.execute("SELECT relname FROM pg_class WHERE relname ~ '2025_0[12]$'")
        return {row[0] for row in await cursor.fetchall()}


@pytest.mark.parametrize("keep", [False, True])
async def test_a_month_goes_and_the_rest_is_still_proved(
    past: Past, tmp_path: Path, keep: bool
) -> None:
    world = past.world
    await past.settle()
    done = await past.archive(tmp_path / "01", keep=keep)
    assert (done.month, done.gifts, done.room_events) == (JANUARY, 8, 1)
    assert ledger.verify_dir(tmp_path / "01").ok
    assert (tmp_path / "01" / archive.EVENTS_FILE).exists()
    assert await world.count("gift") == 4
    kept = {"archived_gift_2025_01", "archived_room_event_2025_01"} if keep else set()
    assert await tables(world) == {"gift_2025_02", "room_event_2025_02", *kept}
    assert await world.count("archived_leaf") == 1
    assert await problems(world) == []
    await past.archive(tmp_path / "02", FEBRUARY)
    assert await world.count("gift") == await world.count("archived_leaf") == 0
    assert await problems(world) == []
    for name in ("01", "02"):
        assert ledger.verify_dir(tmp_path / name).ok
    lanes = [
        json.loads((tmp_path / name / "manifest.json").read_text())["lanes"]
        for name in ("01", "02")
    ]
    ends = {lane["lane"]: lane["last"] for lane in lanes[0]}
    for lane in lanes[1]:
        if lane["lane"] in ends:  # the second export goes on where the first one ends
            assert lane["first"]["no"] == ends[lane["lane"]]["no"] + 1
            assert lane["first"]["prev_hash"] == ends[lane["lane"]]["hash"]


async def test_what_pages_show_stays_and_can_be_rebuilt(past: Past, tmp_path: Path) -> None:
    world = past.world
    await past.settle()
    await outbox.catch_up(world.db)
    before = await naive.rollups(world.db)
    async with world.db.read() as conn:
        statement = await outbox.wallet_statement(conn, past.sender, JANUARY)
        earned = await outbox.creator_statement(conn, past.room.recipient_id, FEBRUARY)
    await past.archive(tmp_path / "01")
    assert await naive.rollups(world.db) == before
    await outbox.rebuild(world.db)
    assert await naive.rollups(world.db) == before
    async with world.db.read() as conn:
        assert await outbox.wallet_statement(conn, past.sender, JANUARY) == statement
        assert await outbox.creator_statement(conn, past.room.recipient_id, FEBRUARY) == earned
        history = await ledger.wallet_history(conn, past.sender, limit=50)
    assert [event.at.month for event in history.items] == [2]
    assert history.next_cursor is None
    assert history.archived_until == datetime(2025, 2, 1, 0, 0, 1, tzinfo=UTC)
    async with world.db.read() as conn:
        with pytest.raises(outbox.Archived):
            await outbox.refuse_archived(conn, past.first)
        await outbox.refuse_archived(conn, id_at(AT))
        await outbox.refuse_archived(conn, uuid4())


async def test_the_whole_journal_is_exported_from_where_the_archive_ends(
    past: Past, tmp_path: Path
) -> None:
    await past.settle()
    await past.archive(tmp_path / "01")
    async with past.world.db.read() as conn:
        await ledger.export(conn, tmp_path / "rest")
    report = ledger.verify_dir(tmp_path / "rest")
    assert report.faults == []


async def test_an_order_whose_gifts_are_archived_can_still_be_taken_back(
    past: Past, tmp_path: Path
) -> None:
    await past.settle()
    await past.archive(tmp_path / "01")
    past.at = AT + timedelta(days=1)
    await past.world.set_steps("reverse_diamonds", "owe")
    taken = await past.world.take_back(past.sender, past.order)
    assert await problems(past.world) == []
    wallet = await past.world.wallet(past.sender)
    assert wallet.coins_paid == 0
    assert wallet.coins_owed > 0
    assert taken.duplicate is False
    await past.world.cancel(past.sender, past.order)
    assert await problems(past.world) == []


async def test_gifts_that_a_reversal_names_stay(past: Past, tmp_path: Path) -> None:
    world = past.world
    past.at = datetime(2025, 1, 21, tzinfo=UTC)
    await world.set_steps("reverse_diamonds")
    async with world.db.transaction() as conn:
        await conn.execute(
            "UPDATE reversal_rule SET valid_from = '2024-01-01' WHERE steps = '{reverse_diamonds}'"
        )
    await world.take_back(past.other, past.other_order)
    reversed_gifts = await world.count("reversed_gift")
    assert reversed_gifts > 0
    past.at = AT
    await past.settle()
    before = await rankings(world, past.room)
    await past.archive(tmp_path / "01")
    assert await problems(world) == []
    await past.archive(tmp_path / "02", FEBRUARY)
    assert await world.count("gift") == await world.count("gift_rest") == reversed_gifts
    assert await problems(world) == []
    await outbox.rebuild(world.db)
    assert await rankings(world, past.room) == before
    await world.cancel(past.other, past.other_order, "chargeback")
    assert await problems(world) == []


async def rankings(world: World, room: Room) -> list[outbox.Supporter]:
    async with world.db.read() as conn:
        return await outbox.supporters(conn, room.id, 10)


async def test_a_month_that_is_still_needed_is_refused(past: Past, tmp_path: Path) -> None:
    async def refused(month: date, why: str, at: datetime = AT) -> None:
        folder = tmp_path / uuid4().hex
        with pytest.raises(outbox.ArchiveRefused) as refusal:
            await outbox.archive_month(past.world.db, month, folder, readers=[], at=at)
        assert why in refusal.value.detail
        assert not folder.exists()

    await refused(JANUARY, "still pending")
    await ledger.mature_due(past.world.db, at=AT)
    await refused(JANUARY, "2025-01-02 is not closed")
    await finance.close_due(past.world.db, at=AT)
    await refused(FEBRUARY, "2025-01 comes first")
    await refused(JANUARY, "not older", datetime(2025, 4, 30, tzinfo=UTC))
    await refused(date(2019, 1, 1), "no table")
    await past.archive(tmp_path / "01")
    await refused(JANUARY, "archived already")


@pytest.mark.parametrize("kind", ["event", "gift"])
async def test_a_month_that_grows_during_the_export_stays(
    past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    world = past.world
    await past.settle()
    export_events = archive._export_events

    async def meanwhile(conn: ReadConnection, month: date, folder: Path, *, texts: bool) -> int:
        past.at = datetime(2025, 1, 31, tzinfo=UTC)
        if kind == "event":
            await past.event()
        else:
            async with world.writer(clock=lambda: past.at) as writer:
                late = past.request(past.sender, past.at)
                await writer.submit(replace(late, hold_min_days=400))  # not due for long
        return await export_events(conn, month, folder, texts=texts)

    monkeypatch.setattr(archive, "_export_events", meanwhile)
    with pytest.raises(outbox.ArchiveRefused):
        await past.archive(tmp_path / "01")
    monkeypatch.setattr(archive, "_export_events", export_events)
    assert await world.count("archived_month") == 0
    assert await problems(world) == []
    if kind == "event":
        assert (await past.archive(tmp_path / "again")).room_events == 2


@pytest.mark.breaks_ledger
async def test_a_forged_sum_or_a_leaf_that_was_changed_is_found(past: Past, tmp_path: Path) -> None:
    world = past.world
    await past.settle()
    await past.archive(tmp_path / "01")
    breakages: tuple[LiteralString, ...] = (
        "UPDATE archived_viewer_month SET coins_paid = coins_paid + 1",
        "UPDATE archived_creator_day SET milli_diamonds = milli_diamonds + 1",
        "UPDATE archived_span SET coins = coins + 1",
        "UPDATE archived_leaf SET leaf = sha256(leaf)",
        "DELETE FROM archived_leaf",
        "UPDATE archived_room SET events = events + 1",
        "UPDATE batch SET gifts_archived = gifts_archived - 1 WHERE gifts_archived > 0",
        "UPDATE batch SET hash = sha256(hash) WHERE lane = 1 AND no = 1",
    )
    for breakage in breakages:
        async with world.db.transaction() as conn:
            await conn.execute(breakage)
            assert (await ledger.check(conn)).problems != [], breakage
            raise psycopg.Rollback
    assert await problems(world) == []


async def test_the_receipt_of_a_gift_in_the_archive_is_gone(
    client: httpx.AsyncClient, users: MakeUser, db: Database
) -> None:
    viewer = await users("Vera")
    async with db.transaction() as conn:
        await conn.execute(
            "INSERT INTO archived_month (month, gifts, room_events, manifest, archived_at)"
            " VALUES ('2025-01-01', 0, 0, sha256(''), now())"
        )
    for day, status, code in ((15, 410, "archived"), (32, 404, "receipt_not_found")):
        id = id_at(datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day))
        answer = await client.get(f"/v1/gifts/{id}/receipt", headers=viewer.headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_what_was_given_without_a_name_is_in_no_ranking_afterwards_either(
    past: Past, tmp_path: Path
) -> None:
    world = past.world
    past.at = datetime(2025, 1, 25, tzinfo=UTC)
    async with world.writer(clock=lambda: past.at) as writer:
        hidden = past.request(past.other, past.at)
        hidden.anonymous = True
        await send_together(writer, [hidden])
    past.at = AT
    await past.settle()
    before = await rankings(world, past.room)
    total = await totals(world, past.room)
    await past.archive(tmp_path / "01")
    await outbox.rebuild(world.db)
    assert await rankings(world, past.room) == before
    assert await totals(world, past.room) == total


async def totals(world: World, room: Room) -> outbox.RoomEarnings:
    async with world.db.read() as conn:
        return (await outbox.room_totals(conn, [room.id]))[room.id]
