"""A room on its way from the database, and what is told about it meanwhile."""

import asyncio
from uuid import UUID

from largesse.realtime.notices import GiftingSwitched, TextRemoved
from largesse.realtime.room import Room
from largesse.realtime.told import Told


class Loading:
    """What is published meanwhile waits in `early`, what holds for rooms in `notices`."""

    def __init__(self, task: asyncio.Task[Room | None]) -> None:
        self.task = task
        self.early: list[Told] = []
        self.early_seq_max = 0
        self.notices: list[TextRemoved | GiftingSwitched] = []


def heed(room: Room, notice: TextRemoved | GiftingSwitched) -> None:
    """Do what a notice says, if it is about this room."""
    match notice:
        case TextRemoved(_, room_id, seq) if UUID(room_id) == room.projection.id:
            room.hide(seq)
        case GiftingSwitched(creator_id, gifting) if creator_id == room.projection.creator.id:
            room.set_gifting(gifting)
