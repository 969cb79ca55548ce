"""A server as `largesse serve` has it, which also writes down again and again what it holds: a process of its own.

    python -m bench.soak_server FILE --port PORT

Each line of the file is one look, as JSON.
"""

import largesse.entry  # first: its collector works as that of `largesse serve`  # isort: skip

import argparse
import asyncio
import functools
import gc
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from bench.soak_census import census
from largesse import collector
from largesse.gifts import desk, streak_keys
from largesse.ledger import bars
from largesse.main import create_app
from largesse.moderation import bans
from largesse.realtime import writing
from largesse.realtime.parts import streaks as parts_streaks
from largesse.recognition import recognizing
from largesse.serve_process import Server, leave, quieten_logs
from largesse.settings import read_settings

assert largesse.entry

EVERY_S = float(os.environ.get("BENCH_SOAK_EVERY_S", "15"))
_BEAT_S = 0.02
_SMALL = 100


class Lag:
    """How late the loop does what is due."""

    def __init__(self) -> None:
        self._late_s: list[float] = []
        self.paused = False
        """A look is being taken: that is not the server's own doing."""

    async def keep(self) -> None:
        while True:
            due_s = time.perf_counter() + _BEAT_S
            await asyncio.sleep(_BEAT_S)
            if not self.paused:
                self._late_s.append(time.perf_counter() - due_s)

    def take(self) -> tuple[float, float]:
        """p50 and p99 since the last time, in milliseconds."""
        late_s, self._late_s = sorted(self._late_s) or [0.0], []
        return tuple(round(late_s[int(len(late_s) * part)] * 1000, 2) for part in (0.5, 0.99))  # type: ignore[return-value]


async def _watch(app: FastAPI, file: Path) -> None:
    lag = Lag()
    beating = asyncio.ensure_future(lag.keep())
    try:
        with file.open("a", buffering=1) as out:
            while True:
                out.write(json.dumps(await _look(app, lag)) + "\n")
                await asyncio.sleep(EVERY_S)
    finally:
        beating.cancel()


async def _look(app: FastAPI, lag: Lag) -> dict[str, Any]:
    services = app.state.services
    p50_ms, p99_ms = lag.take()
    collected = [found["collected"] for found in gc.get_stats()]
    figures = {
        "at_s": time.monotonic(),
        "memory_bytes": _memory_bytes(),
        "tasks": len(asyncio.all_tasks()),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "sockets": len(services.hub.sockets),
        "rooms": len(services.hub.open_rooms()),
        "collected": collected,
        "lag_p50_ms": p50_ms,
        "lag_p99_ms": p99_ms,
    }
    lag.paused = True
    try:
        return {**figures, **await census()}
    finally:
        lag.paused = False


def _memory_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _shrink() -> None:
    """Let what is kept of people and rooms be full soon: then whatever still grows has no bound."""
    for module, name in (
        (desk, "NAMES_MAX"),
        (desk, "TARGETS_MAX"),
        (bans, "CREATORS_MAX"),
        (bars, "KNOWN_MAX"),
        (recognizing, "CREATORS_MAX"),
        (parts_streaks, "_ENDED_MAX"),
    ):
        assert getattr(module, name) > _SMALL, name
        setattr(module, name, _SMALL)
    streak_keys.EndedStreaks.__init__.__defaults__ = (_SMALL,)
    writing._person = functools.lru_cache(maxsize=_SMALL)(writing._person.__wrapped__)


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    collector.resume()
    signal.signal(signal.SIGTERM, leave)
    quieten_logs()
    _shrink()
    settings = read_settings(port=asked.port)
    assert settings.database_url is not None, "DATABASE_URL says which"
    app = create_app(settings, url=settings.database_url.get_secret_value())
    Server(app, settings, when_ready=lambda: None, beside=lambda: _watch(app, asked.file)).run()


if __name__ == "__main__":
    main()
