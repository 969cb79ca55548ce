"""Live rooms where people pay to say something."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from largesse.db import Database
from largesse.realtime.projection import Projection
from largesse.rooms.loading import load_room
from largesse.services import Services
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import (
    address,
    creator,
    demo_template,
    open_socket,
    settings,
    stream,
    viewer,
)

__all__ = ["address", "creator", "demo_template", "open_socket", "settings", "stream", "viewer"]

Stream = dict[str, Any]


@pytest.fixture
def services(app: FastAPI) -> Services:
    """Those of the running app."""
    started: Services = app.state.services
    return started


async def pay(
    client: httpx.AsyncClient, stream: Stream, person: SignedIn, coins: int, text: str, **more: Any
) -> httpx.Response:
    """A paid message over REST."""
    body = {"id": str(new_id()), "text": text, "coins": coins, **more}
    path = f"/v1/streams/{stream['id']}/paid-messages"
    return await client.post(path, json=body, headers=person.headers)


async def cheer(
    client: httpx.AsyncClient, stream: Stream, person: SignedIn, coins: int, text: str, **more: Any
) -> httpx.Response:
    """A cheer over REST."""
    body = {"id": str(new_id()), "text": text, "coins": coins, **more}
    path = f"/v1/streams/{stream['id']}/cheers"
    return await client.post(path, json=body, headers=person.headers)


async def approve(
    client: httpx.AsyncClient, stream: Stream, person: SignedIn, seq: int
) -> httpx.Response:
    path = f"/v1/streams/{stream['id']}/messages/{seq}/approve"
    return await client.post(path, headers=person.headers)


async def held(client: httpx.AsyncClient, stream: Stream, person: SignedIn) -> list[dict[str, Any]]:
    """What waits for a moderator."""
    answer = await client.get(f"/v1/streams/{stream['id']}/held-messages", headers=person.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def hold_messages(db: Database, creator: SignedIn) -> None:
    """The creator wants to look at texts of paid messages first."""
    async with db.transaction() as conn:
        await conn.execute(
            "INSERT INTO chat_rule (creator_id, slow_mode_s, followers_only, links,"
            " hold_paid_messages, words, updated_at)"
            " VALUES (%s, 0, false, false, true, '{fudge}', now())",
            (creator.id,),
        )


async def log_of(client: httpx.AsyncClient, stream: Stream) -> list[dict[str, Any]]:
    """The stream's log, read from the database."""
    answer = await client.get(f"/v1/streams/{stream['id']}/events", params={"limit": 100})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def assert_live_is_stored(services: Services, stream: Stream) -> None:
    """What the process shows of a room that is open in it is what a fresh one would read."""
    live = services.hub.room(UUID(stream["id"]))
    stored = await load_room(services.db, UUID(stream["id"]))
    assert live is not None
    assert stored is not None
    assert live.projection.room_state(0) == Projection(stored).room_state(0)


async def coins_of(client: httpx.AsyncClient, person: SignedIn) -> int:
    wallet = (await client.get("/v1/wallet", headers=person.headers)).json()
    total: int = wallet["coins_total"]
    return total
