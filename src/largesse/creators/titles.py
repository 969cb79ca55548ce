"""The titles of rooms belong to the module of rooms, which stands above this one and registers how to look them up."""

from collections.abc import Sequence
from uuid import UUID

from largesse.creators.model import RoomTitle, RoomTitles
from largesse.db import ReadConnection

_registered: list[RoomTitles] = []


def register_room_titles(look_up: RoomTitles) -> None:
    """Say how titles are looked up; the latest registration holds."""
    _registered[:] = [look_up]


async def room_titles(conn: ReadConnection, room_ids: Sequence[UUID]) -> dict[UUID, RoomTitle]:
    """The titles of these rooms."""
    assert _registered, "no module has registered room titles"
    return await _registered[0](conn, room_ids) if room_ids else {}
