"""Who comes back from a process that is gone may have seen more of a room than this process has."""

from largesse.realtime.hub import Hub
from largesse.realtime.outbox import Outbox
from largesse.realtime.sending import catch_up, send_room
from tests.realtime.conftest import Log, chat, drained, seqs


async def test_a_room_that_is_behind_a_newcomer_reads_on_and_repeats_nothing(
    hub: Hub, log: Log
) -> None:
    log.events = [chat(1)]
    await hub.enter(log.room_id, Outbox(), "here all the time")
    log.events = [chat(seq) for seq in range(1, 9)]  # committed elsewhere, and never told
    outbox = Outbox()
    await catch_up(hub, log.room_id, 7)
    room = await hub.enter(log.room_id, outbox, "newcomer")
    await send_room(hub, room, outbox, room.snapshot(None), 7)
    hub.publish(log.room_id, log.events)
    room.flush()
    assert seqs(drained(outbox)) == [8]


async def test_a_number_beyond_the_log_changes_nothing(hub: Hub, log: Log) -> None:
    log.events = [chat(1)]
    room = await hub.enter(log.room_id, Outbox(), "viewer")
    await catch_up(hub, log.room_id, 2**60)
    assert room.seq == 1
