"""An outbox is bounded, keeps its order, and knows how its socket ends."""

import asyncio

from largesse.realtime.outbox import Outbox, push_live
from largesse.realtime.wire import prepare


async def test_a_socket_that_does_not_keep_up_is_closed() -> None:
    outbox = Outbox(limit=2)
    for text in "abc":
        outbox.push(text)
    assert outbox.close_code == 4408
    assert outbox.aborted.is_set()
    assert await outbox.next() == []


async def test_held_frames_count_too() -> None:
    outbox = Outbox(limit=2)
    outbox.hold_live()
    outbox.push("a")
    outbox.queue_live("b")
    outbox.queue_live("c")
    assert outbox.close_code == 4408


async def test_who_does_not_read_answers_is_not_read_from() -> None:
    outbox = Outbox(limit=4)
    outbox.push("a")
    await outbox.room()
    outbox.push("b")
    waiting = asyncio.ensure_future(outbox.room())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await outbox.next()
    await asyncio.wait_for(waiting, 1)
    outbox.push("c")
    waiting = asyncio.ensure_future(outbox.room())
    await asyncio.sleep(0.01)
    outbox.abort(1001)
    await asyncio.wait_for(waiting, 1)


async def test_live_frames_wait_behind_the_replay() -> None:
    outbox = Outbox()
    outbox.push("snapshot")
    outbox.hold_live()
    outbox.queue_live("live")
    outbox.push("replay")
    outbox.release_live()
    assert await outbox.next() == ["snapshot", "replay", "live"]


async def test_finishing_sends_what_waits_first() -> None:
    outbox = Outbox()
    outbox.push("last words")
    outbox.finish(4401)
    outbox.push("too late")
    assert await outbox.next() == ["last words"]
    assert await outbox.next() == []
    assert outbox.close_code == 4401


async def test_the_first_reason_to_finish_holds() -> None:
    outbox = Outbox()
    outbox.finish(4401)
    outbox.finish(4400)
    assert outbox.close_code == 4401


class FakeWire:
    """A socket that takes frames at once, or not."""

    def __init__(self) -> None:
        self.open = True
        self.closing = False
        self.sent: list[str] = []

    def write(self, data: bytes, /) -> None:
        self.sent.append(data[2:].decode())

    def is_closing(self) -> bool:
        return self.closing


async def test_a_frame_goes_out_at_once_when_the_socket_takes_it() -> None:
    outbox, wire = Outbox(limit=2), FakeWire()
    outbox.wire = wire
    outbox.push("before anybody writes")
    assert wire.sent == []
    assert await outbox.next() == ["before anybody writes"]
    outbox.push("while that is being written")
    assert wire.sent == []
    assert await outbox.next() == ["while that is being written"]
    writing = asyncio.ensure_future(outbox.next())
    await asyncio.sleep(0)
    outbox.push("answer")
    push_live([outbox], prepare("live"))
    assert wire.sent == ["answer", "live"]
    wire.open = False
    outbox.push("waits")
    wire.open = True
    outbox.push("waits behind it")
    assert wire.sent == ["answer", "live"]
    assert await writing == ["waits", "waits behind it"]
    outbox.finish(4401)
    outbox.push("too late")
    push_live([outbox], prepare("too late"))
    assert wire.sent == ["answer", "live"]


async def test_a_socket_that_is_closing_gets_nothing_at_once() -> None:
    outbox, wire = Outbox(), FakeWire()
    outbox.wire = wire
    writing = asyncio.ensure_future(outbox.next())
    await asyncio.sleep(0)
    wire.closing = True
    push_live([outbox], prepare("live"))
    outbox.push("answer")
    assert wire.sent == []
    assert await writing == ["live", "answer"]


async def test_who_takes_nothing_at_once_is_closed_as_before() -> None:
    outbox, wire = Outbox(limit=2), FakeWire()
    outbox.wire, wire.open = wire, False
    writing = asyncio.ensure_future(outbox.next())
    await asyncio.sleep(0)
    for text in "abc":
        push_live([outbox], prepare(text))
    assert outbox.close_code == 4408
    assert await writing == []


async def test_live_frames_wait_behind_the_replay_also_when_the_socket_is_idle() -> None:
    outbox, wire = Outbox(), FakeWire()
    outbox.wire = wire
    writing = asyncio.ensure_future(outbox.next())
    await asyncio.sleep(0)
    outbox.push("snapshot")
    outbox.hold_live()
    push_live([outbox], prepare("live"))
    outbox.push("replay")
    assert wire.sent == ["snapshot"]
    assert await writing == ["replay"]
    writing = asyncio.ensure_future(outbox.next())
    await asyncio.sleep(0)
    outbox.push("an answer meanwhile")
    assert wire.sent == ["snapshot"]
    outbox.release_live()
    assert await writing == ["an answer meanwhile", "live"]


async def test_after_an_empty_replay_frames_go_out_at_once_again() -> None:
    outbox, wire = Outbox(), FakeWire()
    outbox.wire = wire
    writing = asyncio.ensure_future(outbox.next())
    await asyncio.sleep(0)
    outbox.hold_live()
    outbox.release_live()
    await asyncio.sleep(0)
    push_live([outbox], prepare("live"))
    assert wire.sent == ["live"]
    outbox.finish(4401)
    assert await writing == []
