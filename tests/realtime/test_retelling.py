"""What was removed is gone from the memory of rooms, whoever tells of it."""

import json

from largesse.realtime import Hub
from largesse.realtime.notices import TextRemoved, decode, encode
from largesse.realtime.outbox import Outbox
from largesse.realtime.retelling import removal, retold
from largesse.types import new_id
from tests.realtime.conftest import CREATOR, Log, chat, gift


async def test_a_removal_that_another_process_tells_is_done_here(hub: Hub, log: Log) -> None:
    room = await hub.enter(log.room_id, Outbox(), "viewer")
    hub.publish(log.room_id, [chat(seq) for seq in range(1, 4)])
    told = TextRemoved(new_id(), str(log.room_id), 2)
    (message,) = encode(new_id(), [told], bytes_max=1000)
    _, (heard,) = decode(message)
    for _ in range(2):
        hub.apply(heard)
    recent = json.loads(room.snapshot(None))["room"]["recent"]
    assert [event["text"] is None for event in recent] == [False, True, False]
    replay = room.replay_from_memory(0)
    assert replay is not None
    assert [json.loads(text) for text in replay] == recent
    hub.apply(TextRemoved(new_id(), str(new_id()), 1))


def test_other_events_stay_the_very_same() -> None:
    for event in (chat(1), gift(3, CREATOR, 5)):
        assert retold(event, removal(2)) is event
