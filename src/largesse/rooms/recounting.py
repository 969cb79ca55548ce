"""Rankings and goals of rooms that somebody is in follow refunds and disputes, whichever process books them."""

from uuid import UUID

from largesse import gifts, goals, identity, ledger, outbox
from largesse.db import Database, ReadConnection
from largesse.realtime import Hub, Looking, Recount
from largesse.rooms.events import named
from largesse.types import now

RECOUNT_S = 3.0
"""How often the open rooms are compared with what was reversed."""


class Recounting(Looking):
    """Runs while its block does. A room's log has no event for what is taken from its gifts, so it is looked up."""

    def __init__(self, db: Database, hub: Hub) -> None:
        super().__init__("rooms, recounting")
        self._db = db
        self._hub = hub

    def pause_s(self) -> float:
        return RECOUNT_S

    async def look(self) -> None:
        """One consistent read: what was taken, and for the rooms where that is new, who is first now."""
        open_rooms = self._hub.open_rooms()
        if not open_rooms:
            return
        told: dict[UUID, Recount] = {}
        async with self._db.read() as conn:
            taken = await outbox.taken_in_rooms(conn, open_rooms)
            for room_id in open_rooms:
                room = self._hub.room(room_id)
                if room is not None and room.projection.ranking.taken != taken.get(room_id, {}):
                    told[room_id] = await _recount(conn, room_id, taken.get(room_id, {}))
        for room_id, recount in told.items():
            if room := self._hub.room(room_id):
                room.recount(recount)


async def _recount(conn: ReadConnection, room_id: UUID, taken: dict[UUID, int]) -> Recount:
    rows = (await gifts.gift_rule(conn, now())).leaderboard_rows
    places = await outbox.supporters(conn, room_id, rows)
    people = await identity.persons(conn, [place.sender_id for place in places])
    first = [(named(people, place.sender_id), place.first_seq) for place in places]
    room = await ledger.room_state(conn, room_id)
    wanted = await goals.standing(conn, room_id)
    ended = room is None or not room.open
    return Recount(taken, first, wanted.taken, wanted.goals() if ended else None)
