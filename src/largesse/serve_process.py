"""One process that serves the app: uvicorn as we set it up, and the orderly end of it."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import FrameType

import uvicorn
from fastapi import FastAPI

from largesse import collector
from largesse.main import create_app
from largesse.realtime import FrameProtocol
from largesse.settings import Settings

DRAIN_TIMEOUT_S = 30.0
"""A process that was asked to stop and is not done by then is ended."""
BACKLOG = 2048
PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 20.0
"""A client that does not answer a ping of the WebSocket protocol for so long is gone."""


class Server(uvicorn.Server):
    """uvicorn, telling when it listens, with a task beside it."""

    def __init__(
        self,
        app: FastAPI,
        settings: Settings,
        *,
        when_ready: Callable[[], None],
        beside: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(_config(app, settings))
        self._app = app
        self._when_ready = when_ready
        self._beside = beside
        self._task: asyncio.Future[None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Before it serves nothing is under way, and what it waits for may never come: the database, say.
        if not self.started:
            logging.disable()  # to be cut short is no failure to tell of
            leave(sig, frame)
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if not self.started:
            return
        collector.settle()
        if self._beside is not None:
            self._task = asyncio.ensure_future(self._beside())
        self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._task is not None:
            self._task.cancel()
        for server in self.servers:
            server.close()  # new clients go elsewhere while we say goodbye to ours
        # Sockets hear 1001 from us before uvicorn's 1012.
        await self._app.state.services.hub.close()
        await super().shutdown(sockets=sockets)


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        backlog=BACKLOG,
        ws=FrameProtocol,
        ws_max_size=1 << 20,  # frames over our own, lower limit are answered in words
        ws_ping_interval=PING_INTERVAL_S,
        ws_ping_timeout=PING_TIMEOUT_S,
        ws_per_message_deflate=False,  # it would compress each frame once per socket
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
        proxy_headers=settings.trust_proxy,
    )


def quieten_logs() -> None:
    """A repeated gift ends its batch's pipeline early: expected, answered, and not worth a line each time."""
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    logging.getLogger("psycopg.pool").setLevel(logging.WARNING)


def leave(_signal: int, _frame: FrameType | None) -> None:
    """Handles a signal by ending in order."""
    sys.exit(0)


# --- one of several


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one of several processes is to do. It accepts on sockets of its own that the parent keeps open."""

    settings: Settings
    url: str
    sockets: Sequence[socket.socket]
    runs_jobs: bool
    ready: Connection
    """Gets one message when the process accepts connections."""


def serve_assigned(assignment: Assignment) -> None:
    """Serve until SIGTERM, or until the parent is gone. The database is prepared already."""
    collector.resume()
    os.setsid()  # Ctrl-C goes to the parent, which ends us in order
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # blocked by the parent until now
    quieten_logs()
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    app = create_app(
        assignment.settings, url=assignment.url, seeds=False, runs_jobs=assignment.runs_jobs
    )

    def tell_ready() -> None:
        with contextlib.suppress(OSError):  # the parent may be gone
            assignment.ready.send(True)

    server = Server(app, assignment.settings, when_ready=tell_ready)
    server.run(sockets=list(assignment.sockets))
    if not server.started:
        raise SystemExit(1)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "only a child is assigned"
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(DRAIN_TIMEOUT_S)
    os._exit(1)
