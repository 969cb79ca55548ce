"""Whatever a client sends, it gets an answer, and the socket stays usable until the protocol is broken."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from largesse.db import Database
from largesse.realtime import Hub
from tests.rooms.conftest import MakeViewer, Open, Socket

Stream = dict[str, Any]


@pytest.fixture
async def socket(open_socket: Open, stream: Stream, viewer: MakeViewer) -> Socket:
    """Joined, with 1,000 coins."""
    vera = await viewer(coins=1000)
    joined = await open_socket("streams", stream["id"])
    await joined.join(vera.token)
    return joined


@pytest.mark.parametrize("text", ["{", "null", '{"op":"dance"}', '{"op":"ping","x":1}', "🌹" * 10])
async def test_malformed_frames_are_answered(socket: Socket, text: str) -> None:
    await socket.connection.send(text)
    answer = await socket.answer()
    assert (answer["code"], answer["id"]) == ("bad_frame", None)
    assert (await socket.gift("rose", 1))["op"] == "ack"


async def test_of_two_operations_in_a_message_the_last_one_counts(socket: Socket) -> None:
    for _ in range(2):
        await socket.connection.send('{"op":"gift","op":"ping"}')
        assert (await socket.answer())["op"] == "pong"
        assert (await socket.gift("rose", 1))["op"] == "ack"


async def test_a_malformed_gift_is_answered_under_its_id(socket: Socket) -> None:
    for count in (1.5, "5", None, True):
        id_ = str(uuid4())
        await socket.send(op="gift", id=id_, gift="rose", count=count)
        assert (await socket.answer(id_))["code"] == "bad_frame"
    assert (await socket.gift("rose", 1))["wallet"]["coins_total"] == 999


async def test_binary_frames_are_refused(socket: Socket) -> None:
    await socket.connection.send(b'{"op":"ping"}')
    assert (await socket.answer())["code"] == "binary_frame"
    assert (await socket.gift("rose", 1))["op"] == "ack"


@pytest.mark.parametrize("filler", ["x", "ж"])
async def test_frames_over_8_kib_are_refused(socket: Socket, filler: str) -> None:
    text = filler * (8192 // len(filler.encode()))
    await socket.connection.send(text)
    assert (await socket.answer())["code"] == "bad_frame"
    await socket.connection.send(text + "x")
    assert (await socket.answer())["code"] == "frame_too_large"
    await socket.connection.send("x" * 60_000)
    assert (await socket.answer())["code"] == "frame_too_large"
    assert (await socket.gift("rose", 1))["op"] == "ack"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"gift": "rose", "count": 1_000_000}, "count_out_of_range"),
        ({"gift": "rose", "count": 0}, "count_out_of_range"),
        ({"gift": "rose", "count": -5}, "count_out_of_range"),
        ({"gift": "rose", "count": 10**30}, "count_out_of_range"),
        ({"gift": "roze", "count": 1}, "gift_not_found"),
        ({"gift": "rose", "count": 1, "version": 2}, "gift_changed"),
        ({"gift": "rose", "count": 1, "message": "x" * 129}, "message_too_long"),
        ({"gift": "rose", "count": 1, "message": "a\u2066b"}, "validation_failed"),
        ({"gift": "rose", "count": 1, "message": "a\u0000b"}, "validation_failed"),
        ({"gift": "lion", "count": 1, "streak": str(uuid4())}, "not_streakable"),
        ({"gift": "lion", "count": 1}, "insufficient_coins"),
    ],
)
async def test_refused_gifts_cost_nothing(
    socket: Socket, message: dict[str, Any], code: str
) -> None:
    answer = await socket.gift(**message)
    assert (answer["op"], answer["code"]) == ("error", code)
    after = await socket.gift("rose", 1, streak=str(uuid4()), message="👩🏽‍🎤 danke")
    assert after["wallet"]["coins_total"] == 999


async def test_a_retired_gift_is_gone_but_its_retry_is_answered(
    socket: Socket, db: Database
) -> None:
    id_ = str(uuid4())
    first = await socket.gift("rose", 2, id=id_)
    async with db.transaction() as conn:
        await conn.execute("UPDATE gift_type SET valid_until = now() WHERE slug = 'rose'")
    await asyncio.sleep(2.1)  # the catalogue is held for two seconds
    assert (await socket.gift("rose", 2))["code"] == "gift_gone"
    assert await socket.gift("rose", 2, id=id_) == first
    assert (await socket.gift("rose", 3, id=id_))["code"] == "idempotency_conflict"


async def test_a_new_version_is_told(socket: Socket, db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE gift_type SET valid_until = now() WHERE slug = 'rose'")
        await conn.execute(
            "INSERT INTO gift_type SELECT 1000, id, 2, slug, name, 3, streakable, animation, alt,"
            " position, valid_until, NULL FROM gift_type WHERE slug = 'rose'"
        )
    await asyncio.sleep(2.1)
    answer = await socket.gift("rose", 1, version=1)
    assert (answer["code"], answer["version"], answer["coins"]) == ("gift_changed", 2, 3)
    ack = await socket.gift("rose", 1, version=2)
    assert (ack["coins"], ack["milli_diamonds"]) == (3, 1500)


async def test_joining_comes_first_and_once(open_socket: Open, stream: Stream) -> None:
    socket = await open_socket("streams", stream["id"])
    await socket.send(op="ping")
    assert (await socket.answer())["code"] == "join_first"
    assert (await socket.gift("rose", 1))["code"] == "join_first"
    await socket.join()
    await socket.send(op="join")
    assert (await socket.answer())["code"] == "already_joined"
    await socket.ping()


async def test_a_socket_that_does_not_join_is_closed(
    open_socket: Open, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.socket.JOIN_TIMEOUT_S", 0.1)
    socket = await open_socket("streams", stream["id"])
    assert await socket.closed() == 4401


@pytest.mark.parametrize("name", ["not-a-uuid", "01941f29-7c00-7000-8000-000000000001"])
async def test_an_unknown_room_closes_4404(open_socket: Open, name: str) -> None:
    socket = await open_socket("streams", name)
    await socket.send(op="join")
    assert await socket.closed() == 4404


async def test_twenty_bad_frames_break_the_protocol(socket: Socket) -> None:
    for _ in range(20):
        await socket.connection.send("no")
    assert await socket.closed() == 4400


async def test_a_flood_is_slowed_and_the_socket_stays(socket: Socket) -> None:
    refused = 0
    for _ in range(400):
        await socket.send(op="ping")
    for _ in range(400):
        frame = await socket.receive()
        while frame["op"] == "frame":
            frame = await socket.receive()
        refused += frame.get("code") == "too_fast"
    assert 0 < refused < 400
    await asyncio.sleep(0.2)
    await socket.ping()


async def test_a_user_has_a_limited_number_of_sockets(
    open_socket: Open, stream: Stream, viewer: MakeViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("largesse.realtime.open_sockets.SOCKETS_PER_USER_MAX", 2)
    vera = await viewer(coins=0)
    sockets = [await open_socket("streams", stream["id"]) for _ in range(3)]
    for socket in sockets[:2]:
        await socket.join(vera.token)
    await sockets[2].send(op="join", token=vera.token)
    assert (await sockets[2].answer())["code"] == "too_many_sockets"
    assert await sockets[2].closed() == 4429
    await sockets[0].connection.close()
    await sockets[1].ping()
    another = await open_socket("streams", stream["id"])
    await another.join(vera.token)


async def test_a_viewer_who_does_not_read_is_closed_and_holds_up_nobody(
    open_socket: Open, stream: Stream, viewer: MakeViewer, services_hub: Hub
) -> None:
    vera = await viewer(coins=0)
    slow = await open_socket("streams", stream["id"], max_queue=1)
    await slow.join(vera.token)
    quick = await open_socket("streams", stream["id"])
    await quick.join()
    room = services_hub._rooms[next(iter(services_hub._rooms))]
    frame = json.dumps({"op": "frame", "events": [], "filler": "x" * 60_000})
    while len(room.outboxes) == 2:
        room._send(frame)
        while "filler" not in await quick.receive():
            pass
    assert await slow.closed() == 4408
    await quick.ping()


async def test_when_the_server_goes_away_sockets_hear_1001(
    socket: Socket, services_hub: Hub
) -> None:
    await services_hub.close()
    assert await socket.closed() == 1001
