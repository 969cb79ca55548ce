"""Starts everything a server needs, says where it is, and stops it in order."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from types import FrameType

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from largesse.db import Database
from largesse.embedded import EmbeddedPostgres
from largesse.main import create_app, load_defaults, start_services
from largesse.migrate import migrate
from largesse.settings import Settings
from largesse.worker import run_worker

_WATCH_S = 1.0
_console = Console()


def run(settings: Settings) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, _leave)
    # A repeated gift ends its batch's pipeline early: expected, answered, and not worth a line each time.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    logging.getLogger("psycopg.pool").setLevel(logging.WARNING)
    try:
        with contextlib.suppress(KeyboardInterrupt), _database(settings) as (url, embedded):
            _serve(settings, url, embedded)
    finally:
        _console.print("Largesse has stopped; its data is kept.")


async def work(settings: Settings) -> None:
    """Run background jobs until cancelled."""
    with _database(settings) as (url, _):
        async with start_services(settings, url=url) as services:
            await run_worker(services)


async def prepare(url: str) -> None:
    """Fill empty reference tables."""
    db = Database(url, size_max=2)
    await db.open()
    try:
        async with db.transaction() as conn:
            await load_defaults(conn)
    finally:
        await db.close()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    """The database at its newest schema; the embedded one is started and stopped around."""
    embedded = None
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
    else:
        embedded = EmbeddedPostgres(settings.data_dir)
        with _console.status("Starting the embedded PostgreSQL"):
            embedded.start()
        url = embedded.url
    try:
        with _console.status("Bringing the schema up to date"):
            migrate(url)
            asyncio.run(prepare(url))
        yield url, embedded
    finally:
        if embedded is not None:
            embedded.stop()


def _serve(settings: Settings, url: str, embedded: EmbeddedPostgres | None) -> None:
    app = create_app(settings, url=url)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        ws="websockets-sansio",
        ws_max_size=1 << 20,  # frames over our own, lower limit are answered in words
        ws_per_message_deflate=False,  # it would compress each frame once per socket
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
        proxy_headers=settings.trust_proxy,
    )
    server = _Server(config, app, settings, embedded)
    server.run()
    if not server.started:
        raise SystemExit(1)


class _Server(uvicorn.Server):
    """uvicorn, saying where it is once it listens, and reviving a PostgreSQL that was killed under it."""

    def __init__(
        self,
        config: uvicorn.Config,
        app: FastAPI,
        settings: Settings,
        embedded: EmbeddedPostgres | None,
    ) -> None:
        super().__init__(config)
        self._app = app
        self._settings = settings
        self._embedded = embedded
        self._watch: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if not self.started:
            return
        gc.collect()
        gc.freeze()  # what start-up made stays: the collector need not walk it again
        if self._embedded is not None:
            self._watch = asyncio.create_task(_keep_alive(self._embedded))
        _console.print(f"\n[bold]Largesse[/] is ready at [bold]{self._settings.base_url}[/]")
        if self._settings.demo:
            _console.print(self._app.state.welcome, highlight=False, soft_wrap=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        # Sockets hear 1001 from us before uvicorn's 1012.
        await self._app.state.services.hub.close()
        await super().shutdown(sockets=sockets)


async def _keep_alive(embedded: EmbeddedPostgres) -> None:
    while True:
        await asyncio.sleep(_WATCH_S)
        if await asyncio.to_thread(embedded.restart_if_dead):
            _console.print("[yellow]PostgreSQL had ended unexpectedly and was started again.[/]")
