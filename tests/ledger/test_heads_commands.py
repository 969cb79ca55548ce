"""Heads made of the database, held against it, and on the command line."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from largesse import ledger
from largesse.ledger.proof import heads
from largesse.ledger.proof.database import current_head, head_missing
from largesse.ledger.proof.export import export
from largesse.ledger.proof.heads import Head, HeadInvalid, HeadKeyInvalid, read_head
from tests.ledger.world import World, gift

PRIVATE, PUBLIC = heads.new_keys()


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
