"""A signed head makes a tail that was cut off, an old backup and another history visible."""

import asyncio
import base64
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from largesse import ledger
from largesse.ledger.proof import heads
from largesse.ledger.proof.database import current_head, head_missing
from largesse.ledger.proof.export import export
from largesse.ledger.proof.heads import Head, HeadInvalid, HeadKeyInvalid, read_head
from largesse.ledger.proof.layout import moment
from largesse.ledger.proof.rows import read_batch
from largesse.ledger.proof.verify import verify_dir
from largesse.ledger.queries.exports import LaneHead
from tests.ledger import exported
from tests.ledger.exported import joined, read_lane, reseal, small_export, split, tamper
from tests.ledger.world import World, gift

PRIVATE, PUBLIC = heads.new_keys()
TIME = "2026-11-22T01:39:51.123456Z"


def sign(head: Head) -> bytes:
    return heads.head_json(heads.sign(head, PRIVATE)).encode()


def head_of(folder: Path) -> Head:
    """Where a sound export ends."""
    lanes = verify_dir(folder).lanes
    ends = [LaneHead(lane.lane, lane.last_no, lane.last_hash) for lane in lanes]
    return Head(TIME, 26, 60, 20, ends)


def missing(folder: Path, head: Head) -> list[str]:
    """What verification says about an export and a head."""
    report = verify_dir(folder, wanted={lane.lane: lane.no for lane in head.lanes})
    assert report.ok, report.faults
    found = heads.lanes_found(report.lanes, report.hashes)
    return [why for _, why in heads.missing_from(head, found, place="the export")]


def test_a_signed_head_is_read_back() -> None:
    head = Head(TIME, 3, 4, 5, [LaneHead(0, 1, b"a" * 32), LaneHead(7, 2, b"b" * 32)])
    found = read_head(sign(head), PUBLIC)
    assert (found.lanes, found.batches, found.time) == (head.lanes, 3, TIME)


def test_the_signed_bytes_are_these() -> None:
    head = Head(TIME, 3, 4, 5, [LaneHead(0, 1, b"a" * 32), LaneHead(7, 2, b"b" * 32)])
    assert head.signed_bytes == (
        b"largesse-head-1\ntime 2026-11-22T01:39:51.123456Z\nbatches 3 gifts 4 transfers 5\n"
        b"lane 0 1 " + b"61" * 32 + b"\nlane 7 2 " + b"62" * 32 + b"\n"
    )


def test_keys_belong_together() -> None:
    assert heads.public_key_of(PRIVATE) == PUBLIC
    assert heads.new_keys()[0] != PRIVATE


@pytest.mark.parametrize(
    "change",
    [
        {"time": "2026-11-22T01:39:51.123457Z"},
        {"batches": 4},
        {"gifts": 5},
        {"transfers": 0},
        {"lanes": []},
        {"lanes": [{"lane": 0, "no": 2, "hash": "61" * 32}]},
        {"lanes": [{"lane": 1, "no": 1, "hash": "61" * 32}]},
        {"lanes": [{"lane": 0, "no": 1, "hash": "62" * 32}]},
        {"signature": base64.b64encode(bytes(64)).decode()},
        {"signature": ""},
        {"signature": None},
        {"signature": "?"},
        {"signature": 5},
        {"format": "largesse-head-2"},
        {"time": None},
        {"lanes": None},
        {"lanes": [{}]},
        {"batches": True},
    ],
)
def test_a_head_that_was_changed_is_refused(change: dict[str, Any]) -> None:
    data = json.loads(sign(Head(TIME, 3, 4, 5, [LaneHead(0, 1, b"a" * 32)])))
    with pytest.raises(HeadInvalid):
        read_head(json.dumps(data | change).encode(), PUBLIC)


@pytest.mark.parametrize(
    "garbage", [b"", b"{}", b"[]", b"7", b"\xff", b"[" * 100_000, b'{"lanes":1}']
)
def test_garbage_is_no_head(garbage: bytes) -> None:
    with pytest.raises(HeadInvalid):
        read_head(garbage, PUBLIC)


def test_another_key_does_not_fit() -> None:
    _, other = heads.new_keys()
    with pytest.raises(HeadInvalid, match="does not fit the public key"):
        read_head(sign(Head(TIME, 0, 0, 0, [])), other)


@pytest.mark.parametrize("key", ["", "x", "é", "AAAA", base64.b64encode(bytes(33)).decode()])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(HeadKeyInvalid):
        read_head(sign(Head(TIME, 0, 0, 0, [])), key)
    with pytest.raises(HeadKeyInvalid):
        heads.sign(Head(TIME, 0, 0, 0, []), key)


def test_an_export_contains_its_own_head_and_older_ones(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    head = head_of(folder)
    assert missing(folder, head) == []
    batch = read_batch(split(joined(read_lane(folder, 3)))[11][0])
    older = Head(TIME, 12, 1, 1, [LaneHead(3, 12, batch.hash)])
    assert missing(folder, older) == []


def test_an_old_backup_is_told_exactly(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    head = head_of(folder)
    tamper(folder, 3, lambda batches: batches.__delitem__(slice(12, None)))
    reseal(folder)
    assert missing(folder, head) == [
        f"lane 3 ends at batch 12 ({moment(exported.TIME + 12)}); the head signed at {TIME} names batch 20:"
        " 8 batches are missing"
    ]


def test_one_missing_batch_is_enough(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    head = head_of(folder)
    tamper(folder, 0, lambda batches: batches.__delitem__(-1))
    reseal(folder)
    (why,) = missing(folder, head)
    assert why.endswith("names batch 6: 1 batch is missing")


def test_a_lane_that_is_missing_is_told(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    head = head_of(folder)
    (folder / "lane-3.jsonl.gz").unlink()
    reseal(folder)
    assert missing(folder, head) == [
        f"lane 3 is not in the export; the head signed at {TIME} names batch 20"
    ]


def test_another_history_is_told(tmp_path: Path) -> None:
    head = head_of(small_export(tmp_path / "export"))
    other = small_export(tmp_path / "other", seed=2)
    whys = missing(other, head)
    assert len(whys) == 2
    assert whys[1].startswith("batch 20 of lane 3 has the hash ")
    assert whys[1].endswith("this is another history")


def test_a_partial_export_is_held_against_the_head_where_it_can_be(tmp_path: Path) -> None:
    folder = small_export(tmp_path / "export")
    batches = [read_batch(batch[0]) for batch in split(joined(read_lane(folder, 3)))]
    tamper(folder, 3, lambda lines: lines.__delitem__(slice(0, 8)))
    reseal(folder)
    fits = Head(TIME, 1, 1, 1, [LaneHead(3, 8, batches[7].hash)])
    assert missing(folder, fits) == []
    forged = Head(TIME, 1, 1, 1, [LaneHead(3, 8, batches[6].hash)])
    assert "this is another history" in missing(folder, forged)[0]
    early = Head(TIME, 1, 1, 1, [LaneHead(3, 5, batches[4].hash)])
    assert missing(folder, early)[0].startswith("lane 3 starts at batch 9 in the export; ")


async def small_journal(world: World) -> Callable[[], Awaitable[None]]:
    """A gift in lane 1, and what sends one more."""
    sender, room = await world.viewer(100), await world.room()

    async def more() -> None:
        async with world.writer() as writer:
            await writer.submit(gift(sender, room, 3))

    await more()
    return more


async def database_head(world: World) -> Head:
    async with world.db.read() as conn:
        return await current_head(conn)


async def database_missing(world: World, head: Head) -> list[str]:
    async with world.db.read() as conn:
        return [why for _, why in await head_missing(conn, head)]


async def test_the_database_contains_its_heads(world: World) -> None:
    more = await small_journal(world)
    head = await database_head(world)
    assert (head.batches, head.gifts) == (2, 1)
    assert head.transfers > 0
    await more()
    assert await database_missing(world, head) == []


async def test_an_empty_journal_has_a_head(world: World) -> None:
    head = await database_head(world)
    assert (head.lanes, head.batches) == ([], 0)
    assert await database_missing(world, head) == []


@pytest.mark.breaks_ledger
async def test_a_tail_removed_from_the_database_is_told(world: World) -> None:
    more = await small_journal(world)
    await more()
    head = await database_head(world)
    async with world.db.transaction() as conn:
        await conn.execute("DELETE FROM gift WHERE batch_no = 2 AND lane = 1")
        await conn.execute("DELETE FROM batch WHERE no = 2 AND lane = 1")
        await conn.execute("DELETE FROM transfer")
        await conn.execute("DELETE FROM batch WHERE lane = 0")
    empty, cut = await database_missing(world, head)
    assert empty.startswith("lane 0 is not in the database; ")
    assert cut.startswith("lane 1 ends at batch 1 (")
    assert cut.endswith("names batch 2: 1 batch is missing")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(ledger.ledger_app, arguments)


@pytest.fixture
async def signed(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """A journal, its export in `old`, and then a head of one gift more."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LARGESSE_HEAD_KEY", PRIVATE)
    more = await small_journal(world)
    async with world.db.read() as conn:
        await export(conn, tmp_path / "old")
    await more()
    printed = await asyncio.to_thread(run, "head", "--sign")
    assert printed.exit_code == 0, printed.output
    (tmp_path / "head.json").write_text(printed.stdout)
    return tmp_path / "head.json"


async def test_the_commands_hold_a_head_against_exports_and_database(
    world: World, signed: Path, tmp_path: Path
) -> None:
    options = ["--head", str(signed), "--public-key", PUBLIC]
    checked = await asyncio.to_thread(run, "check", *options)
    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (0, "ok")
    assert "It contains the head signed at 20" in checked.stdout
    old = await asyncio.to_thread(run, "verify", str(tmp_path / "old"), *options)
    assert old.exit_code == 1
    assert "lane 1 ends at batch 1 (" in old.stdout
    assert "names batch 2: 1 batch is missing" in old.stdout
    async with world.db.read() as conn:
        await export(conn, tmp_path / "new")
    new = await asyncio.to_thread(run, "verify", str(tmp_path / "new"), *options)
    assert (new.exit_code, new.stdout.splitlines()[-1]) == (0, "ok")
    shutil.rmtree(tmp_path / "new")


@pytest.mark.breaks_ledger
async def test_check_fails_on_a_database_without_the_head(world: World, signed: Path) -> None:
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE batch SET hash = prev_hash WHERE lane = 1 AND no = 2")
    result = await asyncio.to_thread(run, "check", "--head", str(signed), "--public-key", PUBLIC)
    assert result.exit_code == 1
    assert "this is another history" in result.stdout


async def test_wrong_options_are_told(signed: Path, tmp_path: Path) -> None:
    for arguments in (
        ["--head", str(signed)],
        ["--public-key", PUBLIC],
        ["--head", str(tmp_path / "nowhere"), "--public-key", PUBLIC],
    ):
        result = await asyncio.to_thread(run, "verify", str(tmp_path / "old"), *arguments)
        assert result.exit_code == 2, result.output
    _, other = heads.new_keys()
    wrong = await asyncio.to_thread(
        run, "verify", str(tmp_path / "old"), "--head", str(signed), "--public-key", other
    )
    assert isinstance(wrong.exception, HeadInvalid)


async def test_signing_needs_the_key_of_the_environment(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("LARGESSE_HEAD_KEY", raising=False)
    refused = await asyncio.to_thread(run, "head", "--sign")
    assert getattr(refused.exception, "code", None) == "head_key_missing"
    unsigned = await asyncio.to_thread(run, "head")
    assert "signature" not in json.loads(unsigned.stdout)
    with pytest.raises(HeadInvalid, match="not signed"):
        read_head(unsigned.stdout.encode(), PUBLIC)
    monkeypatch.setenv("LARGESSE_HEAD_KEY", "not a key")
    assert isinstance((await asyncio.to_thread(run, "head", "--sign")).exception, HeadKeyInvalid)


def test_keygen_prints_a_pair() -> None:
    private, public = run("keygen").stdout.splitlines()
    key = private.removeprefix("LARGESSE_HEAD_KEY=")
    assert heads.public_key_of(key) == public.removeprefix("public key: ")
