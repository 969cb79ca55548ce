"""Texts that wait for a moderator; the coins are given at once and stay given."""

import asyncio
from typing import Any

import httpx
import pytest

from largesse import ledger
from largesse.db import Database
from largesse.identity import Role
from largesse.ledger import Code
from largesse.services import Services
from largesse.types import new_id
from tests.fixtures_identity import MakeUser, SignedIn
from tests.messages.conftest import (
    Stream,
    approve,
    assert_live_is_stored,
    cheer,
    coins_of,
    held,
    hold_messages,
    log_of,
    pay,
)
from tests.rooms.conftest import MakeViewer, Open

WORDS = "can you read this"


@pytest.fixture
async def holding(db: Database, creator: SignedIn) -> None:
    await hold_messages(db, creator)


@pytest.fixture
async def keeper(users: MakeUser) -> SignedIn:
    """Keeps every room."""
    return await users("Mo", roles={Role.MODERATOR})


@pytest.mark.usefixtures("holding")
async def test_a_held_text_is_shown_to_nobody_and_paid_for(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    db: Database,
) -> None:
    vera = await viewer(coins=50)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    receipt = (await pay(client, stream, vera, 50, WORDS)).json()
    assert (receipt["held"], receipt["wallet"]["coins_total"]) == (True, 0)
    await socket.until_seq(1)
    newcomer = await open_socket("streams", stream["id"])
    snapshot = await newcomer.join()
    for event in (
        socket.logged[0],
        (await log_of(client, stream))[0],
        snapshot["room"]["recent"][0],
    ):
        assert (event["state"], event["text"], event["pinned_until"]) == ("held", None, None)
        assert event["coins"] == 50
    assert snapshot["room"]["pinned"] == []
    assert snapshot["room"]["supporters"][0]["coins"] == 50
    (waiting,) = await held(client, stream, creator)
    assert (waiting["seq"], waiting["text"], waiting["coins"]) == (1, WORDS, 50)
    async with db.read() as conn:
        assert (await ledger.balances(conn, creator.id))[Code.DIAMONDS_PENDING] == 25_000


@pytest.mark.usefixtures("holding")
async def test_an_approved_text_is_on_top_from_then_on(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    services: Services,
) -> None:
    vera = await viewer(coins=150)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    for coins in (50, 100):
        await pay(client, stream, vera, coins, f"{WORDS} {coins}")
    approved = (await approve(client, stream, creator, 1)).json()
    assert (approved["state"], approved["text"]) == ("shown", f"{WORDS} 50")
    again = await approve(client, stream, creator, 1)
    assert (again.status_code, again.json()) == (200, approved)
    await socket.until_seq(3)
    told = socket.logged[2]
    assert (told["type"], told["action"], told["target_seq"]) == ("moderation", "approve", 1)
    assert (told["text"], told["pinned_until"]) == (approved["text"], approved["pinned_until"])
    assert told["message"] == approved
    log = await log_of(client, stream)
    assert log[0] == approved
    assert log[1]["state"] == "held"
    assert log[2] == told
    assert len(log) == 3
    await assert_live_is_stored(services, stream)
    newcomer = await open_socket("streams", stream["id"])
    room = (await newcomer.join(after=0))["room"]
    assert room["pinned"] == [approved]
    await newcomer.until_seq(3)
    assert newcomer.logged == log
    assert [item["seq"] for item in await held(client, stream, creator)] == [2]


@pytest.mark.usefixtures("holding")
async def test_an_empty_text_and_cheers_and_keepers_wait_for_nobody(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera, mo = await viewer(coins=20), await viewer("Mo", coins=10, roles={Role.MODERATOR})
    assert not (await pay(client, stream, vera, 10, "")).json()["held"]
    assert not (await cheer(client, stream, vera, 10, "cheer10")).json()["held"]
    assert not (await pay(client, stream, mo, 10, "welcome")).json()["held"]


@pytest.mark.usefixtures("holding")
async def test_whether_it_is_held_was_decided_when_it_was_sent(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer(coins=20)
    id_ = str(new_id())
    first = await pay(client, stream, vera, 10, WORDS, id=id_)
    async with db.transaction() as conn:
        await conn.execute("UPDATE chat_rule SET hold_paid_messages = false")
    again = await pay(client, stream, vera, 10, WORDS, id=id_)
    assert (again.status_code, again.json()) == (200, first.json())
    assert not (await pay(client, stream, vera, 10, WORDS)).json()["held"]
    assert [event["state"] for event in await log_of(client, stream)] == ["held", "shown"]


@pytest.mark.usefixtures("holding")
async def test_only_keepers_approve_and_only_what_is_held(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    keeper: SignedIn,
    users: MakeUser,
) -> None:
    vera = await viewer(coins=60)
    other = await users("Olga", roles={Role.CREATOR})
    await pay(client, stream, vera, 10, WORDS)
    await pay(client, stream, vera, 10, "")
    await client.post(
        f"/v1/streams/{stream['id']}/gifts",
        json={"id": str(new_id()), "gift": "rose", "count": 1},
        headers=vera.headers,
    )
    for person in (vera, other):
        refused = await approve(client, stream, person, 1)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_a_moderator")
        path = f"/v1/streams/{stream['id']}/held-messages"
        assert (await client.get(path, headers=person.headers)).status_code == 403
    for seq, status, code in (
        (2, 409, "message_not_held"),
        (3, 404, "message_not_found"),
        (99, 404, "message_not_found"),
    ):
        refused = await approve(client, stream, creator, seq)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (await approve(client, {"id": new_id()}, keeper, 1)).status_code == 404
    assert (await approve(client, stream, keeper, 1)).status_code == 200


@pytest.mark.usefixtures("holding")
async def test_two_who_approve_at_once_tell_it_once(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    keeper: SignedIn,
    db: Database,
) -> None:
    vera = await viewer(coins=10)
    await pay(client, stream, vera, 10, WORDS)
    answers = await asyncio.gather(
        *(approve(client, stream, person, 1) for person in (creator, keeper) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["pinned_until"] for answer in answers}) == 1
    assert [event["type"] for event in await log_of(client, stream)] == [
        "paid_message",
        "moderation",
    ]
    async with db.read() as conn:
        cursor = await conn.execute("SELECT count(*) FROM audit WHERE action = 'message.approve'")
        assert await cursor.fetchone() == (1,)


@pytest.mark.usefixtures("holding")
async def test_what_is_held_at_the_end_stays_so_and_its_keepers_can_read_it(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, creator: SignedIn
) -> None:
    vera = await viewer(coins=20)
    for _ in range(2):
        await pay(client, stream, vera, 10, WORDS)
    approved = await approve(client, stream, creator, 1)
    await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    late = await approve(client, stream, creator, 2)
    assert (late.status_code, late.json()["code"]) == (409, "room_closed")
    again = await approve(client, stream, creator, 1)
    assert (again.status_code, again.json()) == (200, approved.json())
    (waiting,) = await held(client, stream, creator)
    assert (waiting["seq"], waiting["text"]) == (2, WORDS)
    states = [event.get("state") for event in await log_of(client, stream)]
    assert states == ["shown", "held", None, None]


@pytest.mark.usefixtures("holding")
async def test_what_was_approved_long_after_is_told_with_its_message(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    services: Services,
) -> None:
    vera = await viewer(coins=70)
    await pay(client, stream, vera, 10, WORDS)
    for number in range(55):
        await cheer(client, stream, vera, 1, f"cheer1 {number}")
    late = await open_socket("streams", stream["id"])
    snapshot = await late.join()
    assert all(event["seq"] != 1 for event in snapshot["room"]["recent"])
    await approve(client, stream, creator, 1)
    await late.until_seq(57)
    assert late.logged[-1]["message"]["text"] == WORDS
    await assert_live_is_stored(services, stream)
    newcomer = await open_socket("streams", stream["id"])
    pinned: list[dict[str, Any]] = (await newcomer.join())["room"]["pinned"]
    assert [message["seq"] for message in pinned] == [1]


async def test_blocked_words_are_refused_before_anything_is_paid(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database, creator: SignedIn
) -> None:
    await hold_messages(db, creator)
    vera = await viewer(coins=10)
    for send in (pay, cheer):
        answer = await send(client, stream, vera, 10, "cheer10 oh fudge")
        assert (answer.status_code, answer.json()["code"]) == (422, "word_blocked")
        answer = await send(client, stream, vera, 10, "cheer10 see example.com")
        assert (answer.status_code, answer.json()["code"]) == (422, "links_off")
    assert await coins_of(client, vera) == 10
