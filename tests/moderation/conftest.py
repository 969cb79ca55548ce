"""A live room with its creator, a moderator and viewers, and what they do in it over HTTP."""

import asyncio
from dataclasses import dataclass
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
from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import (
    WAIT_S,
    Open,
    Socket,
    address,
    creator,
    demo_template,
    open_socket,
    settings,
    stream,
    viewer,
)

__all__ = ["address", "creator", "demo_template", "open_socket", "settings", "stream", "viewer"]


@pytest.fixture
def services(app: FastAPI) -> Services:
    """Those of the running app."""
    started: Services = app.state.services
    return started


@dataclass(frozen=True)
class Room:
    """A stream as its people reach it."""

    client: httpx.AsyncClient
    db: Database
    id: str
    creator: SignedIn
    moderator: SignedIn
    open_socket: Open

    async def join(self, who: SignedIn | None = None, after: int | None = None) -> Socket:
        socket = await self.open_socket("streams", self.id)
        await socket.join(None if who is None else who.token, after)
        return socket

    async def call(
        self, method: str, path: str, who: SignedIn | None, **body: Any
    ) -> httpx.Response:
        """Of `/v1/streams/{id}/...`."""
        return await self.client.request(
            method,
            f"/v1/streams/{self.id}/{path}",
            json=body or None,
            headers=who.headers if who else {},
        )

    async def do(self, method: str, path: str, who: SignedIn, **body: Any) -> dict[str, Any]:
        """As `call`, and it must succeed."""
        answer = await self.call(method, path, who, **body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    async def chat(self, who: SignedIn, text: str, id_: UUID | None = None) -> httpx.Response:
        return await self.call("POST", "chat", who, id=str(id_ or new_id()), text=text)

    async def say(self, who: SignedIn, text: str, id_: UUID | None = None) -> int:
        """Something that must be said; its number."""
        answer = await self.chat(who, text, id_)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["seq"])

    async def gift(self, who: SignedIn, **more: Any) -> httpx.Response:
        body = {"id": str(new_id()), "gift": "rose", "count": 1, **more}
        return await self.call("POST", "gifts", who, **body)

    async def pay(
        self, who: SignedIn, coins: int, text: str, id_: str | None = None
    ) -> httpx.Response:
        body = {"id": id_ or str(new_id()), "text": text, "coins": coins}
        return await self.call("POST", "paid-messages", who, **body)

    async def rules(self, who: SignedIn | None = None, **rules: Any) -> dict[str, Any]:
        return await self.do("PUT", "chat-rules", who or self.creator, **rules)

    async def remove(self, who: SignedIn, seq: int) -> httpx.Response:
        return await self.call("POST", f"messages/{seq}/remove", who)

    async def ban(self, who: SignedIn, target: SignedIn) -> httpx.Response:
        return await self.call("POST", "bans", who, user_id=str(target.id))

    async def mute(self, who: SignedIn, target: SignedIn, seconds: int = 60) -> httpx.Response:
        return await self.call("POST", "mutes", who, user_id=str(target.id), seconds=seconds)

    async def events(self, after: int = 0) -> list[dict[str, Any]]:
        """The log as it is read afterwards."""
        path = f"/v1/streams/{self.id}/events?after={after}&limit=100"
        items: list[dict[str, Any]] = (
            await self.client.get(path, headers=self.creator.headers)
        ).json()["items"]
        return items

    async def end(self) -> None:
        await self.do("POST", "end", self.creator)

    async def fresh(self) -> dict[str, Any]:
        """The room as the next visitor of another process would find it."""
        start = await load_room(self.db, UUID(self.id))
        assert start is not None
        state: dict[str, Any] = Projection(start).room_state(0).model_dump(mode="json")
        return state

    async def audit(self) -> list[str]:
        """What was written to the audit log, in order."""
        async with self.db.read() as conn:
            cursor = await conn.execute("SELECT action FROM audit ORDER BY created_at, id")
            return [row[0] for row in await cursor.fetchall()]


@pytest.fixture
async def room(
    client: httpx.AsyncClient,
    db: Database,
    stream: dict[str, Any],
    creator: SignedIn,
    users: MakeUser,
    open_socket: Open,
) -> Room:
    """With one moderator, whom the creator appointed."""
    moderator = await users("Mona")
    answer = await client.put(f"/v1/creator/moderators/{moderator.id}", headers=creator.headers)
    assert answer.status_code == 204, answer.text
    return Room(client, db, stream["id"], creator, moderator, open_socket)


async def assert_same_room(room: Room, watching: Socket, newcomer: Socket | None = None) -> None:
    """What who was there all along has seen, a newcomer's snapshot and a fresh read of the database say the same."""
    newcomer = newcomer or await room.join()
    state = newcomer.snapshot["room"]
    fresh = await room.fresh()
    for part in ("recent", "pinned", "pin", "chat_rules", "supporters"):
        assert state[part] == fresh[part], part
    await watching.until_seq(newcomer.snapshot["seq"])
    stored = await room.events()
    assert state["recent"] == stored[-50:]
    late = await room.join(after=0)
    await late.until_seq(newcomer.snapshot["seq"])
    assert late.logged == stored


async def until_waiting(db: Database, count: int) -> None:
    """So many wait for a lock."""
    async with asyncio.timeout(WAIT_S):
        while True:
            async with db.read() as conn:
                cursor = await conn.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                row: Any = await cursor.fetchone()
            if row[0] >= count:
                return
            await asyncio.sleep(0.02)
