"""`largesse ledger check` as an operator runs it."""

import asyncio
import re

import psycopg
import pytest
from typer.testing import CliRunner, Result

from largesse import ledger
from tests.ledger.world import World, gift


@pytest.fixture
async def checked(world: World, monkeypatch: pytest.MonkeyPatch, database_url: str) -> World:
    """A small history in the database that the command will look at."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    sender, room = await world.viewer(10), await world.room()
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 2))
    return world


def run() -> Result:
    return CliRunner().invoke(ledger.ledger_app, ["check"])


async def test_check_counts_and_says_ok(checked: World) -> None:
    result = await asyncio.to_thread(run)
    assert (result.exit_code, result.output) == (0, "entries 2, batches 2, lots 1\nok\n")


@pytest.mark.breaks_ledger
async def test_check_names_the_place_and_fails(checked: World, database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE gift SET message = 'forged'")
    result = await asyncio.to_thread(run)
    assert result.exit_code == 1
    assert re.search(r"invariant 5: lane 1 batch 1: its rows do not\s+give its hash", result.output)
    assert "ok" not in result.output
