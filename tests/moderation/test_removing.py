"""A text that was removed is gone for who is there, who comes back, who comes new, and who reads the log."""

import asyncio

from tests.moderation.conftest import Room, assert_same_room
from tests.rooms.conftest import MakeViewer


async def test_a_removed_text_is_gone_for_everybody(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=0)
    watching = await room.join()
    await room.say(vera, "hello")
    seq = await room.say(vera, "something bad")
    await watching.until_seq(seq)
    assert (await room.remove(room.moderator, seq)).json() == {"seq": seq, "removed": True}
    await watching.until(lambda: watching.logged[-1]["type"] == "moderation")
    act = watching.logged[-1]
    assert (act["action"], act["target_seq"], act["by"]["display_name"]) == ("remove", seq, "Mona")
    assert "something bad" not in str(await room.events())
    assert "something bad" not in str((await room.join(after=0)).snapshot)
    await assert_same_room(room, watching)
    again = await room.remove(room.creator, seq)
    assert again.json() == {"seq": seq, "removed": True}
    assert len([event for event in await room.events() if event["type"] == "moderation"]) == 2
    assert (await room.audit()).count("message.remove") == 1


async def test_the_messages_of_gifts_and_paid_messages_are_removed(
    room: Room, viewer: MakeViewer
) -> None:
    vera = await viewer("Vera", coins=1000)
    watching = await room.join()
    gift = (await room.gift(vera, message="bad wish")).json()["seq"]
    paid = (await room.pay(vera, 100, "bad words")).json()["seq"]
    await watching.until_seq(paid)
    for seq in (gift, paid):
        assert (await room.remove(room.moderator, seq)).status_code == 200
    events = {event["seq"]: event for event in await room.events()}
    assert (events[gift]["message"], events[gift]["coins"]) == (None, 1)
    assert (events[paid]["text"], events[paid]["state"]) == (None, "removed")
    assert events[paid]["pinned_until"] is None
    newcomer = await room.join()
    assert newcomer.snapshot["room"]["pinned"] == []
    assert newcomer.snapshot["room"]["supporters"][0]["coins"] == 101
    await assert_same_room(room, watching, newcomer)


async def test_what_has_no_text_cannot_be_removed(room: Room) -> None:
    for seq in (1, 999, 2**63 - 1):
        answer = await room.remove(room.creator, seq)
        assert (answer.status_code, answer.json()["code"]) == (404, "message_not_found")
    assert (await room.call("POST", "messages/0/remove", room.creator)).status_code == 422
    assert (await room.call("POST", f"messages/{2**63}/remove", room.creator)).status_code == 422


async def test_a_text_is_removed_after_the_end_too(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=0)
    seq = await room.say(vera, "something bad")
    there = await room.join()
    assert "something bad" in str(there.snapshot)
    await room.end()
    last = (await room.events())[-1]["seq"]
    assert (await room.remove(room.moderator, seq)).status_code == 200
    assert (await room.events())[-1]["seq"] == last
    newcomer = await room.join(after=0)
    await newcomer.until_seq(last)
    assert "something bad" not in str([newcomer.snapshot, newcomer.events, await room.events()])
    assert "message.remove" in await room.audit()


async def test_of_many_who_remove_at_once_one_is_told(room: Room, viewer: MakeViewer) -> None:
    seq = await room.say(await viewer("Vera", coins=0), "something bad")
    answers = await asyncio.gather(
        *(room.remove(who, seq) for who in [room.moderator, room.creator] * 5)
    )
    assert {answer.status_code for answer in answers} == {200}
    acts = [event for event in await room.events() if event.get("action") == "remove"]
    assert len(acts) == 1
