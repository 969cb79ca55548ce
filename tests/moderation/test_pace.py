"""Who keeps rooms does so much in a while and no more; so much is data, and others are not held up by it."""

import asyncio

import httpx

from largesse.db import Database
from tests.fixtures_identity import SignedIn
from tests.moderation.conftest import Room, assert_same_room
from tests.rooms.conftest import MakeViewer


async def allow(db: Database, acts: int) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE chat_default SET acts_max = %s, acts_window_s = 3600", (acts,))
        await conn.execute("DELETE FROM rate_limit")


async def test_every_act_counts_and_what_is_too_much_changes_nothing(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer("Vera", coins=1000)
    said = [await room.say(vera, f"line {number}") for number in range(2)]
    paid = (await room.pay(vera, 100, "read this")).json()["seq"]
    watching = await room.join()

    async def acts(who: SignedIn) -> list[httpx.Response]:
        return [
            await room.call("POST", "pins", who, seq=said[0]),
            await room.call("DELETE", f"pins/{said[0]}", who),
            await room.remove(who, said[1]),
            await room.call("POST", f"messages/{paid}/approve", who),
            await room.mute(who, vera),
            await room.call("DELETE", f"mutes/{vera.id}", who),
            await room.call("PUT", "chat-rules", who, links=True),
            await room.ban(who, vera),
            await room.call("DELETE", f"bans/{vera.id}", who),
        ]

    await allow(db, 1)
    await room.mute(room.moderator, vera, 1)
    before, audit = await room.events(), await room.audit()
    refused = await acts(room.moderator)
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {
        (429, "too_many_acts")
    }
    for answer in refused:
        assert int(answer.headers["Retry-After"]) == answer.json()["retry_after_s"] > 0
    assert (await room.events(), await room.audit()) == (before, audit)
    assert (await room.mute(room.creator, vera)).status_code == 200, "a pace of his own"
    await allow(db, 8)  # all but the approval, of what was never held
    answers = [answer.status_code for answer in await acts(room.moderator)]
    assert answers == [200, 204, 200, 409, 200, 204, 200, 200, 204]
    assert (await room.mute(room.moderator, vera)).status_code == 429
    await assert_same_room(room, watching)


async def test_acts_at_once_are_counted_one_after_the_other(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    people = [await viewer(f"V{number}", coins=0) for number in range(6)]
    await allow(db, 3)
    answers = await asyncio.gather(*(room.ban(room.moderator, person) for person in people))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 3


async def test_who_keeps_nothing_is_told_so_and_uses_nothing_up(
    room: Room, viewer: MakeViewer, db: Database
) -> None:
    vera, otto = await viewer("Vera", coins=0), await viewer("Otto", coins=0)
    await allow(db, 1)
    for _ in range(3):
        assert (await room.ban(vera, otto)).json()["code"] == "not_a_moderator"
    async with db.read() as conn:
        cursor = await conn.execute("SELECT bucket FROM rate_limit WHERE bucket LIKE 'acts:%'")
        assert await cursor.fetchall() == []


async def test_a_stream_is_changed_so_often_and_no_more(room: Room, db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE stream_rule SET changes_max = 2, changes_window_s = 3600")
    path = f"/v1/streams/{room.id}"

    async def change(title: str, who: SignedIn) -> httpx.Response:
        return await room.client.patch(path, json={"title": title}, headers=who.headers)

    assert (await change("Not mine", room.moderator)).status_code == 403
    for title in ("One", "Two"):
        assert (await change(title, room.creator)).status_code == 200
    refused = await change("Three", room.creator)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_changes")
    assert int(refused.headers["Retry-After"]) == refused.json()["retry_after_s"] > 0
    assert (await room.client.get(path)).json()["title"] == "Two"
    updates = [event for event in await room.events() if event["type"] == "stream_update"]
    assert [event["title"] for event in updates] == ["One", "Two"]
