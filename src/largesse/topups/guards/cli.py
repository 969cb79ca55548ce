"""`largesse guards ...`"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer

from largesse.db import Connection, Database
from largesse.embedded import run_on_database
from largesse.topups.guards.changes import change_rule, list_rules
from largesse.topups.guards.model import Action, GuardRule
from largesse.topups.guards.texts import span
from largesse.types import PLATFORM_ID, now

guards_app = typer.Typer(no_args_is_help=True, help="Limits on buying, and what is held.")

T = TypeVar("T")


@guards_app.callback()
def _guards() -> None:
    """Commands on the rules of the till."""


@guards_app.command("list")
def list_command() -> None:
    """The rules that hold now."""
    for rule in _run(lambda conn: list_rules(conn, now())):
        typer.echo(_text(rule))


@guards_app.command("set")
def set_command(
    name: Annotated[str, typer.Argument(metavar="RULE")],
    amount: Annotated[int | None, typer.Option(help="What it allows.")] = None,
    action: Annotated[Action | None, typer.Option(help="What follows beyond that.")] = None,
    starts_at: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"], help="UTC; now."),
    ] = None,
) -> None:
    """Change a rule, now or from a moment on."""
    valid_from = None if starts_at is None else starts_at.replace(tzinfo=UTC)
    rule = _run(
        lambda conn: change_rule(
            conn, PLATFORM_ID, name, amount=amount, action=action, valid_from=valid_from
        )
    )
    typer.echo(_text(rule))


def _run(work: Callable[[Connection], Awaitable[T]]) -> T:
    """Do something in a transaction on the database of the settings."""

    async def run(db: Database) -> T:
        async with db.transaction() as conn:
            return await work(conn)

    return run_on_database(run)


def _text(rule: GuardRule) -> str:
    """A rule in one line."""
    within = f" within {span(rule.window_s)}" if rule.window_s else ""
    days = rule.account_age_max_days
    young = f", accounts younger than {days} days" if days else ""
    return (
        f"{rule.name:<22} {rule.action:<7} {rule.subject}: more than {rule.amount:,}"
        f" {rule.measure}{within}{young}"
    )
