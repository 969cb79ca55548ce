"""Starts everything a server needs, says where it is, and stops it in order."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator

from rich.console import Console

from largesse import demo
from largesse.database_errors import told_in_a_line
from largesse.db import Database
from largesse.embedded import EmbeddedPostgres
from largesse.main import create_app, load_defaults, start_services
from largesse.migrate import migrate
from largesse.postgres_binaries import EmbeddedFailed
from largesse.serve_process import Server, leave, quieten_logs
from largesse.serve_sockets import bound_sockets
from largesse.serve_workers import Slot, Supervisor, shared_metrics
from largesse.settings import Settings
from largesse.worker import run_worker

_WATCH_S = 1.0
_CONNECTIONS_BESIDE = 9
"""Of a process: the gift writer's, those of the two kinds of shared reads, the bus's two, the job queue's pool."""
_console = Console()


def run(settings: Settings) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, leave)
    quieten_logs()
    serve = _serve_alone if settings.workers == 1 else _serve_together
    try:
        with contextlib.suppress(KeyboardInterrupt), _database(settings) as (url, embedded):
            serve(settings, url, embedded)
    finally:
        _console.print("Largesse has stopped; its data is kept.")


def work(settings: Settings) -> None:
    """Run background jobs until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, leave)
    quieten_logs()
    with contextlib.suppress(KeyboardInterrupt), _database(settings) as (url, _):
        asyncio.run(_work(settings, url))


async def _work(settings: Settings, url: str) -> None:
    async with start_services(settings, url=url) as services:
        await run_worker(services)


def seed_demo(settings: Settings) -> None:
    """Fill an empty database with the demo's people, rooms and history."""
    quieten_logs()
    with _database(settings) as (url, _), _console.status("Living through some weeks"):
        seeded = asyncio.run(_seed_demo(settings, url))
    said = "The demo has a history now." if seeded.new else "The demo has its history already."
    shows = "  `largesse serve --demo` on the same data folder shows it.\n"
    _console.print(said, seeded.welcome, shows, sep="\n", highlight=False, soft_wrap=True)


async def _seed_demo(settings: Settings, url: str) -> demo.Seeded:
    async with start_services(settings, url=url) as services:
        return await demo.seed_history(services)


async def prepare(url: str) -> None:
    """Fill empty reference tables."""
    db = Database(url, size_max=2)
    await db.open()
    try:
        async with db.transaction() as conn:
            await load_defaults(conn)
    finally:
        await db.close()


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    """The database at its newest schema; the embedded one is started and stopped around."""
    embedded = None
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
    else:
        embedded = EmbeddedPostgres(settings.data_dir, connections_max=_connections(settings))
        with _console.status("Starting the embedded PostgreSQL"):
            embedded.start()
        url = embedded.url
    try:
        with told_in_a_line(url):
            with _console.status("Bringing the schema up to date"):
                migrate(url)
                asyncio.run(prepare(url))
            yield url, embedded
    finally:
        if embedded is not None:
            embedded.stop()


def _connections(settings: Settings) -> int:
    """Enough for the pools of all processes, what each holds beside its pool, and an operator who looks in."""
    return max(100, settings.workers * (settings.pool_size_max + _CONNECTIONS_BESIDE) + 20)


def _serve_alone(settings: Settings, url: str, embedded: EmbeddedPostgres | None) -> None:
    app = create_app(settings, url=url)

    def announce() -> None:
        _announce(settings, app.state.welcome if settings.demo else "")

    async def keep_alive() -> None:
        while True:
            await asyncio.sleep(_WATCH_S)
            await asyncio.to_thread(revive, embedded)

    server = Server(app, settings, when_ready=announce, beside=keep_alive)
    server.run()
    if not server.started:
        raise SystemExit(1)


def _serve_together(settings: Settings, url: str, embedded: EmbeddedPostgres | None) -> None:
    """Several processes on one address; this one serves nobody and looks after them and the database."""
    with bound_sockets(settings.host, settings.port, settings.workers) as sockets, shared_metrics():
        # Port 0 is settled now. The children get these very settings: secrets made up for this start are the same.
        settings = settings.model_copy(update={"port": sockets[0][0].getsockname()[1]})
        welcome = asyncio.run(_seed(settings, url)) if settings.demo else ""
        slots = [
            Slot(settings, url, own, runs_jobs=number == 0) for number, own in enumerate(sockets)
        ]
        Supervisor(
            slots,
            announce=lambda: _announce(settings, welcome),
            say=_console.print,
            tend_database=lambda: revive(embedded),
        ).run()


async def _seed(settings: Settings, url: str) -> str:
    async with start_services(settings, url=url) as services:
        return await demo.seed(services)


def _announce(settings: Settings, welcome: str) -> None:
    _console.print(f"\n[bold]Largesse[/] is ready at [bold]{settings.base_url}[/]")
    if settings.providers_off:
        off = ", ".join(settings.providers_off)
        _console.print(
            f"Ways to pay that are off, having no settings: {off}", highlight=False, soft_wrap=True
        )
    if welcome:
        welcome = f"{welcome}\n  Ctrl-C stops it; the data stays.\n"
        _console.print(welcome, highlight=False, soft_wrap=True)


def revive(embedded: EmbeddedPostgres | None) -> None:
    """Start an embedded PostgreSQL again that was killed under us. Called again and again: it may come later."""
    try:
        if embedded is not None and embedded.restart_if_dead():
            _console.print("[yellow]PostgreSQL had ended unexpectedly and was started again.[/]")
    except (EmbeddedFailed, OSError) as error:
        _console.print(f"PostgreSQL had ended unexpectedly. {error}", style="red", markup=False)
