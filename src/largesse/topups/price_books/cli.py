"""`largesse prices ...`"""

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from largesse.db import Database
from largesse.embedded import run_on_database
from largesse.http import validation_problem
from largesse.topups.errors import PriceBookInvalid
from largesse.topups.price_books import service
from largesse.topups.price_books.schemas import Book, PriceFile
from largesse.types import PLATFORM_ID

prices_app = typer.Typer(no_args_is_help=True, help="Price books and tax rates.")

_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON, see the how-to.")]
_PAGE = 100


class _Rehearsed(Exception):
    """Ends a transaction that was only to see whether it works."""


@prices_app.callback()
def _prices() -> None:
    """Commands on price books."""


@prices_app.command("list")
def list_command(
    country: Annotated[str | None, typer.Option(help="Only this country's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Price books, the newest first: scheduled, current and past."""
    books = run_on_database(lambda db: _books(db, country))
    if as_json:
        typer.echo(json.dumps({"books": [book.model_dump(mode="json") for book in books]}))
        return
    table = Table("book", "state", "country", "channel", "from (UTC)", "currency", "packages")
    for book in books:
        moment = book.valid_from.strftime("%Y-%m-%d %H:%M")
        sold = ", ".join(f"{package.coins}: {package.price_minor}" for package in book.packages)
        table.add_row(
            str(book.id), book.state, book.country, book.channel, moment, book.currency, sold
        )
    Console(highlight=False).print(table)


@prices_app.command("check")
def check_command(file: _File) -> None:
    """Whether a file could be scheduled now, and what is odd about it; nothing is stored."""
    _print(_schedule(read_file(file), keep=False), "would be scheduled")


@prices_app.command("schedule")
def schedule_command(file: _File) -> None:
    """Store the books and tax rates of a file: all of them, or none when one is wrong."""
    _print(_schedule(read_file(file), keep=True), "is scheduled")


@prices_app.command("withdraw")
def withdraw_command(book: Annotated[int, typer.Argument(metavar="BOOK", min=1)]) -> None:
    """Take back a book that has not begun."""
    run_on_database(lambda db: service.withdraw_book(db, PLATFORM_ID, book))
    typer.echo(f"Book {book} is withdrawn.")


def read_file(path: Path) -> PriceFile:
    """The file's books and rates; raises PriceBookInvalid with the first thing that is wrong."""
    try:
        return PriceFile.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = validation_problem(error.errors()).fields["errors"][0]
        raise PriceBookInvalid(f"{first['field']}: {first['message']}.") from None


def _schedule(wanted: PriceFile, *, keep: bool) -> list[tuple[str, list[str]]]:
    """One line per rate and book with its warnings."""
    return run_on_database(lambda db: _store(db, wanted, keep=keep))


async def _store(db: Database, wanted: PriceFile, *, keep: bool) -> list[tuple[str, list[str]]]:
    lines: list[tuple[str, list[str]]] = []
    try:
        async with db.transaction() as conn:
            for rate in wanted.tax_rates:
                await service.add_rate(conn, PLATFORM_ID, rate)
                lines.append((f"Tax of {rate.country} from {rate.valid_from:%Y-%m-%d %H:%M}", []))
            for draft in wanted.books:
                added = await service.add_book(conn, PLATFORM_ID, draft)
                number = f"Book {added.book.id}" if keep else "A book"
                what = f"{draft.country} {draft.channel} from {draft.valid_from:%Y-%m-%d %H:%M}"
                lines.append((f"{number} of {what}", added.warnings))
            if not keep:
                raise _Rehearsed
    except _Rehearsed:
        pass
    return lines


def _print(lines: list[tuple[str, list[str]]], done: str) -> None:
    for line, warnings in lines:
        typer.echo(f"{line} {done}.")
        for warning in warnings:
            typer.echo(f"  odd: {warning}")
    if not lines:
        typer.echo("The file names no book and no tax rate.")


async def _books(db: Database, country: str | None) -> list[Book]:
    books: list[Book] = []
    cursor = None
    while True:
        page = await service.list_books(
            db, country=country, channel=None, limit=_PAGE, cursor=cursor
        )
        books += page.items
        cursor = page.next_cursor
        if cursor is None:
            return books
