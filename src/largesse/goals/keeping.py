"""Goals of the rooms that somebody is in are written down the moment they are reached; all others by `Reaching`."""

from largesse.db import Database
from largesse.goals.confirming import Confirming
from largesse.realtime import Hub, Looking

LOOK_S = 0.25
"""How often open rooms are looked at; no database is asked while nothing is reached."""


class Keeping(Looking):
    """Runs while its block does, in every serving process; whichever comes first writes, the others find it written."""

    def __init__(self, db: Database, hub: Hub) -> None:
        super().__init__("goals, keeping")
        self._hub = hub
        self._writing = Confirming(db, hub)

    def pause_s(self) -> float:
        return LOOK_S

    async def look(self) -> None:
        for room_id in self._hub.open_rooms():
            room = self._hub.room(room_id)
            if room is None or room.projection.state == "ended" or not room.projection.goals.open:
                continue
            if room.projection.goals.due:
                await self._writing.confirm(room_id)
