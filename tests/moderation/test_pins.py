"""One message on top of the chat."""

import asyncio

from tests.moderation.conftest import Room, assert_same_room
from tests.rooms.conftest import MakeViewer


async def test_a_message_is_pinned_and_unpinned(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=0)
    first, second = await room.say(vera, "first"), await room.say(vera, "second")
    watching = await room.join()
    await room.do("POST", "pins", room.moderator, seq=first)
    await room.do("POST", "pins", room.creator, seq=first)
    await room.do("POST", "pins", room.creator, seq=second)
    pin = (await room.join()).snapshot["room"]["pin"]
    assert (pin["target_seq"], pin["text"], pin["sender"]["display_name"]) == (
        second,
        "second",
        "Vera",
    )
    await assert_same_room(room, watching)
    assert [event["type"] for event in await room.events()][-2:] == ["pin", "pin"]
    await room.do("DELETE", f"pins/{first}", room.moderator)
    await room.do("DELETE", f"pins/{second}", room.moderator)
    await room.do("DELETE", f"pins/{second}", room.moderator)
    assert [event["type"] for event in await room.events()][-2:] == ["pin", "unpin"]
    newcomer = await room.join()
    assert newcomer.snapshot["room"]["pin"] is None
    await assert_same_room(room, watching, newcomer)
    assert (await room.audit())[-3:] == ["message.pin", "message.pin", "message.unpin"]


async def test_removing_a_pinned_message_unpins_it(room: Room, viewer: MakeViewer) -> None:
    seq = await room.say(await viewer("Vera", coins=0), "something bad")
    watching = await room.join()
    await room.do("POST", "pins", room.creator, seq=seq)
    assert (await room.remove(room.moderator, seq)).status_code == 200
    assert [event["type"] for event in await room.events()][-2:] == ["unpin", "moderation"]
    newcomer = await room.join()
    assert newcomer.snapshot["room"]["pin"] is None
    assert "something bad" not in str(await room.events())
    await assert_same_room(room, watching, newcomer)
    answer = await room.call("POST", "pins", room.creator, seq=seq)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_pinnable")


async def test_a_paid_message_is_taken_off_the_top(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=1000)
    watching = await room.join()
    seq = (await room.pay(vera, 500, "hello")).json()["seq"]
    assert len((await room.join()).snapshot["room"]["pinned"]) == 1
    await room.do("DELETE", f"pins/{seq}", room.moderator)
    await room.do("DELETE", f"pins/{seq}", room.moderator)
    newcomer = await room.join()
    assert newcomer.snapshot["room"]["pinned"] == []
    assert [event["type"] for event in await room.events()][-2:] == ["paid_message", "unpin"]
    await assert_same_room(room, watching, newcomer)


async def test_only_what_can_be_read_is_pinned(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=100)
    gift = (await room.gift(vera, message="for you")).json()["seq"]
    await room.rules(hold_paid_messages=True)
    held = (await room.pay(vera, 50, "wait")).json()["seq"]
    for seq, code in ((gift, "not_pinnable"), (held, "not_pinnable"), (999, "message_not_found")):
        answer = await room.call("POST", "pins", room.creator, seq=seq)
        assert answer.json()["code"] == code
    said = await room.say(vera, "hello")
    answer = await room.call("POST", "pins", vera, seq=said)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_moderator")
    await room.end()
    answer = await room.call("POST", "pins", room.creator, seq=said)
    assert (answer.status_code, answer.json()["code"]) == (409, "room_closed")


async def test_pins_and_removals_at_once_leave_nothing_removed_on_top(
    room: Room, viewer: MakeViewer
) -> None:
    vera = await viewer("Vera", coins=0)
    seqs = [await room.say(vera, f"line {number}") for number in range(4)]
    watching = await room.join()
    pins = [room.call("POST", "pins", room.creator, seq=seq) for seq in seqs]
    removals = [room.remove(room.moderator, seq) for seq in seqs]
    answers = await asyncio.gather(*pins, *removals)
    assert {answer.status_code for answer in answers} <= {200, 409}
    newcomer = await room.join()
    assert newcomer.snapshot["room"]["pin"] is None
    await assert_same_room(room, watching, newcomer)
