"""`largesse ledger ...`"""

import asyncio

import typer
from rich.console import Console

from largesse.db import Database
from largesse.embedded import resolve_database_url
from largesse.ledger.check import check
from largesse.ledger.rows import CheckReport
from largesse.settings import Settings

ledger_app = typer.Typer(no_args_is_help=True, help="The journal.")


@ledger_app.callback()
def _ledger() -> None:
    """Commands on the journal."""


@ledger_app.command("check")
def check_command() -> None:
    """Verify every invariant and the hash chain; exits with 1 and the places where one does not hold."""
    with resolve_database_url(Settings()) as url:
        report = asyncio.run(_check(url))
    console = Console(highlight=False)
    console.print(f"entries {report.entries:,}, batches {report.batches:,}, lots {report.lots:,}")
    for problem in report.problems:
        console.print(
            f"invariant {problem.invariant}: {problem.place}: {problem.detail}", markup=False
        )
    if report.problems:
        raise typer.Exit(1)
    console.print("ok")


async def _check(url: str) -> CheckReport:
    db = Database(url, size_max=2)
    await db.open()
    try:
        async with db.read() as conn:
            return await check(conn)
    finally:
        await db.close()
