"""Who is banned neither speaks nor gives, on no way; nothing of what waits is charged."""

import asyncio
from typing import Any
from uuid import UUID

from largesse.db import Database
from largesse.ledger import GiftRequest, Withdrawn
from largesse.services import Services
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.moderation.conftest import Room, assert_same_room, until_waiting
from tests.rooms.conftest import MakeViewer


async def coins_of(room: Room, who: SignedIn) -> int:
    wallet = (await room.client.get("/v1/wallet", headers=who.headers)).json()
    return int(wallet["coins_total"])


async def test_who_is_banned_is_refused_everywhere(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=1000)
    socket = await room.join(vera)
    assert (await socket.gift("rose", 1))["op"] == "ack"
    post = await room.client.post(
        "/v1/posts", json={"caption": "A song"}, headers=room.creator.headers
    )
    on_post = f"/v1/posts/{post.json()['id']}/gifts"
    answer = await room.ban(room.moderator, vera)
    assert answer.json()["user"]["display_name"] == "Vera"
    rose = {"id": str(new_id()), "gift": "rose", "count": 5}
    refused = [
        await socket.gift("rose", 1),
        await socket.gift("rose", 1, message="let me in"),
        await socket.chat("hello"),
        (await room.gift(vera)).json(),
        (await room.chat(vera, "hello")).json(),
        (await room.pay(vera, 100, "hello")).json(),
        (await room.pay(vera, 100, "")).json(),
        (await room.client.post(on_post, json=rose, headers=vera.headers)).json(),
    ]
    assert {answer["code"] for answer in refused} == {"banned"}
    assert (await room.gift(vera)).status_code == 403
    assert await coins_of(room, vera) == 999
    assert (await room.join(vera)).snapshot["you"] == {
        "role": "viewer",
        "muted_until": None,
        "banned": True,
    }
    await room.do("DELETE", f"bans/{vera.id}", room.creator)
    await room.do("DELETE", f"bans/{vera.id}", room.creator)
    assert (await socket.gift("rose", 1))["op"] == "ack"
    assert (await socket.chat("hello again"))["op"] == "ack"
    audit = await room.audit()
    assert (audit.count("user.ban"), audit.count("user.unban")) == (1, 1)


async def test_a_gift_given_before_the_ban_is_still_answered(
    room: Room, viewer: MakeViewer
) -> None:
    vera = await viewer("Vera", coins=1000)
    id_ = str(new_id())
    first = await room.gift(vera, id=id_)
    await room.ban(room.creator, vera)
    again = await room.gift(vera, id=id_)
    assert (again.status_code, again.json()["seq"]) == (200, first.json()["seq"])
    assert await coins_of(room, vera) == 999


async def test_what_he_said_is_hidden_and_off_the_top(room: Room, viewer: MakeViewer) -> None:
    vera, otto = await viewer("Vera", coins=1000), await viewer("Otto", coins=100)
    watching = await room.join()
    seq = await room.say(vera, "foul line")
    await room.say(otto, "a good line")
    await room.gift(vera, message="foul wish")
    await room.pay(vera, 100, "foul words")
    await room.do("POST", "pins", room.creator, seq=seq)
    for _ in range(2):
        assert (await room.ban(room.moderator, vera)).status_code == 200
    stored = await room.events()
    assert [event["type"] for event in stored][-2:] == ["unpin", "moderation"]
    assert (stored[-1]["action"], stored[-1]["user"]["display_name"]) == ("ban", "Vera")
    newcomer = await room.join(after=0)
    await newcomer.until_seq(stored[-1]["seq"])
    assert "foul" not in str([stored, newcomer.snapshot, newcomer.events])
    assert "a good line" in str(newcomer.snapshot)
    assert newcomer.snapshot["room"]["supporters"][0]["coins"] == 101, "what was given stays given"
    await assert_same_room(room, watching, newcomer)
    await room.do("DELETE", f"bans/{vera.id}", room.creator)
    await room.say(vera, "better now")
    stored = await room.events()
    assert "foul" not in str(stored)
    assert "better now" in str(stored)
    await assert_same_room(room, watching)


async def test_the_message_of_an_anonymous_gift_does_not_tell_who_gave_it(
    room: Room, viewer: MakeViewer
) -> None:
    vera = await viewer("Vera", coins=1000)
    watching = await room.join()
    await room.gift(vera, message="from nobody", anonymous=True)
    await room.ban(room.moderator, vera)
    newcomer = await room.join()
    assert "from nobody" in str(newcomer.snapshot)
    await assert_same_room(room, watching, newcomer)


async def test_gifts_that_wait_are_taken_back(
    room: Room, viewer: MakeViewer, services: Services, db: Database
) -> None:
    """The writer is held up by a lock on the wallet of somebody else: his gift is in flight, the others wait for it."""
    vera, otto = await viewer("Vera", coins=1000), await viewer("Otto", coins=1000)
    socket = await room.join(vera)
    assert (await socket.gift("rose", 1))["op"] == "ack"
    ids = [str(new_id()) for _ in range(5)]
    async with db.transaction() as conn:
        await conn.execute("SELECT FROM balance WHERE owner_id = %s FOR UPDATE", (otto.id,))
        first = asyncio.create_task(room.gift(otto))
        await until_waiting(db, 1)
        for id_ in ids:
            await socket.send(op="gift", id=id_, gift="rose", count=1)
        await socket.ping()
        assert _in_queue(services, vera.id) == 5
        assert (await room.ban(room.creator, vera)).status_code == 200
        assert _in_queue(services, vera.id) == 0
    assert {(await socket.answer(id_))["code"] for id_ in ids} == {"banned"}
    assert await coins_of(room, vera) == 999
    assert (await first).status_code == 201


async def test_a_gift_in_flight_stands_and_none_is_written_after_the_ban(
    room: Room, viewer: MakeViewer, services: Services, db: Database
) -> None:
    """The ban waits for the wallet, as the first gift does. The gifts behind it come before the ban, or not at all."""
    vera = await viewer("Vera", coins=1000)
    socket = await room.join(vera)
    assert (await socket.gift("rose", 1))["op"] == "ack"
    ids = [str(new_id()) for _ in range(5)]
    async with db.transaction() as conn:
        await conn.execute("SELECT FROM balance WHERE owner_id = %s FOR UPDATE", (vera.id,))
        for place, id_ in enumerate(ids):
            await socket.send(op="gift", id=id_, gift="rose", count=1)
            await until_waiting(db, 1)  # the first has left the queue by now, and cannot be written
            await socket.ping()
            assert _in_queue(services, vera.id) == place
        banning = asyncio.create_task(room.ban(room.creator, vera))
        await until_waiting(db, 2)
    assert (await banning).status_code == 200
    codes = [(await socket.answer(id_)).get("code", "given") for id_ in ids]
    given = codes.count("given")
    assert codes == ["given"] * given + ["banned"] * (5 - given)
    assert given >= 1
    assert await coins_of(room, vera) == 999 - given
    assert (await room.events())[-1]["action"] == "ban"


def _in_queue(services: Services, sender_id: UUID) -> int:
    queue = services.writer._queue
    return sum(item.request.sender_id == sender_id for item in queue)


async def test_only_gifts_from_one_to_the_other_are_taken_back(
    room: Room, viewer: MakeViewer, services: Services
) -> None:
    vera, otto = await viewer("Vera", coins=1000), await viewer("Otto", coins=1000)
    await room.gift(otto)

    def submit(sender: SignedIn, recipient: SignedIn) -> "asyncio.Future[Any]":
        request = GiftRequest(
            id=new_id(),
            sender_id=sender.id,
            recipient_id=recipient.id,
            room_id=UUID(room.id),
            gift_type_no=1,
            count=1,
            coins=1,
            share_id=1,
            milli_diamonds=500,
            hold_min_days=0,
            bonus_hold_days=0,
        )
        return services.writer.submit_nowait(request)

    meant, other = submit(vera, room.creator), submit(otto, room.creator)
    assert services.writer.withdraw(vera.id, otto.id) == 0
    assert services.writer.withdraw(vera.id, room.creator.id) == 1
    assert isinstance(await asyncio.gather(meant, return_exceptions=True), list)
    assert isinstance(meant.exception(), Withdrawn)
    assert (await other).seq == 3
    assert await coins_of(room, vera) == 1000


async def test_a_ban_is_lifted_although_the_clock_was_set_back_since(
    room: Room, viewer: MakeViewer, services: Services, db: Database
) -> None:
    vera = await viewer("Vera", coins=1)
    assert (await room.gift(vera)).status_code == 201
    await room.ban(room.creator, vera)
    async with db.transaction() as conn:
        await conn.execute("UPDATE room_ban SET changed_at = changed_at + interval '1 h'")
    async with db.read() as conn:
        await services.desk.bans.refresh(conn)
    await room.do("DELETE", f"bans/{vera.id}", room.creator)
    assert not services.desk.bans.has(room.creator.id, vera.id)


async def test_lists_of_bans_and_mutes_are_paged(room: Room, viewer: MakeViewer) -> None:
    people = [await viewer(f"V{number}", coins=0) for number in range(3)]
    for person in people:
        await room.ban(room.moderator, person)
        await room.mute(room.creator, person)
    for path in ("bans", "mutes"):
        first = await room.do("GET", f"{path}?limit=2", room.moderator)
        rest = await room.do("GET", f"{path}?cursor={first['next_cursor']}", room.moderator)
        names = [item["user"]["display_name"] for item in [*first["items"], *rest["items"]]]
        assert names == ["V0", "V1", "V2"]
        assert rest["next_cursor"] is None
    wrong = await room.call("GET", "bans?cursor=zzz", room.moderator)
    assert wrong.status_code == 422
    mine = await room.client.get("/v1/creator/bans", headers=room.creator.headers)
    assert len(mine.json()["items"]) == 3


async def test_nobody_unknown_is_banned(room: Room) -> None:
    body = {"user_id": "01941f29-7c00-7000-8000-000000000001"}
    answer = await room.call("POST", "bans", room.creator, **body)
    assert answer.json()["code"] == "user_not_found"


async def test_bans_hold_in_the_creators_next_stream(room: Room, viewer: MakeViewer) -> None:
    vera = await viewer("Vera", coins=10)
    await room.end()
    answer = await room.client.post(
        "/v1/creator/bans", json={"user_id": str(vera.id)}, headers=room.creator.headers
    )
    assert answer.status_code == 200
    started = await room.client.post(
        "/v1/streams", json={"title": "Again"}, headers=room.creator.headers
    )
    path = f"/v1/streams/{started.json()['id']}"
    body = {"id": str(new_id()), "text": "hello"}
    chat = await room.client.post(f"{path}/chat", json=body, headers=vera.headers)
    assert chat.json()["code"] == "banned"
    gift = {"id": str(new_id()), "gift": "rose", "count": 1}
    given = await room.client.post(f"{path}/gifts", json=gift, headers=vera.headers)
    assert given.json()["code"] == "banned"
