"""What is told while a room is on its way from the database holds in it, though it was read before."""

import asyncio
import json
from collections.abc import Callable

import pytest

from largesse.realtime import Hub
from largesse.realtime.outbox import Outbox
from largesse.types import new_id
from tests.realtime.conftest import CREATOR, Log, chat, until


def _remove(hub: Hub, log: Log) -> None:
    hub.text_removed(new_id(), 1)  # of another room
    hub.text_removed(log.room_id, 2)


def _switch(hub: Hub, log: Log) -> None:
    hub.gifting_changed(CREATOR.id, True)
    hub.gifting_changed(CREATOR.id, False)
    hub.gifting_changed(new_id(), True)  # another creator


@pytest.mark.parametrize(
    ("tell", "texts", "gifting"),
    [(_remove, ["one", None], True), (_switch, ["one", "two"], False)],
)
async def test_a_notice_holds_in_a_room_that_is_being_loaded(
    hub: Hub,
    log: Log,
    tell: Callable[[Hub, Log], None],
    texts: list[str | None],
    gifting: bool,
) -> None:
    log.events = [chat(1, "one"), chat(2, "two")]
    log.loaded.clear()
    outbox = Outbox()
    entering = asyncio.create_task(hub.enter(log.room_id, outbox, new_id()))
    await until(lambda: log.room_id in hub.open_rooms())
    tell(hub, log)
    log.loaded.set()
    room = await entering
    state = json.loads(room.snapshot(None))["room"]
    assert [event["text"] for event in state["recent"]] == texts
    assert state["gifting"] is gifting
    replayed = room.replay_from_memory(0) or []
    assert [json.loads(text)["text"] for text in replayed] == texts
    hub.leave(room, outbox)
