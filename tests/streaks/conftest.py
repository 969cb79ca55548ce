"""Live rooms with a short timeout for streaks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from largesse import gifts, outbox, streaks
from largesse.db import Database
from largesse.gifts import GiftOrder, Target
from largesse.ledger import GiftEntry
from largesse.main import start_services
from largesse.outbox.followers import read_all
from largesse.realtime.projection import Projection
from largesse.rooms.loading import load_room
from largesse.services import Services
from largesse.settings import Settings
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import (
    Socket,
    address,
    creator,
    demo_template,
    open_socket,
    settings,
    stream,
    viewer,
)

__all__ = [
    "address",
    "creator",
    "demo_template",
    "open_socket",
    "settings",
    "stream",
    "viewer",
]

TIMEOUT_MS = 1_500
WAIT_S = 20.0


@pytest.fixture
def timeout_ms() -> int:
    """Tests that want streaks to stay open take a longer one."""
    return TIMEOUT_MS


@pytest.fixture
async def db(db: Database, timeout_ms: int) -> Database:
    """With the timeout as data."""
    await set_rule(db, timeout_ms=timeout_ms)
    return db


@pytest.fixture
def services(app: FastAPI) -> Services:
    """Those of the running app."""
    started: Services = app.state.services
    return started


@pytest.fixture
async def other(settings: Settings, db: Database, app: FastAPI) -> AsyncIterator[Services]:
    """What a second process has: its own lane, hub and names. It ends no streaks unless it is told to, and asks for no
    end before a gift: as one that asked a moment before there was one."""
    async with start_services(settings, url=db.url) as started:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(started.streaks, "must_ask", lambda _: False)
            yield started


async def give(
    services: Services, person: SignedIn, room: dict[str, Any], streak: UUID, **more: Any
) -> GiftEntry:
    """A rose by one of the processes, past its sockets."""
    creator_id = UUID(room["creator"]["id"])
    target = Target(kind="stream", room_id=UUID(room["id"]), recipient_id=creator_id)
    order = GiftOrder(**{"id": new_id(), "gift": "rose", "count": 1, "streak": streak, **more})
    return (await gifts.send_gift(services, person.user, target, order)).entry


async def keep_up(db: Database) -> None:
    """Let the follower of streaks read the journal to its end."""
    await read_all(db, [*outbox.FOLLOWERS, streaks.FOLLOWER])


async def assert_live_is_stored(services: Services, room: dict[str, Any]) -> None:
    """What the process shows of a room that is open in it is what a fresh one would read."""
    live = services.hub.room(UUID(room["id"]))
    stored = await load_room(services.db, UUID(room["id"]))
    assert live is not None
    assert stored is not None
    assert live.projection.room_state(0) == Projection(stored).room_state(0)


async def set_rule(db: Database, *, timeout_ms: int, length_max_s: int = 600) -> None:
    async with db.transaction() as conn:
        await conn.execute(
            "UPDATE streak_rule SET timeout_ms = %s, length_max_s = %s",
            (timeout_ms, length_max_s),
        )


async def log_of(client: httpx.AsyncClient, room: dict[str, Any]) -> list[dict[str, Any]]:
    """Every event of a stream's log, asked for over REST."""
    found: list[dict[str, Any]] = []
    cursor: str | None = "0"
    while cursor is not None:
        answer = await client.get(
            f"/v1/streams/{room['id']}/events", params={"after": cursor, "limit": 100}
        )
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found.extend(page["items"])
        cursor = page["next_cursor"]
    return found


async def ends_of(client: httpx.AsyncClient, room: dict[str, Any]) -> list[dict[str, Any]]:
    return [event for event in await log_of(client, room) if event["type"] == "streak_end"]


def assert_totals_hold(log: list[dict[str, Any]]) -> None:
    """Each end counts exactly the gifts of its streak before it, and no gift after it is of that streak."""
    ended: set[tuple[str, str, int, str]] = set()
    given: dict[tuple[str, str, int, str], list[int]] = {}
    for event in log:
        if event["type"] == "gift" and event["streak"] is not None:
            name = name_of(event)
            assert name not in ended, "a gift of a streak that had ended"
            sums = given.setdefault(name, [0, 0, 0, 0])
            added = (1, event["count"], event["coins"], event["milli_diamonds"])
            given[name] = [old + new for old, new in zip(sums, added, strict=True)]
        elif event["type"] == "streak_end":
            name, total = name_of(event["total"]), event["total"]
            assert name not in ended, "a second end"
            ended.add(name)
            sums = [total[part] for part in ("gifts", "count", "coins", "milli_diamonds")]
            assert sums == given[name]


def name_of(part: dict[str, Any]) -> tuple[str, str, int, str]:
    return (part["sender"]["id"], part["gift"]["id"], part["gift"]["version"], part["streak"])


async def eventually(condition: Callable[[], Awaitable[Any]]) -> Any:
    """What the condition finds, once it finds something."""
    async with asyncio.timeout(WAIT_S):
        while not (found := await condition()):  # noqa: ASYNC110 - it asks the database
            await asyncio.sleep(0.02)
    return found


async def roses(
    socket: Socket, count: int, streak: UUID | str, **more: Any
) -> list[dict[str, Any]]:
    """So many gifts of one rose each, all on their way at once."""
    ids = [str(new_id()) for _ in range(count)]
    for id_ in ids:
        await socket.send(op="gift", id=id_, gift="rose", count=1, streak=str(streak), **more)
    return [await socket.answer(id_) for id_ in ids]
