"""Who is muted says nothing until then, and may go on giving without words."""

import pytest

from largesse.db import Database
from tests.moderation.conftest import Room
from tests.rooms.conftest import MakeViewer


async def test_who_is_muted_gives_without_words(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=1000)
    socket = await room.join(vera)
    muting = (await room.mute(room.moderator, vera, 600)).json()
    assert (muting["user"]["display_name"], muting["by"]["display_name"]) == ("Vera", "Mona")
    refused = [
        await socket.chat("hello"),
        await socket.gift("rose", 1, message="hello"),
        (await room.pay(vera, 100, "hello")).json(),
    ]
    for answer in refused:
        assert answer["code"] == "muted"
        assert answer["muted_until"] > "2026"
    assert (await socket.gift("rose", 1))["op"] == "ack"
    assert (await room.pay(vera, 100, "")).status_code == 201
    you = (await room.join(vera)).snapshot["you"]
    assert you["muted_until"] == muting["until"]
    await socket.until(lambda: any(event.get("action") == "mute" for event in socket.logged))
    await room.do("DELETE", f"mutes/{vera.id}", room.creator)
    await room.do("DELETE", f"mutes/{vera.id}", room.creator)
    assert (await socket.chat("hello"))["op"] == "ack"
    acts = [event["action"] for event in await room.events() if event["type"] == "moderation"]
    assert acts == ["add_moderator", "mute", "unmute"]


async def test_a_mute_ends_by_itself(room: Room, viewer: MakeViewer, db: Database) -> None:
    vera = await viewer("Vera", coins=0)
    await room.mute(room.moderator, vera, 600)
    async with db.transaction() as conn:
        await conn.execute("UPDATE room_mute SET until = now() - interval '1 s'")
    await room.say(vera, "hello")
    assert (await room.do("GET", "mutes", room.moderator))["items"] == []
    await room.do("DELETE", f"mutes/{vera.id}", room.moderator)
    assert (await room.audit()).count("user.unmute") == 0


async def test_mutes_have_limits(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=0)
    for seconds in (0, -5, 14 * 86_400 + 1, 10**30):
        answer = await room.mute(room.moderator, vera, seconds)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert (await room.mute(room.moderator, vera, 14 * 86_400)).status_code == 200


@pytest.mark.parametrize("name", ["Vera", "Mona"])
async def test_people_are_known_by_id_and_not_by_name(
    room: Room, viewer: MakeViewer, name: str
) -> None:
    """Somebody who takes another's name, a moderator's even, is and stays himself."""
    first, second = await viewer("Vera", coins=0), await viewer(name, coins=0)
    await room.mute(room.moderator, first)
    assert (await room.chat(first, "hello")).json()["code"] == "muted"
    await room.say(second, "hello")
    assert (await room.mute(second, first)).json()["code"] == "not_a_moderator"


async def test_a_creator_keeps_mutes_also_while_nothing_is_live(
    room: Room, viewer: MakeViewer
) -> None:
    vera = await viewer("Vera", coins=0)
    await room.mute(room.moderator, vera, 600)
    await room.do("POST", "end", room.creator)
    headers = room.creator.headers
    (only,) = (await room.client.get("/v1/creator/mutes", headers=headers)).json()["items"]
    assert only["user"]["id"] == str(vera.id)
    refused = await room.client.get("/v1/creator/mutes", headers=vera.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_a_creator")
    for _ in range(2):
        url = f"/v1/creator/mutes/{vera.id}"
        assert (await room.client.delete(url, headers=headers)).status_code == 204
    assert (await room.client.get("/v1/creator/mutes", headers=headers)).json()["items"] == []
