"""Cheers: chat whose marks cost what was shown."""

import asyncio

import httpx

from largesse.services import Services
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.messages.conftest import Stream, assert_live_is_stored, cheer, coins_of, log_of
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
COLORS = ["#6B7280", "#7B3FE4", "#0F766E", "#1D4ED8", "#B91C1C"]
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
    log = await log_of(client, stream)
    for event, (text, coins, tier) in zip(log, TAKEN, strict=True):
        assert (event["type"], event["text"], event["coins"]) == ("cheer", text, coins)
        assert (event["tier"], event["milli_diamonds"]) == (tier, coins * 500)
        assert event["color"] == COLORS[tier - 1]
    marks = [[(m["name"], m["coins"], m["color"]) for m in e["marks"]] for e in log]
    assert marks[1] == [("spark", 99, COLORS[0])]
    assert marks[2] == [("glow", 50, COLORS[0])]
    assert marks[6] == [("cheer", 9000, COLORS[3]), ("cheer", 1000, COLORS[2])]


async def test_a_cheer_keeps_the_look_of_its_moment(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    services: Services,
    open_socket: Open,
) -> None:
    vera = await viewer(coins=1000)
    watcher = await open_socket("streams", stream["id"])
    await watcher.join()
    for _ in range(2):
        assert (await cheer(client, stream, vera, 150, "cheer100 glow50")).status_code == 201
    await watcher.until_seq(2)
    told = list(watcher.logged)
    assert told[0]["marks"] == [
        {"name": "cheer", "coins": 100, "color": COLORS[1]},
        {"name": "glow", "coins": 50, "color": COLORS[0]},
    ]
    async with services.db.transaction() as conn:  # another catalogue, from now on
        for statement in (
            "INSERT INTO cheer_tier (valid_from, tier, coins_min, name, color)"
            " VALUES (clock_timestamp(), 1, 1, 'Only', '#112233')",
            "INSERT INTO cheer_mark (valid_from, name, position, alt)"
            " VALUES (clock_timestamp(), 'other', 1, 'Another')",
        ):
            await conn.execute(statement)
    assert await log_of(client, stream) == told
    await assert_live_is_stored(services, stream)
    path = f"/v1/streams/{stream['id']}/messages/1/remove"
    assert (await client.post(path, headers=creator.headers)).is_success
    await watcher.until_seq(3)
    log = await log_of(client, stream)
    assert (log[0]["text"], log[0]["marks"], log[0]["color"]) == (None, [], COLORS[1])
    assert log[1] == told[1]
    await assert_live_is_stored(services, stream)


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
