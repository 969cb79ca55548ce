"""`largesse rules ...`"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from largesse.db import Database
from largesse.embedded import run_on_database
from largesse.figures import service
from largesse.figures.errors import RulesUnknown
from largesse.figures.model import FigureSet, in_utc
from largesse.types import PLATFORM_ID, now

_Name = Annotated[str, typer.Argument(metavar="NAME", help="As `largesse rules list` says.")]
_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON, see the how-to.")]
_MOMENT = "%Y-%m-%dT%H:%M:%S"
_FORMATS = [_MOMENT + "%z", _MOMENT, "%Y-%m-%d"]


def rules_app(sets: Sequence[FigureSet]) -> typer.Typer:
    """Commands on the figures of the modules above this one."""
    app = typer.Typer(no_args_is_help=True, help="Figures of live rooms.")

    @app.callback()
    def _rules() -> None:
        """Figures of live rooms: limits, tiers, periods."""

    _reading(app, sets)
    _changing(app, sets)
    return app


def _reading(app: typer.Typer, sets: Sequence[FigureSet]) -> None:
    @app.command("list")
    def list_command(
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """What there is, and from which moments on."""
        _list(sets, as_json=as_json)

    @app.command("show")
    def show_command(
        name: _Name,
        at: Annotated[
            datetime | None,
            typer.Option(formats=_FORMATS, help="At another moment than now (UTC)."),
        ] = None,
    ) -> None:
        """The figures that hold, as the JSON that `set` takes."""
        wanted = _find(sets, name)
        found = run_on_database(lambda db: service.show(db, wanted, _utc(at) if at else now()))
        typer.echo(json.dumps(found.model_dump(mode="json"), indent=2))


def _changing(app: typer.Typer, sets: Sequence[FigureSet]) -> None:
    @app.command("set")
    def set_command(
        name: _Name,
        file: _File,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Only say whether it could be scheduled.")
        ] = False,
    ) -> None:
        """Let the figures of a file hold from its `valid_from` on: all of them, or none when one is wrong."""
        _set(_find(sets, name), file, keep=not dry_run)

    @app.command("withdraw")
    def withdraw_command(
        name: _Name,
        valid_from: Annotated[datetime, typer.Argument(formats=_FORMATS, help="In UTC.")],
    ) -> None:
        """Take back figures, until a minute before they begin."""
        wanted = _find(sets, name)
        taken = run_on_database(
            lambda db: service.withdraw(db, PLATFORM_ID, wanted, _utc(valid_from))
        )
        typer.echo(f"{name} from {taken.valid_from:{_MOMENT}}Z is withdrawn.")


def _find(sets: Sequence[FigureSet], name: str) -> FigureSet:
    found = next((each for each in sets if each.name == name), None)
    if found is None:
        raise RulesUnknown(f"There are {', '.join(each.name for each in sets)}.")
    return found


def _utc(moment: datetime) -> datetime:
    try:
        return in_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except ValueError as error:
        raise typer.BadParameter(f"{moment} {error}.") from None


async def _all(db: Database, sets: Sequence[FigureSet]) -> list[list[datetime]]:
    return [await service.starts(db, each) for each in sets]


def _list(sets: Sequence[FigureSet], *, as_json: bool) -> None:
    starts = run_on_database(lambda db: _all(db, sets))
    if as_json:
        rules = [
            {
                "name": each.name,
                "about": each.about,
                "valid_from": [f"{at:{_MOMENT}}Z" for at in found],
            }
            for each, found in zip(sets, starts, strict=True)
        ]
        typer.echo(json.dumps({"rules": rules}, indent=1))
        return
    table = Table("name", "about")
    for moments in ("since (UTC)", "scheduled (UTC)"):
        table.add_column(moments, no_wrap=True)
    moment = now()
    for each, found in zip(sets, starts, strict=True):
        began = [start for start in found if start <= moment]
        ahead = [start for start in found if start > moment]
        since = f"{began[-1]:{_MOMENT}}" if began else ""
        table.add_row(each.name, each.about, since, "\n".join(f"{at:{_MOMENT}}" for at in ahead))
    Console(highlight=False).print(table)


def _set(wanted: FigureSet, file: Path, *, keep: bool) -> None:
    given = wanted.read(file.read_bytes())
    done = run_on_database(lambda db: service.schedule(db, PLATFORM_ID, wanted, given, keep=keep))
    what = f"{wanted.name} from {given.valid_from:{_MOMENT}}Z"
    if done.there_before:
        typer.echo(f"{what} was scheduled before.")
    else:
        typer.echo(f"{what} {'is' if keep else 'would be'} scheduled.")
    if done.replaced_at is not None:
        typer.echo(f"  odd: others are scheduled from {done.replaced_at:{_MOMENT}}Z on")
