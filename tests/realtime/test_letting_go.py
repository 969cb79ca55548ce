"""What is over is let go of: no room stays that nobody is in, none is in a circle that waits for the collector."""

import asyncio
import contextlib
import weakref
from typing import Any, cast
from uuid import UUID

import pytest
from starlette.websockets import WebSocket

from largesse.realtime import Hub, OverlaySocket, OverlayState, Stream
from largesse.realtime.outbox import Outbox
from largesse.realtime.overlay_settings import ChatSettings
from largesse.realtime.room import Room
from largesse.types import new_id, now
from tests.collecting import no_collector
from tests.realtime.conftest import CREATOR, Log, chat, drained, until


async def _lively_room(hub: Hub, log: Log) -> "weakref.ref[Room]":
    """A room that was seen, spoken in and left."""
    outbox = Outbox()
    room = await hub.enter(log.room_id, outbox, new_id())
    log.events += [chat(1), chat(3)]
    hub.publish(log.room_id, log.events)  # with a gap, which is filled from the log
    log.events.insert(1, chat(2))
    await until(lambda: room.seq == 3)
    await until(lambda: "frame" in {frame["op"] for frame in drained(outbox)})
    hub.leave(room, outbox)
    return weakref.ref(room)


async def test_a_room_that_all_have_left_is_gone_without_the_collector(hub: Hub, log: Log) -> None:
    with no_collector():
        room = await _lively_room(hub, log)
        await until(lambda: room() is None)


async def test_a_room_that_is_over_stays_quiet(hub: Hub, log: Log) -> None:
    outbox = Outbox()
    room = await hub.enter(log.room_id, outbox, new_id())
    await until(lambda: "viewer_count" in str(drained(outbox)))
    hub.leave(room, outbox)
    log.events.append(chat(1))
    room.publish(log.events)  # by whoever had it in hand
    room.flush()
    room.count_elsewhere(7)
    assert room._summary_timer is None or room._summary_timer.cancelled()
    assert drained(outbox) == []


class _Client:
    """The other end of an overlay's socket: it says nothing, and goes."""

    scope: dict[str, Any] = {}  # noqa: RUF012 - nothing is written into it

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "websocket.disconnect"}


class _Database:
    """Tells how the overlay is set: at first at once; then it neither answers nor lets itself be interrupted."""

    def __init__(self, room_id: UUID) -> None:
        self.stream = Stream(
            id=room_id, title="A room", creator=CREATOR, state="live", started_at=now(),
            ended_at=None, viewers=0, gifting=True, followers=0, visibility="public", playback=None,
        )  # fmt: skip
        self.asked = 0
        self.interrupted = asyncio.Event()
        self.lets_go = asyncio.Event()

    async def look_up(self) -> OverlayState:
        self.asked += 1
        if self.asked > 1:
            try:
                await asyncio.Event().wait()
            finally:
                self.interrupted.set()
                await self.lets_go.wait()
        settings = ChatSettings(kind="chat")
        return OverlayState(
            id=_OVERLAY, creator_id=CREATOR.id, settings=cast(Any, settings), approved=0,
            hold_switch=None, stream=self.stream,
        )  # fmt: skip


_OVERLAY = new_id()


@pytest.mark.parametrize("times", [1, 2], ids=["cancelled once", "cancelled again"])
async def test_an_overlay_that_goes_while_it_looks_leaves_its_room(
    hub: Hub, log: Log, times: int
) -> None:
    """Its connection may end in two ways at a time; the second must not interrupt what takes it out."""
    client, database = _Client(), _Database(log.room_id)
    socket = OverlaySocket(cast(WebSocket, client), hub, database.look_up, None)
    serving = asyncio.ensure_future(socket._serve())
    await until(lambda: hub.room(log.room_id) is not None)
    await until(lambda: database.asked == 1)
    hub.stream_changed(CREATOR.id)
    await until(lambda: database.asked == 2)
    client.gone.set()
    await database.interrupted.wait()
    if times == 2:
        serving.cancel()
    database.lets_go.set()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    await until(lambda: hub.open_rooms() == [])
    assert hub.overlays._watches == {}
