"""Cheers: chat whose marks cost what was shown."""

import asyncio

import httpx

from largesse.types import new_id
from tests.messages.conftest import Stream, cheer, coins_of, log_of
from tests.rooms.conftest import MakeViewer, Open

TAKEN = [
    ("cheer1", 1, 1),
    ("Spark99 wow", 99, 1),
    ("glow50 glow50", 100, 2),
    ("cheer999", 999, 2),
    ("hooray1000", 1000, 3),
    ("comet5000", 5000, 4),
    ("cheer9000 cheer1000", 10000, 5),
]
REFUSED = [
    ("hello", 0, 422, "no_cheer"),
    ("", 5, 422, "no_cheer"),
    ("cheer0", 0, 422, "no_cheer"),
    ("cheer100!", 100, 422, "no_cheer"),
    ("cheer100", 1, 409, "cheer_changed"),
    ("cheer1 spark1", 1, 409, "cheer_changed"),
    ("cheer1", -1, 409, "cheer_changed"),
    ("cheer99999 cheer2", 100_001, 422, "cheer_out_of_range"),
    ("cheer1 " + "x" * 194, 1, 422, "cheer_too_long"),
    ("cheer1\u202e", 1, 422, "validation_failed"),
    ("cheer600", 600, 409, "insufficient_coins"),
]


async def test_marks_cost_their_numbers_and_all_of_them_make_the_tier(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=sum(coins for _, coins, _ in TAKEN))
    for text, coins, _ in TAKEN:
        answer = await cheer(client, stream, vera, coins, f" {text} ")
        assert answer.status_code == 201, answer.text
        receipt = answer.json()
        assert (receipt["kind"], receipt["held"], receipt["coins"]) == ("cheer", False, coins)
    assert await coins_of(client, vera) == 0
    for event, (text, coins, tier) in zip(await log_of(client, stream), TAKEN, strict=True):
        assert (event["type"], event["text"], event["coins"]) == ("cheer", text, coins)
        assert (event["tier"], event["milli_diamonds"]) == (tier, coins * 500)


async def test_what_is_refused_costs_nothing(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=500)
    for text, coins, status, code in REFUSED:
        answer = await cheer(client, stream, vera, coins, text)
        assert (answer.status_code, answer.json()["code"]) == (status, code), text
        if code == "cheer_changed":
            assert answer.json()["coins"] == {"cheer100": 100, "cheer1": 1}.get(text, 2)
    assert await coins_of(client, vera) == 500
    assert await log_of(client, stream) == []


async def test_the_same_words_as_chat_cost_nothing(
    open_socket: Open, stream: Stream, viewer: MakeViewer, client: httpx.AsyncClient
) -> None:
    vera = await viewer(coins=100)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    assert (await socket.chat("cheer100"))["op"] == "ack"
    id_ = str(new_id())
    await socket.send(op="cheer", id=id_, text="cheer100", coins=99)
    refused = await socket.answer(id_)
    assert (refused["code"], refused["coins"]) == ("cheer_changed", 100)
    await socket.send(op="cheer", id=id_, text="cheer100", coins=100)
    assert (await socket.answer(id_))["wallet"]["coins_total"] == 0
    await socket.until_seq(2)
    assert [event["type"] for event in socket.logged] == ["chat", "cheer"]
    assert socket.logged == await log_of(client, stream)


async def test_the_same_id_is_the_same_cheer(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=100)
    id_ = str(new_id())
    answers = await asyncio.gather(
        *(cheer(client, stream, vera, 10, "cheer10", id=id_) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    other = await cheer(client, stream, vera, 10, "spark10", id=id_)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    as_message = {"id": id_, "text": "cheer10", "coins": 10}
    path = f"/v1/streams/{stream['id']}/paid-messages"
    answer = await client.post(path, json=as_message, headers=vera.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")
    assert await coins_of(client, vera) == 90
