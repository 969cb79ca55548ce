"""A serving process lives a long time in little: rooms open and end, viewers come and go, and what it holds is noted.

Distinct creators and viewers, so that whatever is kept for each of them shows. The last quarter of the time is compared
with the first; at the end everybody leaves, and nobody must be left in the process.
"""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.live import LiveServer, person, problems, serving
from bench.rooms import process
from bench.server import top_up
from bench.soak_report import figures
from largesse import creators, identity, ledger, serve
from largesse.identity import SessionKind, User
from largesse.main import start_services
from largesse.services import Services
from largesse.settings import Settings

GIFTS = 0
"""As many as come; `--gifts` changes nothing here."""
MINUTES = 30.0
ROOMS = 12
"""Live at any time."""
VISITS_PER_S = 10.0
EVERY_S = 15.0
"""How often it is noted what the process holds."""
_STREAMS_PER_S_AND_ROOM = 1 / 12
"""More than come."""
_PEOPLE_AT_ONCE = 500
_QUIET_S = 6.0
"""After the last has left, before the last look: rooms that nobody is in are forgotten, streaks end."""
_LOOK_PATIENCE_S = 120.0


def measure(url: str, *, gifts: int = GIFTS, minutes: float | None = None) -> dict[str, Any]:
    """What the process holds, at first and at last, and what grew."""
    seconds = (minutes or MINUTES) * 60
    plan = asyncio.run(_people(url, seconds))
    with tempfile.TemporaryDirectory(prefix="largesse-soak-") as folder:
        looks = Path(folder) / "looks"
        looks.touch()
        with _server(url, looks) as server:
            samples = _live(server, looks, plan, seconds)
    assert problems(url) == []
    return figures(samples)


@contextmanager
def _server(url: str, looks: Path) -> Iterator[LiveServer]:
    os.environ["BENCH_SOAK_EVERY_S"] = str(EVERY_S)
    with serving(url, ("bench.soak_server", str(looks))) as server:
        yield server


def _live(
    server: LiveServer, looks: Path, plan: dict[str, Any], seconds: float
) -> list[dict[str, Any]]:
    """The looks, each with what had happened by then; the last one is of the process that all have left."""
    samples: list[dict[str, Any]] = []
    with process("bench.soak_crowd", {"port": server.port, **plan}) as ask:
        until_s = time.monotonic() + seconds
        told = ask({})
        # On a slow machine it may take longer until somebody has come and given.
        while time.monotonic() < until_s or not (told["counts"].get("visits") and server.gifts()):
            time.sleep(min(1.0, EVERY_S))
            told = ask({})
            _take(server, looks, samples, told)
        last = ask({"end": True})
    assert not {1011, 1012} & {int(code) for code in last["closed"]}, last["closed"]
    assert server.gifts() > 0
    time.sleep(_QUIET_S)
    left_at_s = time.monotonic()
    deadline_s = left_at_s + _LOOK_PATIENCE_S
    while not _is_empty(samples, left_at_s):
        kept = {name: samples[-1].get(name) for name in ("sockets", "rooms")} if samples else {}
        assert time.monotonic() < deadline_s, f"all have left, and the server keeps {kept}"
        time.sleep(0.2)
        _take(server, looks, samples, last)
    return samples


def _is_empty(samples: Sequence[Mapping[str, Any]], left_at_s: float) -> bool:
    """The last look is from after that, and nobody and no room was there."""
    if not samples or samples[-1]["at_s"] < left_at_s:
        return False
    return (samples[-1]["rooms"], samples[-1]["sockets"]) == (0, 0)


def _take(
    server: LiveServer, looks: Path, samples: list[dict[str, Any]], told: dict[str, Any]
) -> None:
    """The looks since the last time."""
    lines = looks.read_text().splitlines()
    for line in lines[len(samples) :]:
        connections, postgres_bytes = _postgres(server.url)
        samples.append(
            {
                **json.loads(line),
                "connections": connections,
                "postgres_bytes": postgres_bytes,
                "done": told,
            }
        )


def _postgres(url: str) -> tuple[int, int]:
    """Sessions of others than this one, and the memory that they have for themselves."""
    with psycopg.connect(url) as conn:
        rows = conn.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()
    return len(rows), sum(_own_bytes(int(pid)) for (pid,) in rows)


def _own_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it ended meanwhile
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


# --- who comes


async def _people(url: str, seconds: float) -> dict[str, Any]:
    """Creators who may receive gifts, and viewers with coins, all signed in; as many as will come."""
    await serve.prepare(url)
    async with start_services(Settings(demo=False), url=url) as services:
        async with services.db.transaction() as conn:
            await conn.execute("UPDATE creator_rule SET live_followers_min = 0")
        number = int(ROOMS * (1 + seconds * _STREAMS_PER_S_AND_ROOM))
        hosts = await _sign_in(services, "Creator", number, coins=False)
        for user, _ in hosts:
            async with services.db.transaction() as conn:
                await creators.add_creator(conn, user.id)
            await creators.set_gifting(services.db, user, enabled=True)
        viewers = await _sign_in(services, "Viewer", int(10 + seconds * VISITS_PER_S), coins=True)
    return {
        "rooms": ROOMS,
        "visits_per_s": VISITS_PER_S,
        "creators": [[str(user.id), token] for user, token in hosts],
        "people": [token for _, token in viewers],
    }


async def _sign_in(
    services: Services, name: str, count: int, *, coins: bool
) -> list[tuple[User, str]]:
    people = [person(f"{name} {number}") for number in range(count)]
    found = []
    for first in range(0, count, _PEOPLE_AT_ONCE):
        some = people[first : first + _PEOPLE_AT_ONCE]
        async with services.db.transaction() as conn:
            await identity.add_people(conn, some)
            for user in some:
                session, _ = await identity.open_session(conn, user.id, SessionKind.BEARER, 1)
                if coins:
                    await ledger.credit_top_up(conn, top_up(user.id))
                found.append((user, session.token))
    return found
