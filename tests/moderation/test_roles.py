"""Who may do what to whom."""

import asyncio
from typing import Any

from largesse.identity import Role
from tests.fixtures_identity import MakeUser, SignedIn
from tests.moderation.conftest import Room, until_waiting
from tests.rooms.conftest import MakeViewer


async def test_everybody_is_told_what_he_is(
    room: Room, viewer: MakeViewer, users: MakeUser
) -> None:
    staff = await users("Stan", roles={Role.MODERATOR})
    boss = await users("Olga", roles={Role.OPERATOR})
    people = {
        "viewer": await viewer("Vera", coins=0),
        "creator": room.creator,
        "moderator": room.moderator,
    }
    for role, who in [*people.items(), ("moderator", staff), ("moderator", boss)]:
        you = (await room.join(who)).snapshot["you"]
        assert you == {"role": role, "muted_until": None, "banned": False}
    assert (await room.join()).snapshot["you"]["role"] == "guest"


async def test_viewers_and_strangers_moderate_nothing(room: Room, viewer: MakeViewer) -> None:
    vera, otto = await viewer("Vera", coins=0), await viewer("Otto", coins=0)
    seq = await room.say(otto, "hello")
    user = str(otto.id)
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"messages/{seq}/remove", {}),
        ("POST", "pins", {"seq": seq}),
        ("DELETE", f"pins/{seq}", {}),
        ("GET", "chat-rules", {}),
        ("PUT", "chat-rules", {"slow_mode_s": 5}),
        ("GET", "mutes", {}),
        ("POST", "mutes", {"user_id": user, "seconds": 5}),
        ("DELETE", f"mutes/{user}", {}),
        ("GET", "bans", {}),
        ("POST", "bans", {"user_id": user}),
        ("DELETE", f"bans/{user}", {}),
        ("GET", "moderators", {}),
    ]
    for method, path, body in calls:
        answer = await room.call(method, path, vera, **body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_a_moderator"), path
        assert (await room.call(method, path, None, **body)).status_code == 401, path
    answer = await room.call("DELETE", f"moderators/{room.moderator.id}", vera)
    assert answer.json()["code"] == "cannot_moderate"
    assert [event["type"] for event in await room.events()] == ["moderation", "chat"]


async def test_moderators_cannot_act_on_the_creator_or_their_own_kind(
    room: Room, users: MakeUser
) -> None:
    other = await users("Mike")
    path = f"/v1/creator/moderators/{other.id}"
    await room.client.put(path, headers=room.creator.headers)
    boss = await users("Olga", roles={Role.OPERATOR})
    for target in (room.creator, other, boss, room.moderator):
        assert (await room.ban(room.moderator, target)).json()["code"] == "cannot_moderate"
        assert (await room.mute(room.moderator, target)).json()["code"] == "cannot_moderate"
    for target in (room.creator, other, boss):
        seq = await room.say(target, "hello")
        assert (await room.remove(room.moderator, seq)).json()["code"] == "cannot_moderate"
    own = await room.say(room.moderator, "a slip")
    assert (await room.remove(room.moderator, own)).status_code == 200


async def test_the_creator_acts_on_his_moderators_and_not_on_staff(
    room: Room, users: MakeUser
) -> None:
    boss = await users("Olga", roles={Role.OPERATOR})
    staff = await users("Stan", roles={Role.MODERATOR})
    for target in (boss, staff, room.creator):
        assert (await room.ban(room.creator, target)).json()["code"] == "cannot_moderate"
    for who in (boss, staff):
        assert (await room.ban(who, room.creator)).json()["code"] == "cannot_moderate"
        seq = await room.say(room.creator, "against the house's rules")
        assert (await room.remove(who, seq)).status_code == 200
    assert (await room.ban(room.creator, room.moderator)).status_code == 200
    assert (await room.join(room.moderator)).snapshot["you"]["role"] == "viewer"
    answer = await room.mute(room.moderator, staff)
    assert answer.json()["code"] == "not_a_moderator"


async def test_moderators_are_appointed_and_dismissed(
    room: Room, users: MakeUser, viewer: MakeViewer
) -> None:
    vera = await viewer("Vera", coins=0)
    mine = room.creator.headers
    path = f"/v1/creator/moderators/{vera.id}"
    watching = await room.join()
    for _ in range(2):
        assert (await room.client.put(path, headers=mine)).status_code == 204
    listed = (await room.client.get("/v1/creator/moderators?limit=1", headers=mine)).json()
    rest = await room.client.get(
        f"/v1/creator/moderators?cursor={listed['next_cursor']}", headers=mine
    )
    names = [item["user"]["display_name"] for item in [*listed["items"], *rest.json()["items"]]]
    assert sorted(names) == ["Mona", "Vera"]
    assert (await room.mute(vera, await users("Otto"))).status_code == 200
    assert (await room.call("DELETE", f"moderators/{vera.id}", vera)).status_code == 204
    assert (await room.client.delete(path, headers=mine)).status_code == 204
    await watching.until(lambda: "drop_moderator" in str(watching.logged))
    actions = [event["action"] for event in watching.logged]
    assert actions == ["add_moderator", "mute", "drop_moderator"]
    assert (await room.mute(vera, room.moderator)).json()["code"] == "not_a_moderator"


async def test_who_cannot_be_a_moderator(room: Room, users: MakeUser, viewer: MakeViewer) -> None:
    async def appoint(target: SignedIn) -> str:
        path = f"/v1/creator/moderators/{target.id}"
        answer = await room.client.put(path, headers=room.creator.headers)
        return "" if answer.is_success else str(answer.json()["code"])

    vera = await viewer("Vera", coins=0)
    await room.ban(room.creator, vera)
    assert await appoint(vera) == "cannot_moderate"
    assert await appoint(room.creator) == "cannot_moderate"
    nobody = "/v1/creator/moderators/01941f29-7c00-7000-8000-000000000001"
    answer = await room.client.put(nobody, headers=room.creator.headers)
    assert answer.json()["code"] == "user_not_found"
    async with room.db.transaction() as conn:
        await conn.execute("UPDATE chat_default SET moderators_max = 1")
    assert await appoint(await users("Otto")) == "moderators_full"
    listed = await room.do("GET", "moderators", room.creator)
    assert len(listed["items"]) == 1


async def test_nobody_is_banned_and_appointed_at_once(room: Room, viewer: MakeViewer) -> None:
    """The appointment has looked for a ban and is held up among the moderators; a ban of somebody else comes then."""
    vera = await viewer("Vera", coins=0)
    path = f"/v1/creator/moderators/{vera.id}"
    async with room.db.transaction() as conn:
        await conn.execute("SELECT FROM room_moderator FOR UPDATE")
        appointing = asyncio.create_task(room.client.put(path, headers=room.creator.headers))
        await until_waiting(room.db, 1)
        banning = asyncio.create_task(room.ban(room.moderator, vera))
        await until_waiting(room.db, 2)
    assert (await appointing).status_code == 204
    assert (await banning).status_code == 200
    listed = await room.do("GET", "moderators", room.creator)
    assert [item["user"]["display_name"] for item in listed["items"]] == ["Mona"]


async def test_other_creators_see_nothing_of_it(room: Room, users: MakeUser) -> None:
    other = await users("Nils", roles={Role.CREATOR})
    for path in ("chat-rules", "bans", "mutes", "moderators"):
        assert (await room.call("GET", path, other)).json()["code"] == "not_a_moderator"
        unknown = f"/v1/streams/01941f29-7c00-7000-8000-000000000001/{path}"
        answer = await room.client.get(unknown, headers=other.headers)
        assert answer.json()["code"] == "stream_not_found"
