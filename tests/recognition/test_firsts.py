"""The first gift of somebody, ever or in a room: the same answer live, stored, and in a room that is loaded anew."""

import asyncio
from typing import Any

import httpx

from largesse import ledger, outbox
from largesse.db import Database
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open, Socket

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
        (4, "Anonymous", None), (5, "Ulla", "room"), (6, "Otto", None),
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
        await ledger.cancel_reversal(conn, owner_id=vera.id, order_id=lot.id, cause_id="dispute")
    watcher = await join(open_socket, stream, otto)
    async with db.transaction() as conn:
        await ledger.record_reversal(
            conn,
            owner_id=vera.id,
            order_id=lot.id,
            cause_id="again",
            kind="chargeback",
            amount_minor=10,
        )
    assert (await client.get(f"/v1/streams/{stream['id']}/supporters")).json()["items"] == []
    await watcher.connection.close()
    async with db.transaction() as conn:
        await conn.execute("UPDATE balance SET frozen = false WHERE owner_id = %s", (vera.id,))
        await ledger.cancel_reversal(conn, owner_id=vera.id, order_id=lot.id, cause_id="again")
    late = await join(open_socket, stream, otto)
    body = {"id": str(new_id()), "gift": "rose", "count": 1}
    await late.gift("rose", 1)
    assert body["id"]
    await late.until_seq(2)
    assert firsts(late.events) == [(2, "Otto", "ever")]
    assert firsts(await stored(client, stream)) == [(1, "Vera", "ever"), (2, "Otto", "ever")]


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
