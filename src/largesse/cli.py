"""The command line: `largesse serve|worker|migrate|ledger|finance|prices|orders|holds|guards|demo ...` and more."""

import asyncio
import importlib
import json
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console

from largesse import (
    finance,
    gifts,
    goals,
    identity,
    ledger,
    messages,
    moderation,
    outbox,
    overlays,
    promotions,
    recognition,
    rooms,
    serve,
    streaks,
    topups,
)
from largesse.embedded import resolve_database_url
from largesse.errors import AppError
from largesse.figures import rules_app
from largesse.main import create_app, start_services
from largesse.migrate import migrate as run_migrations
from largesse.schema import dump_schema
from largesse.settings import Settings, read_settings
from largesse.topups.guards.cli import guards_app
from largesse.topups.holds import holds_app
from largesse.topups.price_books import prices_app
from largesse.topups.support.desk import check_any_order
from largesse.types import PLATFORM_ID

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_show_locals=False)
app.add_typer(ledger.ledger_app, name="ledger", help="Check, export and prove the journal.")
outbox.add_archive_commands(ledger.ledger_app, [goals.MONTHS])
app.add_typer(outbox.rollups_app, name="rollups", help="The sums that history pages read.")
_KEEPERS_OF_PEOPLE = (topups, recognition, moderation, rooms, overlays)
app.add_typer(
    identity.user_app([module.forget_person for module in _KEEPERS_OF_PEOPLE]),
    name="user",
    help="Accounts.",
)
app.add_typer(finance.finance_app, name="finance", help="Close days, and show the balance sheet.")
app.add_typer(
    promotions.promotions_app, name="promotions", help="Bonus coins, discounts, free coins."
)
app.add_typer(prices_app, name="prices", help="Price books and tax rates.")
_MODULES_WITH_FIGURES = (moderation, gifts, goals, messages, overlays, recognition, rooms, streaks)
app.add_typer(
    rules_app([module.FIGURES for module in _MODULES_WITH_FIGURES]),
    name="rules",
    help="Figures of live rooms: limits, tiers, periods.",
)
demo_app = typer.Typer(no_args_is_help=True)
app.add_typer(demo_app, name="demo", help="Demo data.")
orders_app = typer.Typer(no_args_is_help=True)
app.add_typer(orders_app, name="orders", help="Top-ups.")
app.add_typer(holds_app, name="holds", help="Payments held for review.")
app.add_typer(guards_app, name="guards", help="Limits on buying, and what is held.")
_errors = Console(stderr=True)


@app.command("serve")
def serve_command(
    demo: Annotated[
        bool, typer.Option(help="Demo users, demo data and the sandbox provider.")
    ] = False,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the embedded database.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Serving processes.")] = None,
) -> None:
    """Serve the product: API, live rooms, web pages and background jobs."""
    overrides: dict[str, Any] = {
        "demo": demo or None,
        "host": host,
        "port": port,
        "data_dir": data_dir,
        "workers": workers,
    }
    settings = read_settings(
        **{name: value for name, value in overrides.items() if value is not None}
    )
    serve.run(settings)


@demo_app.callback()
def _demo() -> None:
    """Demo data."""


@demo_app.command("seed")
def demo_seed(
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the embedded database.")] = None,
) -> None:
    """Fill an empty data folder (or DATABASE_URL) with demo people, rooms and some weeks of history."""
    overrides: dict[str, Any] = {} if data_dir is None else {"data_dir": data_dir}
    serve.seed_demo(read_settings(demo=True, **overrides))


@orders_app.callback()
def _orders() -> None:
    """Top-ups."""


@orders_app.command("check")
def orders_check(order_id: Annotated[UUID, typer.Argument(metavar="ID")]) -> None:
    """Where are the coins? Ask the order's provider, mend what can be mended, and print what was found as JSON."""
    settings = read_settings()
    with resolve_database_url(settings) as url:
        typer.echo(asyncio.run(_check_order(settings, url, order_id)))


async def _check_order(settings: Settings, url: str, order_id: UUID) -> str:
    async with start_services(settings, url=url) as services:
        found = await check_any_order(services, PLATFORM_ID, order_id)
    return found.model_dump_json(indent=1)


@app.command()
def worker() -> None:
    """Run background jobs only, beside servers that share the database."""
    serve.work(read_settings())


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    with resolve_database_url(read_settings(), any_schema=True) as url:
        run_migrations(url)
        asyncio.run(serve.prepare(url))
    Console().print("The schema is up to date.")


@app.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    typer.echo(json.dumps(create_app(read_settings(demo=True), url="").openapi(), indent=1))


@app.command()
def schema() -> None:
    """Print the schema the database has."""
    with resolve_database_url(read_settings(), any_schema=True) as url:
        typer.echo(dump_schema(url), nl=False)


@app.command()
def bench(
    name: Annotated[
        str,
        typer.Argument(
            help="core, websocket, http, history, fanout, latency, browser, drain or soak."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    gifts: Annotated[
        int | None, typer.Option(min=1, help="Fewer or more gifts than it takes to be exact.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.05, help="How long a soak takes, instead of 30.")
    ] = None,
) -> None:
    """Measure one figure that the README quotes, on a database of its own."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "bench" / "suite.py").is_file():
        raise typer.BadParameter("benchmarks come with the source tree, and this is none")
    sys.path.insert(0, str(root))
    suite = importlib.import_module("bench.suite")
    if name == suite.SOAK:
        suite.run_soak(as_json=as_json, minutes=minutes)
        return
    if name not in suite.NAMES:
        raise typer.BadParameter(f"there are {', '.join(suite.NAMES)} and {suite.SOAK}")
    suite.run_one(name, as_json=as_json, gifts=gifts)


def main() -> None:
    """Run a command; what a user can act on is one sentence, not a trace."""
    try:
        app()
    except AppError as error:
        _errors.print(f"[bold red]{error.code}[/]: {error.detail}", soft_wrap=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
