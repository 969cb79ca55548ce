"""Those whom a room is not for any more are shown out, whichever process took back their follow or invitation."""

from uuid import UUID

from largesse import identity
from largesse.db import Database, ReadConnection
from largesse.realtime import Hub, Looking, Room, turn_out, users_in
from largesse.rooms import door_queries, doors
from largesse.rooms.errors import StreamPrivate

LOOK_S = 2.0
"""How often everybody in the private rooms of this process is looked up."""


class Doorkeeper(Looking):
    """Runs while its block does. Costs one query for each private room that somebody is in."""

    def __init__(self, db: Database, hub: Hub) -> None:
        super().__init__("rooms, doors")
        self._db = db
        self._hub = hub

    def pause_s(self) -> float:
        return LOOK_S

    async def look(self) -> None:
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
