"""`largesse rollups ...`"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
from rich.console import Console
from rich.table import Table

from largesse.db import Database
from largesse.embedded import resolve_database_url
from largesse.outbox import rollups
from largesse.outbox.queries import watermarks
from largesse.outbox.rows import Lag
from largesse.settings import Settings
from largesse.types import now

T = TypeVar("T")

rollups_app = typer.Typer(no_args_is_help=True, help="The sums that history pages read.")


@rollups_app.command()
def status() -> None:
    """How far the rollups are behind the journal, lane by lane."""
    table = Table("follower", "lane", "read", "newest", "batches behind", "seconds behind")
    for lag in run(_lags):
        behind_s = (now() - lag.behind_since).total_seconds() if lag.behind_since else 0.0
        table.add_row(
            *(lag.follower, str(lag.lane), f"{lag.no:,}", f"{lag.last_no:,}"),
            *(f"{lag.last_no - lag.no:,}", f"{max(0.0, behind_s):,.1f}"),
        )
    Console().print(table)


@rollups_app.command()
def rebuild() -> None:
    """Read the journal again from its beginning; the pages stay right meanwhile."""
    console = Console()
    with console.status("Reading the journal"):
        run(rollups.rebuild)
    console.print("The rollups are up to date.")


def run(use_case: Callable[[Database], Awaitable[T]]) -> T:
    """Run a use case on the database of the settings."""

    async def connected(url: str) -> T:
        db = Database(url, size_max=2)
        await db.open()
        try:
            return await use_case(db)
        finally:
            await db.close()

    with resolve_database_url(Settings()) as url:
        return asyncio.run(connected(url))


async def _lags(db: Database) -> list[Lag]:
    async with db.read() as conn:
        return [
            lag
            for follower in rollups.FOLLOWERS
            for lag in await watermarks.lags(conn, follower.name)
        ]
