"""Held paid messages that were approved, and what becomes of them after that."""

import pytest

from tests.moderation.conftest import Room, assert_same_room
from tests.rooms.conftest import MakeViewer


async def test_an_approved_message_reads_the_same_everywhere(
    room: Room, viewer: MakeViewer
) -> None:
    vera, otto = await viewer("Vera", coins=1000), await viewer("Otto", coins=1000)
    watching = await room.join()
    await room.rules(hold_paid_messages=True)
    held = [
        (await room.pay(who, 100, f"bad words of {who.user.display_name}")).json()["seq"]
        for who in (vera, otto, vera)
    ]
    assert "bad words" not in str(await room.events())
    await assert_same_room(room, watching)
    for seq in held[:2]:
        await room.do("POST", f"messages/{seq}/approve", room.moderator)
    pinned = (await room.join()).snapshot["room"]["pinned"]
    assert [message["seq"] for message in pinned] == held[1::-1]
    await assert_same_room(room, watching)
    await room.do("DELETE", f"pins/{held[1]}", room.creator)
    await assert_same_room(room, watching)
    await room.remove(room.creator, held[1])
    assert "Otto" in str(await room.events())
    assert "bad words of Otto" not in str(await room.events())
    await assert_same_room(room, watching)
    await room.ban(room.moderator, vera)
    assert "bad words" not in str(await room.events())
    newcomer = await room.join()
    assert newcomer.snapshot["room"]["pinned"] == []
    assert "bad words" not in str(newcomer.snapshot)
    await assert_same_room(room, watching, newcomer)
    refused = await room.call("POST", f"messages/{held[2]}/approve", room.creator)
    assert refused.status_code == 409, "who is banned said nothing"


async def test_a_removed_message_is_approved_no_more(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=1000)
    watching = await room.join()
    await room.rules(hold_paid_messages=True)
    seq = (await room.pay(vera, 100, "bad words")).json()["seq"]
    assert (await room.remove(room.moderator, seq)).status_code == 200
    assert not (await room.call("POST", f"messages/{seq}/approve", room.creator)).is_success
    assert "bad words" not in str(await room.events())
    await assert_same_room(room, watching)


async def test_many_that_were_decided_about_are_passed_by(
    room: Room, viewer: MakeViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.messages.reading.ROWS_READ", 2)
    vera = await viewer("Vera", coins=1000)
    await room.rules(hold_paid_messages=True)
    held = [(await room.pay(vera, 100, f"words {no}")).json()["seq"] for no in range(6)]
    for seq in held[:4]:
        await room.remove(room.moderator, seq)
    waiting = await room.do("GET", "held-messages?limit=1", room.creator)
    assert [one["seq"] for one in waiting["items"]] == held[4:5]
    rest = await room.do("GET", f"held-messages?after={waiting['next_cursor']}", room.creator)
    assert [one["seq"] for one in rest["items"]] == held[5:]
