"""Paid messages on top of the chat, what moderators do to them, and what becomes of their coins."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse import identity, ledger, messages
from largesse.db import Database
from largesse.services import Services
from largesse.types import PLATFORM_ID, now
from tests.fixtures_identity import SignedIn
from tests.ledger.world import World
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
from tests.rooms.conftest import MakeViewer, Open, Socket

WORDS = "can you read this"


async def act(client: httpx.AsyncClient, person: SignedIn, path: str, **body: Any) -> None:
    answer = await client.post(path, json=body or None, headers=person.headers)
    assert answer.status_code < 300, answer.text


async def on_top(socket: Socket) -> list[int]:
    """The numbers of the paid messages on top, for somebody who comes now."""
    room = (await socket.join())["room"]
    return [message["seq"] for message in room["pinned"]]


async def test_the_dearest_is_on_top_and_each_goes_when_its_time_is_over(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    services: Services,
) -> None:
    vera = await viewer(coins=1000)
    watching = await open_socket("streams", stream["id"])
    await watching.join()
    for coins in (50, 5, 10, 100, 50):
        await pay(client, stream, vera, coins, "hi")
    await watching.until_seq(5)
    await assert_live_is_stored(services, stream)
    assert await on_top(await open_socket("streams", stream["id"])) == [4, 5, 1, 3]
    room_id = UUID(stream["id"])
    live = services.hub.room(room_id)
    assert live is not None
    given = datetime.fromisoformat((await log_of(client, stream))[0]["at"])
    for seconds, left in ((59, [4, 5, 1, 3]), (90, [4, 5, 1]), (200, [4]), (301, [])):
        at = given + timedelta(seconds=seconds)
        shown = live.projection.board.pinned(at)
        async with services.db.read() as conn:
            page = await messages.pinned(conn, room_id, at, upto=5, limit=50)
        assert (page.messages, page.below) == (shown, None)
        assert [message.seq for message in shown] == left


async def test_tiers_of_another_time_leave_given_messages_as_they_are(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer(coins=20)
    await pay(client, stream, vera, 10, "before")
    before = await log_of(client, stream)
    async with db.transaction() as conn:
        await conn.execute(
            "INSERT INTO paid_message_tier VALUES (%s, 1, 7, 5, 9, 9, '#000000')", (now(),)
        )
        await conn.execute("INSERT INTO cheer_tier VALUES (%s, 1, 1, 'New', '#000000')", (now(),))
    assert await log_of(client, stream) == before


async def test_what_a_moderator_removes_is_gone_everywhere_and_its_coins_stay_given(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    services: Services,
    db: Database,
) -> None:
    vera = await viewer(coins=200)
    await pay(client, stream, vera, 100, WORDS)
    await cheer(client, stream, vera, 10, f"cheer10 {WORDS}")
    await hold_messages(db, creator)
    watching = await open_socket("streams", stream["id"])
    await watching.join()
    await pay(client, stream, vera, 50, WORDS)
    await pay(client, stream, vera, 10, WORDS)
    await approve(client, stream, creator, 3)
    for seq in (1, 2, 3, 4):
        await act(client, creator, f"/v1/streams/{stream['id']}/messages/{seq}/remove")
    await watching.until_seq(9)
    await assert_live_is_stored(services, stream)
    refused = await approve(client, stream, creator, 4)
    assert (refused.status_code, refused.json()["code"]) == (409, "message_not_held")
    assert await held(client, stream, creator) == []
    newcomer = await open_socket("streams", stream["id"])
    snapshot = await newcomer.join(after=0)
    await newcomer.until_seq(9)
    log = await log_of(client, stream)
    assert newcomer.logged == log
    assert snapshot["room"]["pinned"] == []
    for read in (snapshot, log, newcomer.logged):
        assert WORDS not in str(read)
    assert [event.get("state") for event in log[:4]] == ["removed", None, "removed", "removed"]
    assert log[4]["message"]["state"] == "removed"
    assert await coins_of(client, vera) == 30
    assert snapshot["room"]["supporters"][0]["coins"] == 170


async def test_what_is_taken_from_the_top_stays_readable(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    services: Services,
    db: Database,
) -> None:
    vera = await viewer(coins=200)
    await hold_messages(db, creator)
    watching = await open_socket("streams", stream["id"])
    await watching.join()
    await pay(client, stream, vera, 100, WORDS)
    await approve(client, stream, creator, 1)
    answer = await client.delete(f"/v1/streams/{stream['id']}/pins/1", headers=creator.headers)
    assert answer.status_code == 204, answer.text
    await watching.until_seq(3)
    await assert_live_is_stored(services, stream)
    (message, approval, unpin) = await log_of(client, stream)
    assert (message["text"], message["pinned_until"]) == (WORDS, None)
    assert approval["message"] == message
    assert (unpin["type"], unpin["target_seq"]) == ("unpin", 1)


async def test_who_is_banned_or_muted_pays_for_no_words(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
) -> None:
    vera, otto = await viewer("Vera", coins=100), await viewer("Otto", coins=100)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    path = f"/v1/streams/{stream['id']}"
    await pay(client, stream, otto, 10, "")
    await act(client, creator, f"{path}/mutes", user_id=str(otto.id), seconds=60)
    muted = await pay(client, stream, otto, 10, WORDS)
    assert (muted.status_code, muted.json()["code"]) == (403, "muted")
    assert (await cheer(client, stream, otto, 1, "cheer1")).json()["code"] == "muted"
    assert (await pay(client, stream, otto, 10, "")).status_code == 201
    await act(client, creator, f"{path}/bans", user_id=str(vera.id))
    for text in (WORDS, ""):
        banned = await pay(client, stream, vera, 10, text)
        assert (banned.status_code, banned.json()["code"]) == (403, "banned")
    assert (await cheer(client, stream, vera, 1, "cheer1")).json()["code"] == "banned"
    await socket.send(op="paid_message", id=str(PLATFORM_ID), text="", coins=10)
    assert (await socket.answer(str(PLATFORM_ID)))["code"] == "banned"
    assert (await coins_of(client, vera), await coins_of(client, otto)) == (100, 80)


async def test_a_ban_comes_between_or_after_but_never_charges_for_nothing(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, creator: SignedIn
) -> None:
    vera = await viewer(coins=100)
    path = f"/v1/streams/{stream['id']}/bans"
    answers = await asyncio.gather(
        *(pay(client, stream, vera, 10, f"line {number}") for number in range(5)),
        act(client, creator, path, user_id=str(vera.id)),
        *(pay(client, stream, vera, 10, f"line {number}") for number in range(5, 10)),
    )
    codes = [answer.status_code for answer in answers if answer is not None]
    assert set(codes) <= {201, 403}
    paid = [event for event in await log_of(client, stream) if event["type"] == "paid_message"]
    assert len(paid) == codes.count(201)
    assert await coins_of(client, vera) == 100 - 10 * len(paid)


@pytest.mark.parametrize("kind", ["refund", "chargeback"])
async def test_refunded_coins_reach_messages_and_cheers(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    db: Database,
    kind: ledger.ReversalKind,
) -> None:
    vera = await viewer(coins=0)
    world = World(db)
    order_id = await world.top_up(vera.id, 100)
    await pay(client, stream, vera, 60, WORDS)
    await cheer(client, stream, vera, 40, "cheer40")
    await world.take_back(vera.id, order_id, kind=kind)
    items = (await client.get("/v1/creator/gifts", headers=creator.headers)).json()["items"]
    assert all(item["reversed_milli_diamonds"] == item["milli_diamonds"] for item in items)
    async with db.read() as conn:
        held_now = await ledger.balances(conn, creator.id)
    assert held_now[ledger.Code.DIAMONDS_PENDING] == 0
    assert [event["text"] for event in await log_of(client, stream)] == [WORDS, "cheer40"]


async def test_an_erased_person_leaves_no_words(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, creator: SignedIn, db: Database
) -> None:
    vera = await viewer(coins=30)
    await hold_messages(db, creator)
    await pay(client, stream, vera, 10, WORDS)
    await cheer(client, stream, vera, 10, f"cheer10 {WORDS}")
    await pay(client, stream, vera, 10, WORDS)
    await approve(client, stream, creator, 1)
    erased = await identity.erase_user(db, vera.id, PLATFORM_ID)
    assert (erased.messages, erased.messages_kept) == (3, 0)
    assert WORDS not in str(await log_of(client, stream))
    assert [item["text"] for item in await held(client, stream, creator)] == [""]
