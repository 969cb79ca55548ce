"""An outbox is bounded, keeps its order, and knows how its socket ends."""

import asyncio

from largesse.realtime.outbox import Outbox


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
    outbox.push_live("b")
    outbox.push_live("c")
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
    outbox.push_live("live")
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


async def test_a_frame_goes_out_at_once_when_the_socket_takes_it() -> None:
    outbox, sent = Outbox(limit=2), list[str]()
    takes = True

    def send_now(frame: str) -> bool:
        if takes:
            sent.append(frame)
        return takes

    outbox.send_now = send_now
    outbox.push("before anybody writes")
    assert sent == []
    assert await outbox.next() == ["before anybody writes"]
    outbox.push("while that is being written")
    assert sent == []
    assert await outbox.next() == ["while that is being written"]
    writing = asyncio.ensure_future(outbox.next())
    await asyncio.sleep(0)
    outbox.push("answer")
    outbox.push_live("live")
    assert sent == ["answer", "live"]
    takes = False
    outbox.push("waits")
    takes = True
    outbox.push("waits behind it")
    assert sent == ["answer", "live"]
    assert await writing == ["waits", "waits behind it"]
    outbox.finish(4401)
    outbox.push("too late")
    assert sent == ["answer", "live"]


async def test_who_takes_nothing_at_once_is_closed_as_before() -> None:
    outbox = Outbox(limit=2)
    outbox.send_now = lambda _: False
    writing = asyncio.ensure_future(outbox.next())
    await asyncio.sleep(0)
    for text in "abc":
        outbox.push(text)
    assert outbox.close_code == 4408
    assert await writing == []


async def test_live_frames_wait_behind_the_replay_also_when_the_socket_is_idle() -> None:
    outbox, sent = Outbox(), list[str]()
    outbox.send_now = lambda frame: not sent.append(frame)  # type: ignore[func-returns-value]
    writing = asyncio.ensure_future(outbox.next())
    await asyncio.sleep(0)
    outbox.push("snapshot")
    outbox.hold_live()
    outbox.push_live("live")
    outbox.push("replay")
    assert sent == ["snapshot", "replay"]
    outbox.release_live()
    assert await writing == ["live"]
