"""What a socket gets when it enters a room, and for what it asks."""

from collections.abc import Awaitable
from uuid import UUID

from largesse.realtime.hub import Hub
from largesse.realtime.limits import FRAME_EVENTS_MAX
from largesse.realtime.outbox import Outbox
from largesse.realtime.room import Room
from largesse.realtime.writing import write_frame, write_refusal


async def catch_up(hub: Hub, room_id: UUID, after: int | None) -> None:
    """Before `hub.enter`: who comes from a process that is gone may have seen more than it told us.

    An open room that is behind him reads the log first, else he would get those events again. A number beyond the log
    changes nothing.
    """
    room = hub.room(room_id)
    while room is not None and after is not None and after > room.seq:
        if not await room.read_on():
            return


async def send_room(hub: Hub, room: Room, outbox: Outbox, snapshot: str, after: int | None) -> None:
    """Queue the snapshot and what came after `after`; the room's frames wait until that is read.

    Call it right after `hub.enter`, without waiting in between.
    """
    outbox.push(snapshot)
    if after is None:
        return
    outbox.hold_live()
    events = await hub.replay(room, after)
    for start in range(0, len(events), FRAME_EVENTS_MAX):
        outbox.push(write_frame(events[start : start + FRAME_EVENTS_MAX]))
    outbox.release_live()


async def answer_of(id_: UUID, acting: Awaitable[str]) -> str:
    """The ack, or why there is none."""
    try:
        return await acting
    except Exception as error:
        return write_refusal(id_, error)
