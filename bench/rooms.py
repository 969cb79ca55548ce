"""Rooms full of viewers, on our server and on the baselines: the same clients, the same gifts, the same frames.

A crowd (`rooms_crowd`) reads, a few givers (`rooms_giver`) give; each is a process of its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.live import Seat, cpu_s, serving
from largesse.identity import Person
from largesse.realtime import GiftEvent, GiftVersion
from largesse.realtime.writing import write_event, write_frame
from largesse.types import new_id

_ROOT = Path(__file__).resolve().parent.parent
_BASELINES = _ROOT / "bench" / "baselines"
_STOP_TIMEOUT_S = 30.0
_NIL = UUID(int=0)

Ask = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server that runs, and how to talk to it."""

    dialect: str
    port: int
    pid: int

    def cpu_s(self) -> float:
        """Processor time that the server's process used so far."""
        return cpu_s(self.pid)

    def memory_bytes(self) -> int:
        """What the server's process keeps in memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def largesse(url: str, *, frame_interval_ms: int) -> Iterator[Contestant]:
    """One process of `largesse serve`, every rule on."""
    with serving(url, frame_interval_ms=str(frame_interval_ms)) as server:
        yield Contestant("largesse", server.port, server.pid)


@contextmanager
def plain() -> Iterator[Contestant]:
    """`broadcast` of the `websockets` library."""
    with _baseline("plain", [sys.executable, "-m", "bench.baselines.plain"]) as running:
        yield running


@contextmanager
def socketio() -> Iterator[Contestant]:
    """Socket.IO under Node, installed as its lock file says."""
    node = Path(sys.executable).with_name("node")
    if not (_BASELINES / "node_modules" / "socket.io").is_dir():
        install = [str(node), str(node.with_name("npm").resolve()), "ci", "--omit=dev"]
        subprocess.run(install, cwd=_BASELINES, check=True, stdout=subprocess.DEVNULL)
    with _baseline("socketio", [str(node), str(_BASELINES / "socketio.mjs")]) as running:
        yield running


BASELINES = {"websockets": plain, "socketio": socketio}
"""By the name that figures have."""


@contextmanager
def _baseline(dialect: str, command: Sequence[str]) -> Iterator[Contestant]:
    environment = {**os.environ, "BENCH_FRAME": frame_of_a_gift()}
    process = subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        port = process.stdout.readline()
        if not port:
            raise RuntimeError(f"the baseline {dialect} did not start")
        yield Contestant(dialect, int(port), process.pid)
    finally:
        process.kill()
        process.wait(_STOP_TIMEOUT_S)
        process.stdout.close()  # type: ignore[union-attr]


def frame_of_a_gift() -> str:
    """What our server sends for one rose, with `%s` for its id."""
    gift = GiftVersion(id=new_id(), version=1, slug="rose", name="Rose")
    event = GiftEvent(
        type="gift",
        seq=1000,
        at=datetime.now(UTC),
        id=_NIL,
        sender=Person(id=new_id(), display_name="Viewer 100"),
        gift=gift,
        animation_kind="hop",
        count=1,
        coins=1,
        milli_diamonds=500,
        streak=None,
        message=None,
    )
    return write_frame([write_event(event)]).replace(str(_NIL), "%s")


@contextmanager
def crowd(server: Contestant, seats: Sequence[Seat], *, pause_s: float) -> Iterator[Ask]:
    """Viewers who read; what is yielded asks for their counts."""
    plan = {"pause_s": pause_s, **_plan(server, seats)}
    with process("bench.rooms_crowd", plan) as ask:
        yield ask


@contextmanager
def givers(
    server: Contestant, seats: Sequence[Seat], *, watchers: int, gifts: Sequence[str] = ("rose",)
) -> Iterator[Ask]:
    """Viewers who give, the last of them watch; what is yielded runs one level and tells its figures."""
    plan = {"watchers": watchers, "gifts": gifts, **_plan(server, seats)}
    with process("bench.rooms_giver", plan) as ask:
        yield ask


def _plan(server: Contestant, seats: Sequence[Seat]) -> dict[str, Any]:
    return {
        "dialect": server.dialect,
        "port": server.port,
        "seats": [[seat.token, str(seat.room_id)] for seat in seats],
    }


@contextmanager
def process(module: str, plan: dict[str, Any]) -> Iterator[Ask]:
    """A process that gets its plan first; what is yielded asks it, and waits for its answer."""
    started = subprocess.Popen(
        [sys.executable, "-m", module], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert started.stdin is not None
    assert started.stdout is not None
    to_it, from_it = started.stdin, started.stdout

    def ask(what: dict[str, Any]) -> dict[str, Any]:
        to_it.write(json.dumps(what).encode() + b"\n")
        to_it.flush()
        answer = from_it.readline()
        if not answer:
            raise RuntimeError(f"{module} ended")
        found: dict[str, Any] = json.loads(answer)
        return found

    try:
        ask(plan)
        yield ask
    finally:
        to_it.close()
        try:
            started.wait(5)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait(_STOP_TIMEOUT_S)
        from_it.close()
