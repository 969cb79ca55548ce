"""Joining, giving and talking over a room's socket."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from largesse.gifts import GiftDesk
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open, Socket

Stream = dict[str, Any]


async def test_a_gift_is_acknowledged_after_the_commit_and_seen_by_all(
    open_socket: Open, stream: Stream, viewer: MakeViewer, creator: SignedIn
) -> None:
    vera = await viewer("Vera", coins=350)
    giver, watcher = [await open_socket("streams", stream["id"]) for _ in range(2)]
    snapshot = await giver.join(vera.token)
    await watcher.join()
    assert snapshot["seq"] == 0
    assert snapshot["wallet"]["coins_total"] == 350
    assert snapshot["room"]["gifting"] is True
    assert snapshot["room"]["creator"] == {"id": str(creator.id), "display_name": "Nora"}
    assert watcher.snapshot["wallet"] is None
    ack = await giver.gift("rose", 5, message="  for you  ")
    assert ack["op"] == "ack"
    assert (ack["seq"], ack["coins"], ack["milli_diamonds"]) == (1, 5, 2500)
    assert ack["wallet"]["coins_total"] == 345
    await watcher.until_seq(1)
    (event,) = watcher.logged
    assert event["type"] == "gift"
    assert event["sender"] == {"id": str(vera.id), "display_name": "Vera"}
    assert (event["gift"]["slug"], event["count"], event["coins"]) == ("rose", 5, 5)
    assert (event["message"], event["streak"]) == ("for you", None)


async def test_the_snapshot_and_its_events_are_the_state_fetched_afterwards(
    open_socket: Open, stream: Stream, viewer: MakeViewer, client: httpx.AsyncClient
) -> None:
    people = [await viewer(f"Viewer {number}", coins=500) for number in range(3)]
    watcher = await open_socket("streams", stream["id"])
    sockets = [await open_socket("streams", stream["id"]) for _ in people]
    for socket, person in zip(sockets, people, strict=True):
        await socket.join(person.token)
    await sockets[0].gift("tulip", 2)
    await watcher.join()
    await asyncio.gather(*(socket.gift("perfume", 3 - n) for n, socket in enumerate(sockets)))
    await asyncio.gather(sockets[1].chat("hello"), sockets[2].gift("rose", 4))
    await asyncio.sleep(1.2)  # the ranking is told once a second
    await watcher.ping()
    events = (await client.get(f"/v1/streams/{stream['id']}/events")).json()
    assert watcher.snapshot["room"]["recent"] + watcher.logged == events["items"]
    assert events["last_seq"] == 6
    ranking = [event for event in watcher.events if event["type"] == "supporters"][-1]
    supporters = (await client.get(f"/v1/streams/{stream['id']}/supporters")).json()["items"]
    assert ranking["items"] == supporters
    later = await open_socket("streams", stream["id"])
    room = (await later.join())["room"]
    assert room["recent"] == events["items"]
    assert room["supporters"] == supporters
    assert room["viewers"] == 5
    listed = (await client.get("/v1/streams")).json()["items"]
    assert [(item["id"], item["viewers"]) for item in listed if item["viewers"]] == [
        (stream["id"], 5)
    ]


async def test_many_gifts_may_be_in_flight_on_one_socket(
    open_socket: Open, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=150)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    ids = [str(new_id()) for _ in range(150)]
    for id_ in ids:
        await socket.send(op="gift", id=id_, gift="rose", count=1)
    acks = [await socket.answer(id_) for id_ in ids]
    assert {ack["op"] for ack in acks} == {"ack"}
    assert [ack["seq"] for ack in acks] == list(range(1, 151))
    assert acks[-1]["wallet"]["coins_total"] == 0
    refused = await socket.gift("rose", 1)
    assert (refused["code"], refused["needed"], refused["available"]) == (
        "insufficient_coins",
        1,
        0,
    )


async def test_messages_are_done_in_the_order_in_which_they_were_sent(
    open_socket: Open, stream: Stream, viewer: MakeViewer
) -> None:
    """Gifts that begin as our client's do are read in another way than the rest."""
    vera = await viewer(coins=100)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    ids = [str(new_id()) for _ in range(60)]
    for number, id_ in enumerate(ids):
        if number % 20 == 19:
            await socket.send(op="chat", id=id_, text=f"number {number}")
        elif number % 3:
            await socket.send(op="gift", id=id_, gift="rose", count=1)
        else:
            await socket.send(id=id_, op="gift", gift="rose", count=1)
    answers = [await socket.answer(id_) for id_ in ids]
    gifts = [answer["seq"] for number, answer in enumerate(answers) if number % 20 != 19]
    assert gifts == sorted(gifts)
    assert sorted(answer["seq"] for answer in answers) == list(range(1, 61))


async def test_two_viewers_see_the_same_order(
    open_socket: Open, stream: Stream, viewer: MakeViewer
) -> None:
    people = [await viewer(f"Giver {number}", coins=200) for number in range(4)]
    givers = [await open_socket("streams", stream["id"]) for _ in people]
    watchers = [await open_socket("streams", stream["id"]) for _ in range(2)]
    for giver, person in zip(givers, people, strict=True):
        await giver.join(person.token)
    for watcher in watchers:
        await watcher.join()

    async def give(socket: Socket, number: int) -> None:
        for turn in range(20):
            await socket.gift("rose", 1)
            if turn % 5 == number:
                await socket.chat(f"turn {turn}")

    await asyncio.gather(*(give(socket, number) for number, socket in enumerate(givers)))
    for watcher in watchers:
        await watcher.until_seq(96)
        assert watcher.seqs == list(range(1, 97))
    assert watchers[0].logged == watchers[1].logged


async def test_a_viewer_who_comes_back_under_load_misses_and_repeats_nothing(
    open_socket: Open, stream: Stream, viewer: MakeViewer
) -> None:
    people = [await viewer(f"Giver {number}", coins=400) for number in range(3)]
    givers = [await open_socket("streams", stream["id"]) for _ in people]
    for giver, person in zip(givers, people, strict=True):
        await giver.join(person.token)

    async def give(socket: Socket) -> None:
        for _ in range(100):
            await socket.gift("rose", 1)
            await asyncio.sleep(0.005)

    giving = asyncio.gather(*(give(socket) for socket in givers))
    seen: list[int] = []
    while not giving.done() or not seen or seen[-1] < 300:
        socket = await open_socket("streams", stream["id"])
        snapshot = await socket.join(after=seen[-1] if seen else 0)
        await socket.until(lambda s=socket: len(s.seqs) > 20 or giving.done())  # type: ignore[misc]
        await socket.ping()
        await socket.connection.close()
        assert not seen or snapshot["seq"] >= seen[-1]
        seen += socket.seqs
    await giving
    assert seen == list(range(1, 301))


async def test_the_same_gift_id_gives_the_same_answer_or_a_conflict(
    open_socket: Open, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=10)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    id_ = str(uuid4())
    first = await socket.gift("rose", 2, id=id_)
    assert await socket.gift("rose", 2, id=id_) == first
    assert (await socket.gift("rose", 3, id=id_))["code"] == "idempotency_conflict"
    assert (await socket.gift("clap", 2, id=id_))["code"] == "idempotency_conflict"
    later = await socket.gift("rose", 1)
    assert later["wallet"]["coins_total"] == 7


async def test_the_last_event_of_an_ended_stream_is_its_end(
    open_socket: Open,
    stream: Stream,
    viewer: MakeViewer,
    client: httpx.AsyncClient,
    creator: SignedIn,
) -> None:
    vera = await viewer(coins=5)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    answer = await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    assert answer.status_code == 200, answer.text
    await socket.until_seq(1)
    assert socket.logged[-1]["type"] == "stream_end"
    assert (await socket.gift("rose", 1))["code"] == "room_closed"
    assert (await socket.chat("hello"))["code"] == "room_closed"
    late = await open_socket("streams", stream["id"])
    room = (await late.join())["room"]
    assert (room["state"], room["gifting"], room["recent"]) == (
        "ended",
        False,
        json.loads(json.dumps(socket.logged)),
    )


async def test_a_gift_whose_giver_is_not_remembered_is_read_from_the_log(
    open_socket: Open, stream: Stream, viewer: MakeViewer, app: FastAPI
) -> None:
    vera = await viewer("Vera", coins=5)
    giver, watcher = [await open_socket("streams", stream["id"]) for _ in range(2)]
    await giver.join(vera.token)
    await watcher.join()
    desk: GiftDesk = app.state.services.desk
    desk.remember = lambda *_: None  # type: ignore[method-assign]
    assert (await giver.gift("rose", 1))["op"] == "ack"
    await watcher.until_seq(1)
    assert watcher.logged[0]["sender"] == {"id": str(vera.id), "display_name": "Vera"}


async def test_a_gift_on_its_way_when_its_sender_leaves_is_given_once(
    open_socket: Open, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer("Vera", coins=5)
    giver, watcher = [await open_socket("streams", stream["id"]) for _ in range(2)]
    await giver.join(vera.token)
    await watcher.join()
    id_ = str(new_id())
    await giver.send(op="gift", id=id_, gift="rose", count=2)
    giver.connection.transport.abort()
    await watcher.until_seq(1)
    again = await open_socket("streams", stream["id"])
    await again.join(vera.token)
    ack = await again.gift("rose", 2, id=id_)
    assert (ack["seq"], ack["wallet"]["coins_total"]) == (1, 3)
