"""Goals of the rooms that somebody is in: written down when they are reached, and lessened by refunds."""

import asyncio
from uuid import UUID

from largesse.db import Database
from largesse.goals.service import confirm_reached, count_on
from largesse.realtime import Hub, Looking, Room

LOOK_S = 0.25
"""How often open rooms are looked at; no database is asked while nothing is reached."""
ASK_AGAIN_S = 3.0
"""When the database said no (a refund it knows and we do not yet)."""
COUNT_ON_EVENTS = 10_000
"""After so many events what was counted is kept, so that opening the room stays quick."""


class Keeping(Looking):
    """Runs while its block does, in every serving process; whichever comes first writes, the others find it written."""

    def __init__(self, db: Database, hub: Hub) -> None:
        super().__init__("goals, keeping")
        self._db = db
        self._hub = hub
        self._asked_at_s: dict[UUID, float] = {}
        self._kept: dict[UUID, int] = {}

    def pause_s(self) -> float:
        return LOOK_S

    async def look(self) -> None:
        open_rooms = self._hub.open_rooms()
        self._kept = {id_: seq for id_, seq in self._kept.items() if id_ in open_rooms}
        for room_id in open_rooms:
            room = self._hub.room(room_id)
            if room is None or room.projection.state == "ended" or not room.projection.goals.open:
                continue
            if room.projection.goals.due and self._may_ask(room_id):
                self._hub.publish(room_id, await confirm_reached(self._db, room_id))
            await self._count_on(room_id, room)

    def _may_ask(self, room_id: UUID) -> bool:
        at_s = asyncio.get_running_loop().time()
        if self._asked_at_s.get(room_id, float("-inf")) + ASK_AGAIN_S > at_s:
            return False
        self._asked_at_s = {
            id_: asked for id_, asked in self._asked_at_s.items() if asked + ASK_AGAIN_S > at_s
        }
        self._asked_at_s[room_id] = at_s
        return True

    async def _count_on(self, room_id: UUID, room: Room) -> None:
        seq = room.seq
        if seq - self._kept.setdefault(room_id, seq - seq % COUNT_ON_EVENTS) >= COUNT_ON_EVENTS:
            self._kept[room_id] = seq
            await count_on(self._db, room_id, seq)
