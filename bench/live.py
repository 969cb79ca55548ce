"""A real `largesse serve` as a process of its own, with viewers who hold coins and live rooms that take gifts."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from bench.server import top_up
from largesse import creators, identity, ledger, rooms, serve
from largesse.identity import Role, SessionKind, User
from largesse.identity.auth import CSRF_COOKIE, SESSION_COOKIE
from largesse.identity.tokens import csrf_token
from largesse.main import start_services
from largesse.services import Services
from largesse.settings import Settings
from largesse.types import new_id, now

ACCOUNT_AGE_DAYS = 100
FOLLOWERS = 1_000
"""Of each creator: as many as gifts in live rooms ask for."""
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 30.0
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Seat:
    """A signed-in viewer in a live room."""

    token: str
    room_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class Cpu:
    """Processor time used so far, in seconds."""

    server_s: float
    postgres_s: float

    def since(self, before: "Cpu") -> "Cpu":
        """What was used since `before`."""
        return Cpu(self.server_s - before.server_s, self.postgres_s - before.postgres_s)


@dataclass(frozen=True, slots=True)
class LiveServer:
    """The running server."""

    port: int
    pid: int
    url: str

    def cpu(self) -> Cpu:
        """Of the server's process, and of all processes of its PostgreSQL."""
        return Cpu(cpu_s(self.pid), _postgres_cpu_s(self.url))

    def gifts(self) -> int:
        """Gifts in the journal."""
        with psycopg.connect(self.url) as conn:
            row = conn.execute("SELECT count(*) FROM gift").fetchone()
        assert row is not None
        return int(row[0])

    def problems(self) -> list[ledger.Problem]:
        """What `largesse ledger check` finds."""
        return problems(self.url)


def problems(url: str) -> list[ledger.Problem]:
    """What `largesse ledger check` finds."""
    return asyncio.run(_problems(url))


def seat_viewers(url: str, *, viewers: int, room_count: int) -> list[Seat]:
    """People made by the same code as everywhere: grown up, signed in, with coins, in rooms of eligible creators."""
    return asyncio.run(_seat_viewers(url, viewers, room_count))


async def _seat_viewers(url: str, viewers: int, room_count: int) -> list[Seat]:
    await serve.prepare(url)
    async with start_services(Settings(demo=False), url=url) as services:
        places = [await _open_room(services, number) for number in range(room_count)]
        people = [person(f"Viewer {number}") for number in range(viewers)]
        seats = []
        async with services.db.transaction() as conn:
            await identity.add_people(conn, people)
            for number, viewer in enumerate(people):
                session, _ = await identity.open_session(conn, viewer.id, SessionKind.BEARER, 1)
                await ledger.credit_top_up(conn, top_up(viewer.id))
                seats.append(Seat(session.token, places[number % room_count], viewer.id))
    return seats


def cookies_of_session(url: str, user_id: UUID) -> dict[str, str]:
    """The cookies of somebody who signed in with a browser."""
    token = asyncio.run(_open_cookie_session(url, user_id))
    return {SESSION_COOKIE: token, CSRF_COOKIE: csrf_token(token)}


async def _open_cookie_session(url: str, user_id: UUID) -> str:
    async with (
        start_services(Settings(demo=False), url=url) as services,
        services.db.transaction() as conn,
    ):
        session, _ = await identity.open_session(conn, user_id, SessionKind.COOKIE, 1)
        return session.token


async def _open_room(services: Services, number: int) -> UUID:
    """A live stream of a creator who may and wants to receive gifts."""
    creator = person(f"Creator {number}")
    async with services.db.transaction() as conn:
        await identity.add_people(conn, [creator])
        await creators.add_creator(conn, creator.id)
        await identity.add_followers(conn, creator.id, [new_id() for _ in range(FOLLOWERS)], now())
    await creators.set_gifting(services.db, creator, enabled=True)
    return (await rooms.start_stream(services, creator, f"Room {number}")).id


def person(name: str) -> User:
    """A grown-up who has been here for long, not stored yet."""
    joined = now() - timedelta(days=ACCOUNT_AGE_DAYS)
    roles = frozenset({Role.VIEWER})
    return identity.new_user(name, "US", date(1990, 1, 1), roles=roles, created_at=joined)


@contextmanager
def serving(
    url: str, program: Sequence[str] = ("largesse.cli", "serve"), **settings: str
) -> Iterator[LiveServer]:
    """`largesse serve` on this database, on a free port of 127.0.0.1, until the block ends; settings by their names."""
    port = _free_port()
    command = [sys.executable, "-m", *program, "--port", str(port)]
    given = {f"LARGESSE_{name.upper()}": value for name, value in settings.items()}
    environment = {**os.environ, **given, "DATABASE_URL": url, "PYTHONPATH": str(_ROOT / "src")}
    process = subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_until_ready(process, port)
        yield LiveServer(port=port, pid=process.pid, url=url)
    finally:
        process.terminate()
        process.wait(_STOP_TIMEOUT_S)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


async def _problems(url: str) -> list[ledger.Problem]:
    async with await psycopg.AsyncConnection.connect(url) as conn:
        return list((await ledger.check(conn)).problems)


def _postgres_cpu_s(url: str) -> float:
    """Of the server process, of those that it waited for, and of those that run."""
    with psycopg.connect(url) as conn:
        postmaster = _stat(conn.info.backend_pid)[1]
    total = cpu_s(postmaster) + _waited_cpu_s(postmaster)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if _stat(int(entry.name))[1] == postmaster:
                    total += cpu_s(int(entry.name))
            except OSError:  # it ended meanwhile
                continue
    return total


def _stat(pid: int) -> list[int]:
    """The numbers after a process's name and state in /proc: itself not among them, its parent at 1."""
    text = Path(f"/proc/{pid}/stat").read_text()
    return [0, *(int(field) for field in text.rpartition(")")[2].split()[1:])]


def cpu_s(pid: int) -> float:
    fields = _stat(pid)
    return (fields[11] + fields[12]) / os.sysconf("SC_CLK_TCK")


def _waited_cpu_s(pid: int) -> float:
    fields = _stat(pid)
    return (fields[13] + fields[14]) / os.sysconf("SC_CLK_TCK")
