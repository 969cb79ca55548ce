"""An export holds the journal of one snapshot, row by row, and appears whole or not at all."""

import asyncio
import gzip
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from typer.testing import CliRunner, Result

from largesse import ledger
from largesse.ledger.proof import export as export_module
from largesse.ledger.proof.export import FolderNotEmpty, export
from largesse.ledger.proof.manifest import Manifest
from largesse.ledger.proof.verify import verify_dir
from largesse.types import new_id
from tests.ledger.world import World, gift, send_together

PROOF = Path(__file__).resolve().parents[2] / "docs" / "howto" / "proof.md"
MESSAGES = ["plain", 'quotes " \\ and \n\t', "señor 🎁 \u2028", "汉字 " * 20, None]


async def history(world: World) -> None:
    """Two top-ups in lane 0, and in lane 1 twelve batches of one to three gifts."""
    sender, room = await world.viewer(1_000, 5), await world.room()
    await world.viewer(50)
    async with world.writer() as writer:
        for at in range(12):
            message, streak = MESSAGES[at % 5], new_id() if at % 2 else None
            fields = {"message": message, "streak_id": streak}
            gifts = [gift(sender, room, 2 + at, **fields) for _ in range(1 + at % 3)]
            await send_together(writer, gifts)


async def write(world: World, folder: Path) -> Manifest:
    async with world.db.read() as conn:
        return await export(conn, folder)


def lines(folder: Path, lane: int) -> list[bytes]:
    """A lane's lines, read by the gzip of everybody."""
    return gzip.decompress((folder / f"lane-{lane}.jsonl.gz").read_bytes()).splitlines()


def names(folder: Path) -> list[str]:
    """What lies in a folder, hidden files included."""
    return sorted(path.name for path in folder.iterdir())


async def fetch(world: World, query: LiteralString) -> list[tuple[object, ...]]:
    async with world.db.read() as conn:
        return await (await conn.execute(query)).fetchall()


async def test_an_export_verifies_and_holds_every_row(world: World, tmp_path: Path) -> None:
    await history(world)
    manifest = await write(world, tmp_path / "out")
    report = verify_dir(tmp_path / "out")
    assert report.ok, [str(fault) for fault in report.faults]
    assert report.lanes == manifest.lanes
    counted = [(lane.lane, lane.last_no, lane.gifts, lane.transfers) for lane in manifest.lanes]
    stored = await fetch(
        world, "SELECT lane, max(no), sum(gifts), sum(transfers) FROM batch GROUP BY lane ORDER BY lane"
    )  # fmt: skip
    assert counted == stored
    rows = [json.loads(line) for line in lines(tmp_path / "out", 1) if line.startswith(b"[")]
    exported = {(row[2], row[6], row[16]) for row in rows}
    gifts = await fetch(world, "SELECT encode(uuid_send(id), 'hex'), coins_paid, message FROM gift")
    assert exported == set(gifts)
    assert set(MESSAGES) == {row[16] for row in rows}
    assert names(tmp_path) == ["out"]


async def test_the_manifest_says_what_and_when(world: World, tmp_path: Path) -> None:
    await history(world)
    before = datetime.now(UTC)
    await write(world, tmp_path / "out")
    data = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (data["format"], data["months"]) == ("largesse-export-1", None)
    assert abs((datetime.fromisoformat(data["created_at"]) - before).total_seconds()) < 60
    assert re.fullmatch(r"largesse \d+\.\d+\.\d+", data["software"])
    assert (data["batches"], len(data["lanes"])) == (14, 2)


async def test_the_digests_are_those_of_everybodys_tool(world: World, tmp_path: Path) -> None:
    await history(world)
    await write(world, tmp_path / "out")
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    await asyncio.to_thread(subprocess.run, command, cwd=tmp_path / "out", check=True)


async def test_an_empty_journal_has_an_export(world: World, tmp_path: Path) -> None:
    manifest = await write(world, tmp_path / "out")
    assert manifest.lanes == []
    assert verify_dir(tmp_path / "out").ok


async def test_lanes_are_cut_into_blocks(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await history(world)
    monkeypatch.setattr(export_module, "_BLOCK_ROWS", 4)
    monkeypatch.setattr(export_module, "_BLOCK_BATCHES", 5)
    told: list[tuple[int, int]] = []
    async with world.db.read() as conn:
        await export(conn, tmp_path / "out", on_progress=lambda *at: told.append(at))
    assert verify_dir(tmp_path / "out").ok
    assert len(told) > 6
    rows = [line for lane in (0, 1) for line in lines(tmp_path / "out", lane) if line[:1] == b"["]
    assert told[-1] == (len(rows), len(rows))


async def test_a_snapshot_sees_nothing_that_comes_later(world: World, tmp_path: Path) -> None:
    await history(world)
    async with world.db.read() as conn:
        await conn.execute("SELECT 1")
        await world.viewer(10)
        manifest = await export(conn, tmp_path / "out")
    assert manifest.lanes[0].last_no == 2
    assert verify_dir(tmp_path / "out").ok


@pytest.mark.parametrize("there", ["a file", "something else", "an export"])
async def test_a_folder_in_use_is_refused(world: World, tmp_path: Path, there: str) -> None:
    out = tmp_path / "out"
    if there == "a file":
        out.write_text("x")
    elif there == "an export":
        await write(world, out)
    else:
        out.mkdir()
        (out / "notes.txt").write_text("x")
    with pytest.raises(FolderNotEmpty, match=str(out)):
        await write(world, out)
    assert names(tmp_path) == ["out"]


async def test_an_empty_folder_is_used(world: World, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    await write(world, tmp_path / "out")
    assert verify_dir(tmp_path / "out").ok


async def test_a_failing_export_leaves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await history(world)

    def fail(_text: bytes) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("largesse.ledger.proof.layout.block", fail)
    with pytest.raises(OSError, match="No space"):
        await write(world, tmp_path / "out")
    assert names(tmp_path) == []


@pytest.mark.breaks_ledger
@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        ("UPDATE gift SET coins_paid = coins_paid + 1 WHERE batch_no = 2 AND lane = 1", "lane 1 batch 2"),
        ("DELETE FROM gift WHERE batch_no = 4 AND lane = 1", "lane 1 batch 4"),
        ("DELETE FROM batch WHERE no = 3 AND lane = 1", "lane 1 batch 4"),
        ("UPDATE transfer SET amount = amount + 1 WHERE batch_no = 1 AND line = 1", "lane 0 batch 1"),
    ],
)  # fmt: skip
async def test_a_journal_that_was_tampered_with_has_an_export_that_says_so(
    world: World, tmp_path: Path, breakage: LiteralString, expected: str
) -> None:
    await history(world)
    async with world.db.transaction() as conn:
        await conn.execute(breakage)
    await write(world, tmp_path / "out")
    faults = [str(fault) for fault in verify_dir(tmp_path / "out").faults]
    assert faults
    assert all(expected in fault for fault in faults), faults


def run(*arguments: str) -> Result:
    return CliRunner().invoke(ledger.ledger_app, arguments)


async def test_the_commands_export_and_verify(
    world: World, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await history(world)
    monkeypatch.setenv("DATABASE_URL", database_url)
    out = str(tmp_path / "out")
    exported = await asyncio.to_thread(run, "export", out)
    assert exported.exit_code == 0, exported.output
    transfers = await world.count("transfer")
    assert f"24 gifts and {transfers} transfers are in {out}" in exported.stdout
    assert isinstance((await asyncio.to_thread(run, "export", out)).exception, FolderNotEmpty)
    monkeypatch.setenv("DATABASE_URL", "host=nowhere.invalid")
    verified = await asyncio.to_thread(run, "verify", out)
    assert verified.exit_code == 0
    assert verified.stdout.splitlines()[-2:] == [
        f"batches 14, gifts 24, transfers {transfers}",
        "ok",
    ]
    ends = r"^lane 1 ends at batch 12 \(20.*Z\), hash [0-9a-f]{64}$"
    assert re.search(ends, verified.stdout, re.MULTILINE)


async def test_the_command_names_what_is_wrong(world: World, tmp_path: Path) -> None:
    await history(world)
    await write(world, tmp_path / "out")
    (tmp_path / "out" / "lane-0.jsonl.gz").unlink()
    result = await asyncio.to_thread(run, "verify", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "lane-0.jsonl.gz: lane 0: it is missing" in result.stdout
    assert "ok" not in result.stdout.splitlines()


@pytest.mark.breaks_ledger
async def test_the_documented_verifier_agrees(
    world: World, tmp_path: Path, database_url: str
) -> None:
    """The program of docs/howto/proof.md, which shares no code with ours."""
    await history(world)
    (program,) = re.findall(r"^```py\n(.*?)^```", PROOF.read_text(), re.MULTILINE | re.DOTALL)

    def said(folder: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-c", program, str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    await write(world, tmp_path / "out")
    sound = await asyncio.to_thread(said, tmp_path / "out")
    assert (sound.returncode, sound.stderr) == (0, "")
    assert [line.split(":")[0] for line in sound.stdout.splitlines()] == ["lane 0", "lane 1"]
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE gift SET hold_days = 0 WHERE batch_no = 5")
    await write(world, tmp_path / "forged")
    forged = await asyncio.to_thread(said, tmp_path / "forged")
    assert forged.returncode == 1
    assert "lane 1 batch 5" in forged.stderr
