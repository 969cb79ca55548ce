"""`largesse user ...`"""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from largesse.db import Database
from largesse.embedded import run_on_database
from largesse.identity.erasure import Erasure, Forget, erase_user, find_user_id
from largesse.types import PLATFORM_ID


def user_app(also: Sequence[Forget]) -> typer.Typer:
    """Commands on accounts; who is erased is `also` taken out of what modules above this one keep."""
    app = typer.Typer(no_args_is_help=True, help="Accounts.")

    @app.callback()
    def _user() -> None:
        """Commands on accounts."""

    @app.command("erase")
    def erase_command(
        email_or_id: Annotated[str, typer.Argument(metavar="EMAIL_OR_ID")],
        force: Annotated[
            bool, typer.Option("--force", help="Also when the account holds coins or diamonds.")
        ] = False,
    ) -> None:
        """Take a person out for good. Gifts and orders stay under an id; payment providers keep what they have."""
        _show(run_on_database(lambda db: _erase(db, email_or_id, force=force, also=also)))

    return app


def _show(done: Erasure) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if not (done.account or done.logins):
        console.print("The account had been erased before.")
    console.print(
        f"Erased: {done.logins} sign-in, {done.sessions} sessions, {done.follows} follows,"
        f" {done.followers} followers, {done.messages} gift messages, {done.events} room events."
    )
    for name, count in done.elsewhere.items():
        console.print(f"Besides: {count} {name.replace('_', ' ')}.")
    if done.messages_kept:
        console.print(f"{done.messages_kept} old gift messages stay: the chain covers their text.")
    if done.coins_lost or done.milli_diamonds_lost:
        diamonds = f"{done.milli_diamonds_lost / 1000:,.3f} diamonds"
        console.print(f"{done.coins_lost:,} coins and {diamonds} stay on the books, unused.")
    console.print("Not touched: what payment providers and earlier exports hold of this person.")


async def _erase(db: Database, email_or_id: str, *, force: bool, also: Sequence[Forget]) -> Erasure:
    async with db.read() as conn:
        user_id = await find_user_id(conn, email_or_id)
    return await erase_user(db, user_id, PLATFORM_ID, force=force, also=also)
