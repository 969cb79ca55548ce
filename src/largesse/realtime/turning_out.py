"""Closes the sockets of those who may not stay in a room."""

from collections.abc import Collection
from uuid import UUID

from largesse.errors import AppError
from largesse.realtime.errors import NOT_ADMITTED
from largesse.realtime.room import Room
from largesse.realtime.writing import write_refusal


def turn_out(room: Room, user_ids: Collection[UUID], reason: AppError) -> None:
    """Say why to these users' sockets of this process, and close them as sockets that were not admitted."""
    refusal = write_refusal(None, reason)
    for outbox, viewer in tuple(room.outboxes.items()):
        if viewer in user_ids:
            outbox.push(refusal)
            outbox.finish(NOT_ADMITTED)


def users_in(room: Room) -> set[UUID]:
    """The signed-in users with a socket in the room here."""
    return {viewer for viewer in room.outboxes.values() if isinstance(viewer, UUID)}
