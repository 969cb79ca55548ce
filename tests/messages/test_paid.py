"""Paid messages: what so many coins allow, once per id, and nothing is charged for what is refused."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx

from largesse import ledger
from largesse.db import Database
from largesse.ledger import Code
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.messages.conftest import Stream, coins_of, log_of, pay
from tests.rooms.conftest import MakeViewer, Open

TIERS = [
    (1, 0, 30, 0, "#49079B"),
    (10, 60, 60, 1, "#49079B"),
    (50, 120, 80, 2, "#00508E"),
    (100, 300, 110, 3, "#176200"),
    (250, 600, 150, 4, "#9A3E00"),
    (500, 900, 200, 7, "#9B3100"),
    (2000, 1800, 280, 10, "#8B0503"),
    (10000, 3600, 400, 20, "#252C36"),
]


async def test_what_coins_buy_is_said_before_anybody_pays(client: httpx.AsyncClient) -> None:
    said = (await client.get("/v1/paid-messages")).json()
    assert [
        (tier["coins_min"], tier["pin_s"], tier["characters_max"], tier["emoji_max"], tier["color"])
        for tier in said["paid_tiers"]
    ] == TIERS
    assert [tier["tier"] for tier in said["paid_tiers"]] == list(range(1, 9))
    assert [tier["coins_min"] for tier in said["cheer_tiers"]] == [1, 100, 1000, 5000, 10000]
    assert len(said["cheer_marks"]) >= 4
    assert said["coins_rule"]["code"] == "coins_stay_given"
    for word in ("given", "approved", "removed"):
        assert word in said["coins_rule"]["text"]


async def test_each_tier_from_its_first_coin_to_its_last(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    lasts = [*(tier[0] - 1 for tier in TIERS[1:]), 100_000]
    vera = await viewer(coins=sum(tier[0] for tier in TIERS) + sum(lasts))
    for (first, _, characters, emoji, _), last in zip(TIERS, lasts, strict=True):
        text = "👍🏽" * emoji + "x" * (characters - emoji)
        for coins in (first, last):
            for wrong, code in (
                (text + "x", "paid_message_too_long"),
                ("👍🏽" * (emoji + 1), "too_many_emoji"),
            ):
                refused = await pay(client, stream, vera, coins, wrong)
                assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
            answer = await pay(client, stream, vera, coins, text)
            assert answer.status_code == 201, answer.text
    for place, event in enumerate(await log_of(client, stream)):
        _, pin_s, characters, emoji, color = TIERS[place // 2]
        assert (event["tier"], event["color"], event["pin_s"]) == (place // 2 + 1, color, pin_s)
        assert event["state"] == "shown"
        assert event["text"] == "👍🏽" * emoji + "x" * (characters - emoji)
        assert (event["pinned_until"] is None) == (pin_s == 0)
    assert await coins_of(client, vera) == 0


REFUSED = [
    (0, "", 422, "message_coins_out_of_range"),
    (-5, "", 422, "message_coins_out_of_range"),
    (100_001, "", 422, "message_coins_out_of_range"),
    (10**40, "", 422, "message_coins_out_of_range"),
    (10, "a\u202eb", 422, "validation_failed"),
    (10, "a\x07b", 422, "validation_failed"),
    (10, "a\x00b", 422, "validation_failed"),
    (10, "a\nb", 422, "validation_failed"),
    (10, "z" + "\u0301" * 800, 422, "paid_message_too_long"),
    (3000, "hello", 409, "insufficient_coins"),
]


async def test_what_is_refused_costs_nothing(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=2000)
    for coins, text, status, code in REFUSED:
        answer = await pay(client, stream, vera, coins, text)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (coins, text)
    assert await coins_of(client, vera) == 2000
    assert await log_of(client, stream) == []


async def test_a_message_may_be_empty_and_its_creator_earns(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, creator: SignedIn, db: Database
) -> None:
    vera = await viewer(coins=10)
    receipt = (await pay(client, stream, vera, 10, "   ")).json()
    assert (receipt["kind"], receipt["held"], receipt["coins"]) == ("paid_message", False, 10)
    assert receipt["wallet"]["coins_total"] == 0
    assert [event["text"] for event in await log_of(client, stream)] == [""]
    async with db.read() as conn:
        assert (await ledger.balances(conn, creator.id))[Code.DIAMONDS_PENDING] == 5_000


async def test_the_same_id_is_the_same_message(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer(coins=100)
    id_ = str(new_id())
    first = await pay(client, stream, vera, 10, "hello", id=id_)
    again = await pay(client, stream, vera, 10, " hello ", id=id_)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    for coins, text in ((11, "hello"), (10, "hallo"), (10, "")):
        other = await pay(client, stream, vera, coins, text, id=id_)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    as_gift = {"id": id_, "gift": "paid-message", "count": 10, "message": "hello"}
    gift = await client.post(
        f"/v1/streams/{stream['id']}/gifts", json=as_gift, headers=vera.headers
    )
    assert (gift.status_code, gift.json()["code"]) == (409, "idempotency_conflict")
    async with db.transaction() as conn:
        await conn.execute("UPDATE room SET open = false WHERE id = %s", (stream["id"],))
        await conn.execute("UPDATE paid_message_tier SET characters_max = 0")
    late = await pay(client, stream, vera, 10, "hello", id=id_)
    assert (late.status_code, late.json()["seq"]) == (200, first.json()["seq"])
    closed = await pay(client, stream, vera, 10, "")
    assert (closed.status_code, closed.json()["code"]) == (409, "room_closed")
    assert await coins_of(client, vera) == 90


async def test_what_is_no_gift_cannot_be_given_as_one(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=10)
    for name in ("paid-message", "cheer"):
        body = {"id": str(new_id()), "gift": name, "count": 1}
        answer = await client.post(
            f"/v1/streams/{stream['id']}/gifts", json=body, headers=vera.headers
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "gift_not_found")
    listed = (await client.get("/v1/gifts")).json()["items"]
    assert {"paid-message", "cheer"}.isdisjoint({gift["slug"] for gift in listed})


async def test_many_at_once_spend_what_is_there_and_no_more(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=100)
    same = str(new_id())
    answers = await asyncio.gather(
        *(pay(client, stream, vera, 10, f"message {number}") for number in range(15)),
        *(pay(client, stream, vera, 10, "again", id=same) for _ in range(5)),
    )
    codes = [answer.status_code for answer in answers]
    assert codes.count(201) == 10
    assert set(codes) <= {200, 201, 409}
    assert sum(event["coins"] for event in await log_of(client, stream)) == 100
    assert await coins_of(client, vera) == 0


async def test_a_budget_holds_for_messages_too(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=100)
    await client.put("/v1/wallet/budget", json={"monthly_coins": 15}, headers=vera.headers)
    assert (await pay(client, stream, vera, 10, "one")).status_code == 201
    refused = await pay(client, stream, vera, 10, "two")
    assert (refused.status_code, refused.json()["code"]) == (409, "budget_exceeded")


async def test_nobody_pays_himself_or_where_there_is_no_stream(
    client: httpx.AsyncClient, stream: Stream, creator: SignedIn, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=10)
    own = await pay(client, stream, creator, 10, "me")
    assert (own.status_code, own.json()["code"]) == (409, "self_gift")
    nowhere = await pay(client, {"id": uuid4()}, vera, 10, "hello")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "stream_not_found")
    path = f"/v1/streams/{stream['id']}/paid-messages"
    unsigned = await client.post(path, json={"id": str(new_id()), "text": "", "coins": 1})
    assert unsigned.status_code == 401


async def test_wallet_earnings_and_receipt_name_it(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, creator: SignedIn
) -> None:
    vera = await viewer(coins=110)
    id_ = (await pay(client, stream, vera, 100, "hello")).json()["id"]
    body = {"id": str(new_id()), "text": "cheer10", "coins": 10}
    await client.post(f"/v1/streams/{stream['id']}/cheers", json=body, headers=vera.headers)
    get = client.get
    history = (await get("/v1/wallet/transactions", headers=vera.headers)).json()["items"]
    given: list[dict[str, Any]] = [item["gift"] for item in history if item["gift"]]
    assert [(gift["name"], gift["count"]) for gift in given] == [("Cheer", 1), ("Paid message", 1)]
    received = (await get("/v1/creator/gifts", headers=creator.headers)).json()["items"]
    assert [item["gift"]["name"] for item in received] == ["Cheer", "Paid message"]
    assert [item["count"] for item in received] == [1, 1]
    receipt = (await get(f"/v1/gifts/{id_}/receipt", headers=vera.headers)).json()
    assert (receipt["gift"]["name"], receipt["count"]) == ("Paid message", 1)
    assert receipt["coins"] == 100


async def test_a_socket_pays_and_everybody_sees_it(
    open_socket: Open, stream: Stream, viewer: MakeViewer, client: httpx.AsyncClient
) -> None:
    vera = await viewer(coins=100)
    socket, other = [await open_socket("streams", stream["id"]) for _ in range(2)]
    await socket.join(vera.token)
    await other.join()
    id_ = str(new_id())
    for text in ("hello", "hello", "other"):
        await socket.send(op="paid_message", id=id_, text=text, coins=50)
    first, again, refused = [await socket.answer(id_) for _ in range(3)]
    assert first == again
    assert (first["coins"], first["wallet"]["coins_total"]) == (50, 50)
    assert refused["code"] == "idempotency_conflict"
    await other.until_seq(1)
    assert [event for event in other.logged if event["seq"] == 1] == await log_of(client, stream)
    assert other.logged[0]["type"] == "paid_message"
    await other.send(op="paid_message", id=id_, text="", coins=1)
    assert (await other.answer(id_))["code"] == "unauthenticated"
