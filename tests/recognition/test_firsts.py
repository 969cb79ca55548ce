"""The first gift of somebody, ever or in a room: the same answer live, stored, and in a room that is loaded anew."""

import asyncio
from typing import Any

import httpx
import pytest

from largesse import ledger, outbox
from largesse.db import Database
from largesse.identity import ANONYMOUS, Person
from largesse.realtime import GiftEvent, Giving, RankingStart
from largesse.realtime.parts import Ranking
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.realtime.conftest import gift
from tests.rooms.conftest import MakeViewer, Open, Socket, fund

Stream = dict[str, Any]


def firsts(events: list[dict[str, Any]]) -> list[tuple[int, str, str | None]]:
    return [
        (event["seq"], event["sender"]["display_name"], event["first"])
        for event in events
        if event["type"] == "gift"
    ]


async def stored(client: httpx.AsyncClient, stream: Stream, **params: Any) -> list[Any]:
    answer = await client.get(f"/v1/streams/{stream['id']}/events", params={"limit": 100, **params})
    items: list[Any] = answer.json()["items"]
    return items


async def join(open_socket: Open, stream: Stream, person: SignedIn, **more: Any) -> Socket:
    socket = await open_socket("streams", stream["id"])
    await socket.join(person.token, **more)
    return socket


async def test_first_ever_first_in_the_room_and_later_ones(
    open_socket: Open,
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    db: Database,
) -> None:
    vera, otto, ulla = await viewer("Vera"), await viewer("Otto"), await viewer("Ulla")
    post = await client.post("/v1/posts", json={"caption": "x"}, headers=creator.headers)
    body = {"id": str(new_id()), "gift": "rose", "count": 5}
    path = f"/v1/posts/{post.json()['id']}/gifts"
    assert (await client.post(path, json=body, headers=otto.headers)).status_code == 201
    v, o, u = [await join(open_socket, stream, person) for person in (vera, otto, ulla)]
    for socket, more in ((v, {}), (v, {}), (o, {}), (u, {"anonymous": True}), (u, {}), (o, {})):
        assert (await socket.gift("rose", 1, **more))["op"] == "ack"
    await v.until_seq(6)
    expected = [
        (1, "Vera", "ever"), (2, "Vera", None), (3, "Otto", "room"),
        (4, "Anonymous", None), (5, "Ulla", "ever"), (6, "Otto", None),
    ]  # fmt: skip
    assert firsts(v.events) == expected
    assert firsts(await stored(client, stream)) == expected
    assert firsts(await stored(client, stream, after=3)) == expected[3:]
    await outbox.catch_up(db)
    assert firsts(await stored(client, stream)) == expected
    for socket in (v, o, u):
        await socket.connection.close()
    late = await join(open_socket, stream, otto, after=0)
    assert firsts(late.snapshot["room"]["recent"]) == expected
    await late.until_seq(6)
    assert firsts(late.events) == expected
    await late.gift("rose", 1)
    await late.until_seq(7)
    assert firsts(late.events)[-1] == (7, "Otto", None)
    await outbox.rebuild(db)
    assert firsts(await stored(client, stream))[:6] == expected


async def test_who_lost_all_gifts_to_a_dispute_is_no_first_giver_again(
    open_socket: Open, client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database
) -> None:
    vera, otto = await viewer("Vera", coins=10), await viewer("Otto")
    async with db.read() as conn:
        (lot,) = (await ledger.lots(conn, vera.id)).items
    socket = await join(open_socket, stream, vera)
    await socket.gift("rose", 10)
    await socket.connection.close()
    async with db.transaction() as conn:
        await ledger.record_reversal(
            conn,
            owner_id=vera.id,
            order_id=lot.id,
            cause_id="dispute",
            kind="chargeback",
            amount_minor=10,
        )
    assert (await client.get(f"/v1/streams/{stream['id']}/supporters")).json()["items"] == []
    watcher = await join(open_socket, stream, otto)
    assert watcher.snapshot["room"]["supporters"] == []
    async with db.transaction() as conn:
        await ledger.cancel_reversal(conn, owner_id=vera.id, order_id=lot.id, cause_id="dispute")
    await fund(db, vera, 5)
    body = {"id": str(new_id()), "gift": "rose", "count": 1}
    path = f"/v1/streams/{stream['id']}/gifts"
    assert (await client.post(path, json=body, headers=vera.headers)).status_code == 201
    await watcher.until_seq(2)
    assert firsts(watcher.events) == [(2, "Vera", None)]
    assert firsts(await stored(client, stream)) == [(1, "Vera", "ever"), (2, "Vera", None)]


async def test_a_room_with_more_givers_than_it_ranks_knows_all_of_them(
    open_socket: Open,
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("largesse.rooms.loading.SENDERS_MAX", 1)
    people = [await viewer(name) for name in ("Ana", "Bea", "Cleo")]
    path = f"/v1/streams/{stream['id']}/gifts"
    for person in people[:2]:
        body = {"id": str(new_id()), "gift": "rose", "count": 2}
        assert (await client.post(path, json=body, headers=person.headers)).status_code == 201
    sockets = [await join(open_socket, stream, person) for person in people]
    for socket in sockets:
        await socket.gift("rose", 1)
    await sockets[0].until_seq(5)
    live = [(3, "Ana", None), (4, "Bea", None), (5, "Cleo", "ever")]
    assert firsts(sockets[0].events) == live
    assert firsts(await stored(client, stream, after=2)) == live


def test_the_place_in_the_log_says_what_is_a_first_gift() -> None:
    ana, bea, cleo, dora = (Person(id=new_id(), display_name=name) for name in "ABCD")
    start = RankingStart(
        giving={ana.id: Giving(0, 1)}, names={}, places_max=3, others=frozenset({bea.id})
    )
    ranking = Ranking(start)
    told = []
    for seq, sender in enumerate((ana, bea, ANONYMOUS, cleo, cleo, dora), start=2):
        event = ranking.settle(gift(seq, sender, 5))
        if sender is dora:
            event = ranking.settle(event.model_copy(update={"first": "ever"}))
        assert isinstance(event, GiftEvent)
        told.append(event.first)
        ranking.apply(event)
    assert told == [None, None, None, "room", None, "ever"]
    assert [place.user for place in ranking.supporters()] == [cleo, ana, bea]


async def test_under_load_live_and_stored_say_the_same(
    open_socket: Open, client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database
) -> None:
    people = [await viewer(f"V{at}") for at in range(12)]
    watcher = await join(open_socket, stream, people[0])
    path = f"/v1/streams/{stream['id']}/gifts"

    async def give(person: SignedIn, at: int) -> None:
        body = {"id": str(new_id()), "gift": "rose", "count": 1, "anonymous": at % 4 == 0}
        assert (await client.post(path, json=body, headers=person.headers)).status_code == 201

    await asyncio.gather(*(give(person, at) for at in range(8) for person in people))
    await watcher.until_seq(96)
    live = [event for event in watcher.logged if event["type"] == "gift"]
    assert await stored(client, stream) == live
    told = [event for event in live if event["first"] is not None]
    assert {event["sender"]["display_name"] for event in told} == {f"V{at}" for at in range(12)}
    assert len(told) == 12
