"""`largesse rollups ...`"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from largesse.db import Database
from largesse.embedded import resolve_database_url
from largesse.outbox import archive, followers, rollups
from largesse.outbox.forgetting import forget_texts
from largesse.outbox.queries import watermarks
from largesse.outbox.rows import Lag
from largesse.settings import read_settings
from largesse.types import now

T = TypeVar("T")

rollups_app = typer.Typer(no_args_is_help=True, help="The sums that history pages read.")


@rollups_app.command()
def status() -> None:
    """How far each follower of the journal is behind it, lane by lane."""
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


def add_archive_commands(app: typer.Typer, readers: Sequence[archive.MonthReader]) -> None:
    """`archive`, `forget`; `readers`: those above this module, who read a month before it leaves."""
    app.command("forget")(forget_command)

    @app.command("archive")
    def archive_command(
        folder: Annotated[Path, typer.Argument(help="A new folder for the export.")],
        month: Annotated[datetime, typer.Option(formats=["%Y-%m"], help="2025-01")],
        keep: Annotated[bool, typer.Option(help="Keep the month's tables, detached.")] = False,
        texts: Annotated[
            bool,
            typer.Option("--texts", help="Also what people said, where erasing them reaches not."),
        ] = False,
        age_min_months: Annotated[
            int, typer.Option(min=1, help="Refuse months that are not older.")
        ] = archive.AGE_MIN_MONTHS,
    ) -> None:
        """Export a month, verify the export, and let the month's gifts and room events go."""

        async def use_case(db: Database) -> archive.ArchivedMonth:
            return await archive.archive_month(
                db,
                month.date(),
                folder,
                readers=readers,
                age_min_months=age_min_months,
                keep=keep,
                texts=texts,
            )

        console = Console(highlight=False)
        with console.status("Archiving"):
            done = run(use_case)
        console.print(
            f"{done.month:%Y-%m}: {done.gifts:,} gifts and {done.room_events:,} room events are in {folder}"
        )


def forget_command(
    folder: Annotated[Path, typer.Argument(help="Folder of an export or archive.")],
    user: Annotated[UUID | None, typer.Option(help="Of this person alone, by id.")] = None,
) -> None:
    """Take what people said out of an export that exists; it verifies as before. Needs no database."""
    console = Console(highlight=False, soft_wrap=True)
    with console.status("Writing it anew"):
        done = forget_texts(folder, user)
    console.print(
        f"Taken out: {done.messages:,} gift messages, texts of {done.events:,} room events."
    )
    if done.messages_stay:
        console.print(
            f"{done.messages_stay:,} old gift messages stay: the chain covers their text."
        )


def run(use_case: Callable[[Database], Awaitable[T]]) -> T:
    """Run a use case on the database of the settings."""

    async def connected(url: str) -> T:
        db = Database(url, size_max=2)
        await db.open()
        try:
            return await use_case(db)
        finally:
            await db.close()

    with resolve_database_url(read_settings()) as url:
        return asyncio.run(connected(url))


async def _lags(db: Database) -> list[Lag]:
    async with db.read() as conn:
        names = dict.fromkeys([*followers.NAMES, *await watermarks.names(conn)])
        return [lag for name in names for lag in await watermarks.lags(conn, name)]
