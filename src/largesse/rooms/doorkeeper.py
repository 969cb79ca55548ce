"""Those whom a room is not for any more are shown out, whichever process took back their follow or invitation."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from largesse import identity
from largesse.db import Database, ReadConnection
from largesse.realtime import Hub, Room, turn_out, users_in
from largesse.rooms import door_queries, doors
from largesse.rooms.errors import StreamPrivate

LOOK_S = 2.0
"""How often everybody in the private rooms of this process is looked up."""

log = logging.getLogger(__name__)


class Doorkeeper(AbstractAsyncContextManager["Doorkeeper"]):
    """Runs while its block does. Costs one query for each private room that somebody is in."""

    def __init__(self, db: Database, hub: Hub) -> None:
        self._db = db
        self._hub = hub
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Doorkeeper":
        self._task = asyncio.create_task(self._keep_looking(), name="rooms, doors")
        return self

    async def __aexit__(self, *_: Any) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self._look()
            except Exception:  # rooms must outlive a database that is away for a while
                log.exception("cannot look up who may stay in the private rooms; trying again")

    async def _look(self) -> None:
        found = [self._hub.room(room_id) for room_id in self._hub.open_rooms()]
        private = [room for room in found if room and room.projection.visibility != "public"]
        if not private:
            return
        async with self._db.read() as conn:
            for room in private:
                if strangers := await _strangers(conn, room):
                    turn_out(room, strangers, StreamPrivate())


async def _strangers(conn: ReadConnection, room: Room) -> set[UUID]:
    """Who is in the room and may not be."""
    room_id = room.projection.id
    inside = users_in(room) - {room.projection.creator.id}
    unsure = inside - await door_queries.welcome(conn, room_id, list(inside))
    strangers = set()
    for user_id in unsure:
        user = await identity.user_by_id(conn, user_id)
        door = await doors.look(conn, room_id, user)
        if door is not None and not door.open:
            strangers.add(user_id)
    return strangers
