"""The parent of several serving processes: starts them, replaces those that die, ends them in order.

Each process has its own event loop, connection pool and lane of the journal. Nothing is forked: a child starts clean.
"""

import contextlib
import multiprocessing
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import connection, resource_tracker
from multiprocessing.context import SpawnProcess
from types import FrameType

from prometheus_client import multiprocess

from largesse.serve_process import DRAIN_TIMEOUT_S, Assignment, serve_assigned
from largesse.settings import Settings

WATCH_S = 1.0
RESTART_PAUSE_MIN_S = 0.5
RESTART_PAUSE_MAX_S = 30.0
START_ATTEMPTS_MAX = 3
"""What keeps a process from its start may pass (the database was away just then); what does not ends the server."""
STEADY_S = 60.0
"""A process that lived so long did not die of its start: the next one is started without much delay."""
METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder where the processes keep their figures for the one that is asked; set before they start."""

_spawn = multiprocessing.get_context("spawn")


class Slot:
    """The place of one process: its sockets, and whoever serves them now."""

    def __init__(
        self, settings: Settings, url: str, sockets: Sequence[socket.socket], *, runs_jobs: bool
    ) -> None:
        self._settings = settings
        self._url = url
        self._sockets = sockets
        self._runs_jobs = runs_jobs
        self._process: SpawnProcess | None = None
        self._ready: connection.Connection | None = None
        self._started_at_s = 0.0
        self._due_at_s = 0.0
        self._quick_deaths = 0
        self.served = False
        """A process of this place has accepted connections."""

    @property
    def waitables(self) -> list[connection.Connection | int]:
        """What becomes readable when something happens here."""
        waiting: list[connection.Connection | int] = []
        if self._process is not None:
            waiting.append(self._process.sentinel)
        if self._ready is not None:
            waiting.append(self._ready)
        return waiting

    @property
    def hopeless(self) -> bool:
        """No process of this place ever served, however often it was tried."""
        return not self.served and self._quick_deaths >= START_ATTEMPTS_MAX

    def start(self) -> None:
        self._ready, ready = _spawn.Pipe(duplex=False)
        assignment = Assignment(self._settings, self._url, self._sockets, self._runs_jobs, ready)
        self._process = _spawn.Process(target=serve_assigned, args=(assignment,))
        # Until the child has left our terminal's session, Ctrl-C must not cut its start short with a trace. (The
        # tracker, which comes with the first child, would unblock the signal again.)
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        ready.close()
        self._started_at_s = time.monotonic()

    def tend(self) -> int | None:
        """Notice readiness and death, start again when it is time; the exit code when the process has just died."""
        if self._ready is not None and self._ready.poll():
            with contextlib.suppress(EOFError):
                self.served = self._ready.recv()
            self._close_ready()
        if self._process is None:
            if time.monotonic() >= self._due_at_s:
                self.start()
            return None
        if self._process.is_alive():
            return None
        return self._bury(self._process)

    def _bury(self, process: SpawnProcess) -> int:
        process.join()
        assert process.pid is not None
        assert process.exitcode is not None
        multiprocess.mark_process_dead(  # type: ignore[no-untyped-call]
            process.pid, os.environ[METRICS_VARIABLE]
        )
        exit_code = process.exitcode
        process.close()
        self._process = None
        self._close_ready()
        died_at_s = time.monotonic()
        if died_at_s - self._started_at_s >= STEADY_S:
            self._quick_deaths = 0
        pause_s = RESTART_PAUSE_MIN_S * 2 ** min(self._quick_deaths, 10)
        self._quick_deaths += 1
        self._due_at_s = died_at_s + min(pause_s, RESTART_PAUSE_MAX_S)
        return exit_code

    def ask_to_stop(self) -> None:
        """No more connections wait for this place, and its process finishes what is under way."""
        for each in self._sockets:
            each.close()
        if self._process is not None:
            self._process.terminate()

    def stop(self, deadline_s: float, hurry: Callable[[], bool]) -> None:
        """Wait for the end of a process that was asked to stop; past the deadline, or in a hurry, end it."""
        if self._process is None:
            return
        while self._process.is_alive() and time.monotonic() < deadline_s and not hurry():
            self._process.join(0.1)
        self._process.kill()
        self._bury(self._process)

    def _close_ready(self) -> None:
        if self._ready is not None:
            self._ready.close()
            self._ready = None


class Supervisor:
    """Watches over the slots until a signal comes."""

    def __init__(
        self,
        slots: Sequence[Slot],
        *,
        announce: Callable[[], None],
        say: Callable[[str], None],
        tend_database: Callable[[], None],
    ) -> None:
        """`announce` is called once, when every process serves; `tend_database` again and again."""
        self._slots = slots
        self._announce = announce
        self._say = say
        self._tend_database = tend_database
        self._signals = 0

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM; raises SystemExit(1) when a place's processes cannot start at all."""
        with self._woken_by_signals() as woken:
            try:
                for slot in self._slots:
                    slot.start()
                self._watch(woken)
            finally:
                self._stop()

    def _watch(self, woken: socket.socket) -> None:
        announced = False
        while True:
            waiting = [woken, *(each for slot in self._slots for each in slot.waitables)]
            connection.wait(waiting, WATCH_S)
            if self._signals:
                return
            for number, slot in enumerate(self._slots, start=1):
                self._tend(number, slot)
            if not announced and all(slot.served for slot in self._slots):
                announced = True
                self._announce()
            self._tend_database()

    def _tend(self, number: int, slot: Slot) -> None:
        exit_code = slot.tend()
        if exit_code is None:
            return
        if slot.hopeless:
            self._say(f"[red]Process {number} could not start.[/]")
            raise SystemExit(1)
        what = f"ended unexpectedly ({exit_code})" if slot.served else "did not come to its start"
        self._say(f"[yellow]Process {number} {what}; another one follows.[/]")

    def _stop(self) -> None:
        """All at once, so that none takes over another's clients; a second signal ends them where they are."""
        for slot in self._slots:
            slot.ask_to_stop()
        patience = max(self._signals, 1)
        deadline_s = time.monotonic() + DRAIN_TIMEOUT_S
        for slot in self._slots:
            slot.stop(deadline_s, lambda: self._signals > patience)

    @contextlib.contextmanager
    def _woken_by_signals(self) -> Iterator[socket.socket]:
        """Within the block SIGINT and SIGTERM are counted, and make the given socket readable."""
        woken, waker = socket.socketpair()
        waker.setblocking(False)

        def count(_signal: int, _frame: FrameType | None) -> None:
            self._signals += 1
            with contextlib.suppress(BlockingIOError):
                waker.send(b".")

        former = {
            number: signal.signal(number, count) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield woken
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
            woken.close()
            waker.close()


@contextlib.contextmanager
def shared_metrics() -> Iterator[None]:
    """A folder for the figures of all processes, named in the environment of those started within the block."""
    with tempfile.TemporaryDirectory(prefix="largesse-metrics-") as folder:
        os.environ[METRICS_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[METRICS_VARIABLE]
