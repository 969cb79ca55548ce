"""What this module asks of rooms, which stand above it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from largesse.db import ReadConnection
from largesse.moderation.errors import RoomNotFound
from largesse.realtime import LoggedEvent


@dataclass(frozen=True, slots=True)
class Place:
    """A stream, whose it is, and whether it is live: only then its log takes events."""

    room_id: UUID
    creator_id: UUID
    live: bool


class RoomsPort(Protocol):
    """Streams and their events."""

    async def place(self, conn: ReadConnection, stream_id: UUID) -> Place | None:
        """Whose stream it is, and whether it is live."""
        ...

    async def live_place(self, conn: ReadConnection, creator_id: UUID) -> Place | None:
        """The creator's live stream; until the transaction ends no other one starts."""
        ...

    async def event(self, conn: ReadConnection, room_id: UUID, seq: int) -> LoggedEvent | None:
        """An event of a room's log as it stands."""
        ...


_rooms: list[RoomsPort] = []


def register_rooms(rooms: RoomsPort) -> None:
    """Let the module of rooms answer."""
    _rooms[:] = [rooms]


def rooms() -> RoomsPort:
    """Whoever answers about rooms."""
    return _rooms[0]


async def place_of(conn: ReadConnection, stream_id: UUID) -> Place:
    """The stream; raises RoomNotFound."""
    place = await rooms().place(conn, stream_id)
    if place is None:
        raise RoomNotFound
    return place
