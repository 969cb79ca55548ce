"""`largesse holds ...`"""

from typing import Annotated
from uuid import UUID

import typer

from largesse.embedded import run_on_database
from largesse.topups.holds.model import Decision
from largesse.topups.holds.schemas import Hold
from largesse.topups.holds.service import decide, list_holds
from largesse.types import PAGE_LIMIT_MAX, PLATFORM_ID, Page

holds_app = typer.Typer(no_args_is_help=True, help="Payments held for review.")

_Order = Annotated[UUID, typer.Argument(metavar="ORDER")]


@holds_app.callback()
def _holds() -> None:
    """Commands on held payments."""


@holds_app.command("list")
def list_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The oldest payments that wait for a decision, and why."""
    page = run_on_database(lambda db: list_holds(db, limit=PAGE_LIMIT_MAX, cursor=None))
    if as_json:
        typer.echo(Page[Hold].model_dump_json(page, indent=1))
        return
    for hold in page.items:
        typer.echo(_text(hold))
    if not page.items:
        typer.echo("No payment waits for a decision.")
    elif page.next_cursor is not None:
        typer.echo("There are more.")


@holds_app.command("release")
def release_command(order_id: _Order) -> None:
    """Let a payment be credited; a running server or worker does it within seconds."""
    run_on_database(lambda db: decide(db, PLATFORM_ID, order_id, Decision.RELEASED))
    typer.echo("Released: the coins are credited by the server's jobs.")


@holds_app.command("return")
def return_command(order_id: _Order) -> None:
    """Give a payment back; a running server or worker asks the provider within seconds."""
    run_on_database(lambda db: decide(db, PLATFORM_ID, order_id, Decision.RETURNED))
    typer.echo("Returned: the provider is asked to give the money back by the server's jobs.")


def _text(hold: Hold) -> str:
    """A hold in some lines."""
    late = ", OVERDUE" if hold.overdue else ""
    buyer = hold.buyer.display_name if hold.buyer else str(hold.buyer_id)
    head = (
        f"{hold.order_id}  {hold.coins:,} coins  {buyer}  {hold.provider}"
        f"  held {hold.held_at:%Y-%m-%d %H:%M} UTC{late}"
    )
    return "\n".join([head, *(f"  - {reason.text}" for reason in hold.reasons)])
