"""`largesse finance ...`"""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from largesse.db import Database
from largesse.embedded import run_on_database
from largesse.finance.model import AssetSheet, BalanceSheet, CurrencyClose, DayClose
from largesse.finance.service import close_day
from largesse.finance.sheet import balance_sheet, last_closed, sheet_so_far
from largesse.finance.values import amount_text
from largesse.types import now

finance_app = typer.Typer(no_args_is_help=True, help="The books.")

_Date = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="A day, UTC."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@finance_app.callback()
def _finance() -> None:
    """Commands on the books."""


@finance_app.command("close")
def close_command(day: _Date = None, as_json: _Json = False) -> None:
    """Close a day (default: yesterday) and the open ones before it; a closed one is computed again and must agree."""
    wanted = _day_of(day) or now().date() - timedelta(days=1)
    closed: list[DayClose] = []
    run_on_database(lambda db: close_day(db, wanted, on_closed=closed.append))
    if as_json:
        typer.echo(json.dumps({"days": [_close_json(day) for day in closed]}, indent=1))
        return
    rows = [row for day in closed for row in day.currencies]
    console = Console(highlight=False)
    for currency in sorted({row.currency for row in rows}):
        console.print(_close_table(currency, [row for row in rows if row.currency == currency]))


@finance_app.command("balance-sheet")
def balance_sheet_command(
    day: _Date = None,
    so_far: Annotated[
        bool, typer.Option("--now", help="As it stands, with the open days; nothing is booked.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Every account at the end of a closed day (default: the last one); exits with 1 and names what does not agree."""
    if so_far and day is not None:
        raise typer.BadParameter("--now and --date exclude each other")
    sheet = run_on_database(lambda db: _sheet(db, _day_of(day), so_far=so_far))
    mismatches = sheet.mismatches()
    if as_json:
        typer.echo(json.dumps(_sheet_json(sheet, mismatches), indent=1))
    else:
        _print_sheet(sheet, mismatches)
    if mismatches:
        raise typer.Exit(1)


def _print_sheet(sheet: BalanceSheet, mismatches: list[str]) -> None:
    console = Console(highlight=False)
    when = "At the end of" if sheet.closed else "So far, with the open days up to"
    console.print(f"{when} {sheet.date}, UTC")
    for asset in sheet.assets:
        console.print(_sheet_table(asset))
    for mismatch in mismatches:
        console.print(mismatch, markup=False, soft_wrap=True)
    if not mismatches:
        console.print("ok")


async def _sheet(db: Database, day: date | None, *, so_far: bool) -> BalanceSheet:
    async with db.read() as conn:
        if so_far:
            return await sheet_so_far(conn, now().date())
        return await balance_sheet(conn, day or await last_closed(conn))


def _day_of(moment: datetime | None) -> date | None:
    return None if moment is None else moment.replace(tzinfo=UTC).date()


def _close_table(currency: str, rows: list[CurrencyClose]) -> Table:
    table = Table("day", title=currency, title_justify="left")
    for column in ("coins given", "revenue", "creator cost", "promotion cost", "creator payable"):
        table.add_column(column, justify="right")
    for row in rows:
        minor = (
            row.revenue_minor,
            row.creator_cost_minor,
            row.promotion_cost_minor,
            row.creator_payable_minor,
        )
        amounts = [amount_text(amount, currency) for amount in minor]
        table.add_row(str(row.date), f"{row.coins:,}", *amounts)
    return table


def _sheet_table(sheet: AssetSheet) -> Table:
    table = Table("account", title=sheet.asset, title_justify="left", show_footer=False)
    for column in ("balance", "expected"):
        table.add_column(column, justify="right")
    for line in sheet.accounts:
        expected = "" if line.expected is None else _shown(line.expected, sheet.asset)
        style = None if line.agrees else "bold red"
        table.add_row(line.account, _shown(line.balance, sheet.asset), expected, style=style)
    table.add_section()
    table.add_row("debits", _shown(sheet.debits, sheet.asset), _shown(sheet.credits, sheet.asset))
    return table


def _shown(amount: int, asset: str) -> str:
    """Coins and milli-diamonds as they are, money with its digits."""
    return f"{amount:,}" if asset in ("COIN", "MDIA") else amount_text(amount, asset)


def _close_json(day: DayClose) -> dict[str, Any]:
    currencies = [{**asdict(row), "date": row.date.isoformat()} for row in day.currencies]
    return {"date": day.date.isoformat(), "currencies": currencies}


def _sheet_json(sheet: BalanceSheet, mismatches: list[str]) -> dict[str, Any]:
    return {
        "date": sheet.date.isoformat(),
        "closed": sheet.closed,
        "assets": [
            {
                "asset": asset.asset,
                "debits": asset.debits,
                "credits": asset.credits,
                "accounts": [asdict(line) for line in asset.accounts],
            }
            for asset in sheet.assets
        ],
        "mismatches": mismatches,
    }
