"""`largesse rollups` and `largesse ledger archive` as an operator runs them."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from largesse import cli, ledger, outbox, worker
from largesse.ledger import partitions
from largesse.outbox import followers
from largesse.outbox.queries.room_heads import start_at_end
from largesse.outbox.telling import TELLER
from tests.ledger.world import World, gift
from tests.outbox import naive


@pytest.fixture
async def some(world: World, monkeypatch: pytest.MonkeyPatch, database_url: str) -> World:
    """A small history in the database that the commands will look at."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 2))
        await writer.submit(gift(sender, room, 3))
    return world


async def rollups(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, outbox.rollups_app, arguments)


async def archive(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli.app, ["ledger", "archive", *arguments])


def columns(result: Result, lane: int, follower: str = "rollups") -> list[str]:
    """Read, newest and behind, of a lane's line."""
    lines = [line.replace("│", " ").split() for line in result.output.splitlines()]
    return next(words[2:5] for words in lines if words[:2] == [follower, str(lane)])


async def test_status_shows_how_far_the_rollups_are_behind(some: World) -> None:
    assert columns(await rollups("status"), 1) == ["0", "2", "2"]
    await outbox.catch_up(some.db)
    assert columns(await rollups("status"), 1) == ["2", "2", "0"]
    assert columns(await rollups("status"), 0) == ["1", "1", "0"]


async def test_status_lists_every_follower(some: World) -> None:
    assert {follower.name for follower in worker.FOLLOWERS} == set(followers.NAMES)
    assert columns(await rollups("status"), 1, "streaks") == ["0", "2", "2"]  # it never read
    await followers.read_all(some.db, worker.FOLLOWERS)
    async with some.db.transaction() as conn:
        await start_at_end(conn, TELLER)
    status = await rollups("status")
    for name in (*followers.NAMES, TELLER):
        assert columns(status, 1, name) == ["2", "2", "0"]


async def test_rebuild_mends_rollups(some: World) -> None:
    await outbox.catch_up(some.db)
    before = await naive.rollups(some.db)
    async with some.db.transaction() as conn:
        await conn.execute("DELETE FROM creator_day")
        await conn.execute("UPDATE room_supporter SET coins = 77")
    assert (await rollups("rebuild")).exit_code == 0
    assert await naive.rollups(some.db) == before


async def test_archive_exports_an_empty_month_and_refuses_what_is_no_month(
    some: World, tmp_path: Path
) -> None:
    async with some.db.transaction() as conn:
        await partitions.add_partitions(conn, [date(2025, 1, 1)])
    result = await archive("--month", "2025-01", str(tmp_path / "export"))
    assert result.exit_code == 0, result.output
    assert "0 gifts and 0 room events" in result.output.replace("\n", " ")
    assert ledger.verify_dir(tmp_path / "export").ok
    result = await archive("--month", "2025-13", str(tmp_path / "other"))
    assert result.exit_code == 2
    result = await archive("--month", "2025-01", str(tmp_path / "other"))
    assert isinstance(result.exception, outbox.ArchiveRefused)
