"""`largesse finance ...` as an operator runs it, on a database of their own or the embedded one."""

import asyncio
import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from largesse import cli
from largesse.embedded import EmbeddedPostgres
from largesse.errors import AppError
from largesse.types import new_id, now
from tests.finance.books import DAY, DAYS, JPY, USD, Books, at

LARGESSE = Path(sys.executable).with_name("largesse")
HOWTO = Path(__file__).resolve().parents[2] / "docs" / "howto" / "close.md"


@pytest.fixture
async def history(books: Books, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Books:
    """Two days of gifts in two currencies, in the database that the commands will look at on the third."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setattr("largesse.finance.cli.now", lambda: at(DAY + 2 * DAYS))
    viewer = new_id()
    await books.buy(viewer, 10, JPY)
    await books.buy(viewer, 100_000, USD)
    for day in (DAY, DAY + DAYS):
        books.clock.moment = at(day)
        await books.give(viewer, 40_000)
    return books


async def run(*arguments: object) -> Result:
    return await asyncio.to_thread(largesse, "finance", *map(str, arguments))


def largesse(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, arguments)


async def test_close_shows_each_day_by_currency(history: Books) -> None:
    result = await run("close", "--date", DAY + DAYS)
    assert result.exit_code == 0, result.output
    usd = result.output[result.output.index("USD") :]
    rows = [re.findall(r"[-\d.,]+", line) for line in usd.splitlines() if "2026-09" in line]
    assert rows == [
        ["2026-09-29", "39,990", "3.99", "200.00", "0.00", "200.00"],
        ["2026-09-30", "40,000", "4.00", "200.00", "0.00", "400.00"],
    ]
    assert re.search(r"2026-09-29 +│ +10 +│ +146 ", result.output)  # yen have no digits


async def test_close_prints_json(history: Books) -> None:
    result = await run("close", "--date", DAY, "--json")
    (day,) = json.loads(result.output)["days"]
    assert day["date"] == "2026-09-29"
    assert [row["revenue_minor"] for row in day["currencies"]] == [146, 399]
    assert day["currencies"][1]["redemption_rate_id"] == 1
    assert json.loads((await run("close", "--date", DAY, "--json")).output)["days"] == [day]


async def test_close_takes_yesterday_by_default(history: Books) -> None:
    result = await run("close", "--json")
    days = [day["date"] for day in json.loads(result.output)["days"]]
    assert days == ["2026-09-29", "2026-09-30"]


async def test_the_balance_sheet_agrees(history: Books) -> None:
    await run("close", "--date", DAY + DAYS)
    result = await run("balance-sheet")
    assert result.exit_code == 0, result.output
    assert "At the end of 2026-09-30, UTC" in result.output
    assert result.output.rstrip().endswith("ok")
    assert re.search(r"deferred_revenue +│ +-2.00 +│ +-2.00 ", result.output)
    earlier = json.loads((await run("balance-sheet", "--date", DAY, "--json")).output)
    assert earlier["mismatches"] == []
    coins = next(asset for asset in earlier["assets"] if asset["asset"] == "COIN")
    assert coins["debits"] == coins["credits"]
    assert {"account": "coins_paid", "balance": 60_010, "expected": 60_010} in coins["accounts"]


async def test_the_balance_sheet_so_far_counts_the_open_days_and_books_nothing(
    history: Books,
) -> None:
    entries = await history.transfers()
    result = await run("balance-sheet", "--now")
    assert result.exit_code == 0, result.output
    assert "So far, with the open days up to 2026-10-01, UTC" in result.output
    assert re.search(r"creator_payable +│ +-400.00 +│ +-400.00 ", result.output)
    assert await history.transfers() == entries
    await run("close", "--date", DAY)
    again = json.loads((await run("balance-sheet", "--now", "--json")).output)
    assert (again["date"], again["closed"], again["mismatches"]) == ("2026-10-01", False, [])
    assert (await run("balance-sheet", "--now", "--date", DAY)).exit_code == 2


@pytest.mark.breaks_ledger
async def test_the_balance_sheet_names_what_is_off_and_fails(history: Books) -> None:
    await run("close", "--date", DAY)
    async with history.db.transaction() as conn:
        await conn.execute(
            "UPDATE transfer SET amount = amount + 5 WHERE from_code = 41 AND asset = 'USD'"
        )
        await conn.execute("UPDATE balance SET amount = amount - 1 WHERE code = 10")
    result = await run("balance-sheet")
    assert result.exit_code == 1
    assert "USD deferred_revenue: the journal says -605, expected -600" in result.output
    assert "MDIA diamonds_pending: the journal says 20000000, expected 19999999" in result.output
    assert not result.output.rstrip().endswith("ok")
    as_json = await run("balance-sheet", "--json")
    assert as_json.exit_code == 1
    assert len(json.loads(as_json.output)["mismatches"]) == 3  # creators are owed less, too


async def test_refusals_have_a_code(history: Books) -> None:
    for arguments, code in (
        (["close", "--date", now().date().isoformat()], "day_not_ended"),
        (["balance-sheet"], "day_not_closed"),
        (["balance-sheet", "--date", "2026-09-29"], "day_not_closed"),
    ):
        result = await run(*arguments)
        assert isinstance(result.exception, AppError)
        assert result.exception.code == code
    assert (await run("close", "--date", "yesterday")).exit_code == 2


async def test_a_refusal_is_a_sentence_and_no_trace(history: Books) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [str(LARGESSE), "finance", "balance-sheet"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("day_not_closed: No day is closed yet"), done.stderr
    assert "Traceback" not in done.stderr


async def test_the_commands_of_the_howto_run(history: Books) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", HOWTO.read_text(), re.MULTILINE | re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) >= 5
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "largesse"
        result = await asyncio.to_thread(largesse, *arguments)
        assert result.exit_code == 0, (command, result.output)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that the embedded server's user may enter."""
    with tempfile.TemporaryDirectory(prefix="largesse-finance-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "data"


def test_an_embedded_database_is_closed_too(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("LARGESSE_DATA_DIR", str(data_dir))
    assert "There is no data" in str(largesse("finance", "close").exception)
    server = EmbeddedPostgres(data_dir, durable=False)
    server.start()
    server.stop()
    assert largesse("migrate").exit_code == 0
    closed = largesse("finance", "close", "--date", "2026-09-30")
    assert (closed.exit_code, "2026-09-30" in closed.output) == (0, True)
    sheet = largesse("finance", "balance-sheet")
    assert (sheet.exit_code, sheet.output) == (0, "At the end of 2026-09-30, UTC\nok\n")
