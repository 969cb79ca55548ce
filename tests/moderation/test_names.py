"""A viewer who changes name is the same person: what he said before is told under the old one to who was there."""

from typing import Any

import httpx

from largesse.db import Database
from tests.fixtures_identity import MakeUser, SignedIn
from tests.moderation.conftest import Room
from tests.rooms.conftest import MakeViewer


async def rename(client: httpx.AsyncClient, who: SignedIn, name: Any) -> httpx.Response:
    return await client.patch("/v1/me", json={"display_name": name}, headers=who.headers)


async def test_new_events_bear_the_new_name(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=1000)
    watching = await room.join()
    await room.say(vera, "first")
    await room.gift(vera)
    answer = await rename(room.client, vera, "  Viola ")
    assert answer.json()["display_name"] == "Viola"
    await room.say(vera, "second")
    last = (await room.gift(vera)).json()["seq"]
    await watching.until_seq(last)
    names = [event["sender"]["display_name"] for event in watching.logged]
    assert names == ["Vera", "Vera", "Viola", "Viola"]
    assert {event["sender"]["id"] for event in watching.logged} == {str(vera.id)}
    supporters = (await room.join()).snapshot["room"]["supporters"]
    assert [(place["user"]["display_name"], place["coins"]) for place in supporters] == [
        ("Viola", 2)
    ]
    fresh = await room.fresh()
    assert {event["sender"]["display_name"] for event in fresh["recent"][1:]} == {"Viola"}


async def test_a_new_name_escapes_no_ban_and_lends_no_rank(room: Room, viewer: MakeViewer) -> None:
    vera, otto = await viewer("Vera", coins=100), await viewer("Otto", coins=0)
    await room.ban(room.creator, vera)
    assert (await rename(room.client, vera, "Nobody")).status_code == 200
    assert (await room.chat(vera, "hello")).json()["code"] == "banned"
    assert (await room.gift(vera)).json()["code"] == "banned"
    assert (await rename(room.client, otto, "Mona")).status_code == 200, (
        "as the moderator is called"
    )
    assert (await room.mute(otto, vera)).json()["code"] == "not_a_moderator"
    assert (await rename(room.client, otto, "Vera")).status_code == 200
    await room.say(otto, "another Vera may speak")
    banned = (await room.do("GET", "bans", room.moderator))["items"]
    assert [item["user"]["display_name"] for item in banned] == ["Nobody"]


async def test_names_are_checked_and_changed_seldom(
    client: httpx.AsyncClient, users: MakeUser, db: Database
) -> None:
    vera = await users("Vera")
    for name in ("", "  ", "x" * 41, "a\u202eb", "a\u0000b", "\u200d", None, 5, "a\u200bb"):
        answer = await rename(client, vera, name)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), name
    for _ in range(3):
        assert (await rename(client, vera, "Vera")).status_code == 200, "no change counts nothing"
    for number in range(5):
        assert (await rename(client, vera, f"Vera {number}")).status_code == 200
    answer = await rename(client, vera, "Viola")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_names")
    me = (await client.get("/v1/me", headers=vera.headers)).json()
    assert me["display_name"] == "Vera 4"
    async with db.read() as conn:
        cursor = await conn.execute("SELECT data FROM audit WHERE action = 'user.rename'")
        assert await cursor.fetchall() == [({},)] * 5
