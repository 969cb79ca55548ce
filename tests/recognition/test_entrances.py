"""A creator's top supporters are announced when they come in: once, to everybody, and only if they like it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from largesse import outbox
from largesse.db import Database
from largesse.recognition import Recognizer, queries
from largesse.types import living_by, new_id, now
from tests.fixtures_identity import SignedIn
from tests.realtime.conftest import until
from tests.rooms.conftest import MakeViewer, Open, Socket

Stream = dict[str, Any]


async def settle(app: FastAPI) -> None:
    """Until everything that was begun is announced, or left out."""
    recognizer = app.state.services.recognizer
    while tasks := [*(recognizer._tasks - {recognizer._seeing}), *recognizer._reading.values()]:
        await asyncio.gather(*tasks, return_exceptions=True)


async def give(client: httpx.AsyncClient, stream: Stream, person: SignedIn, **more: Any) -> None:
    body = {"id": str(new_id()), "gift": "rose", "count": 1, **more}
    path = f"/v1/streams/{stream['id']}/gifts"
    answer = await client.post(path, json=body, headers=person.headers)
    assert answer.status_code == 201, answer.text


def entrances(socket: Socket) -> list[tuple[str, int]]:
    return [
        (event["user"]["display_name"], event["rank"])
        for event in socket.events
        if event["type"] == "entrance"
    ]


class House:
    """A live room with somebody in it who watches who comes in."""

    def __init__(self, app: FastAPI, open_socket: Open, stream: Stream, watcher: Socket) -> None:
        self.app = app
        self.stream = stream
        self.watcher = watcher
        self._open = open_socket

    async def enter(self, person: SignedIn) -> Socket:
        socket = await self._open("streams", self.stream["id"])
        await socket.join(person.token)
        await socket.ping()
        await settle(self.app)
        return socket

    async def leave(self, socket: Socket) -> None:
        room = self.app.state.services.hub.room(UUID(self.stream["id"]))
        sockets = len(room.outboxes)
        await socket.connection.close()
        await until(lambda: len(room.outboxes) < sockets)
        await settle(self.app)

    async def seen(self) -> list[tuple[str, int]]:
        """Who was announced so far."""
        await settle(self.app)
        marker = str(new_id())
        await self.watcher.chat(marker)
        await self.watcher.until(
            lambda: any(event.get("text") == marker for event in self.watcher.events)
        )
        return entrances(self.watcher)


@pytest.fixture
async def supporters(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database
) -> list[SignedIn]:
    """Three who gave: Ana most, then Bea, then Cleo, who gave most of it without a name."""
    people = [await viewer(name) for name in ("Ana", "Bea", "Cleo")]
    for person, count in zip(people, (30, 20, 10), strict=True):
        await give(client, stream, person, count=count)
    await give(client, stream, people[2], count=500, anonymous=True)
    await outbox.catch_up(db)
    return people


@pytest.fixture
async def house(
    app: FastAPI,
    open_socket: Open,
    stream: Stream,
    viewer: MakeViewer,
    supporters: list[SignedIn],
) -> House:
    assert supporters, "they gave before anybody looked"
    watcher = await open_socket("streams", stream["id"])
    await watcher.join((await viewer("Otto", coins=0)).token)
    await watcher.ping()
    await settle(app)  # his coming in reads the places: a test may change the rules after that
    return House(app, open_socket, stream, watcher)


async def test_who_is_banned_is_not_announced(
    client: httpx.AsyncClient, house: House, supporters: list[SignedIn], creator: SignedIn
) -> None:
    ban = {"user_id": str(supporters[0].id)}
    assert (await client.post("/v1/creator/bans", json=ban, headers=creator.headers)).is_success
    await house.enter(supporters[0])
    await house.enter(supporters[1])
    assert await house.seen() == [("Bea", 2)]


async def test_top_supporters_are_announced_with_their_places(
    house: House, supporters: list[SignedIn], viewer: MakeViewer, creator: SignedIn
) -> None:
    for person in (supporters[1], supporters[0], supporters[2], creator, await viewer("Zoe")):
        await house.enter(person)
    assert await house.seen() == [("Bea", 2), ("Ana", 1), ("Cleo", 3)]
    events = [event for event in house.watcher.events if event["type"] == "entrance"]
    assert all(event["seq"] is None for event in events)


async def test_only_so_many_places_and_days_count(
    house: House, supporters: list[SignedIn], db: Database
) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE recognition_rule SET entrance_places = 2")
    recognizer = house.app.state.services.recognizer
    recognizer._rule = None
    recognizer._places.clear()
    for person in supporters:
        await house.enter(person)
    assert await house.seen() == [("Ana", 1), ("Bea", 2)]
    creator_id = UUID(house.stream["creator"]["id"])
    async with db.transaction() as conn:
        tomorrow = now().date() + timedelta(days=1)
        assert await outbox.top_supporters(conn, creator_id, tomorrow, 10) == {}
        await conn.execute("UPDATE recognition_rule SET entrance_days = 1")
    recognizer._rule = None
    assert len((await recognizer._read_top(creator_id)).ranks) == 2
    with living_by(lambda: datetime.now(UTC) + timedelta(days=1)):
        assert (await recognizer._read_top(creator_id)).ranks == {}


async def test_nobody_is_announced_again_after_a_lost_connection_or_on_a_second_socket(
    house: House, supporters: list[SignedIn], db: Database
) -> None:
    first = await house.enter(supporters[0])
    second = await house.enter(supporters[0])
    for socket in (first, second):
        await house.leave(socket)
    again = await house.enter(supporters[0])
    assert await house.seen() == [("Ana", 1)]
    # He came in long ago and was there all the time: what counts is when he left.
    async with db.transaction() as conn:
        await conn.execute("UPDATE entrance SET seen_at = seen_at - interval '1 hour'")
    await house.leave(again)
    back = await house.enter(supporters[0])
    assert await house.seen() == [("Ana", 1)]
    await house.leave(back)
    async with db.transaction() as conn:
        await conn.execute("UPDATE entrance SET seen_at = seen_at - interval '1 hour'")
    await house.enter(supporters[0])
    assert await house.seen() == [("Ana", 1), ("Ana", 1)]


async def test_of_many_processes_one_announces(
    house: House, supporters: list[SignedIn], db: Database
) -> None:
    ana = supporters[0].id
    claims = []
    for _ in range(3):
        async with db.transaction() as conn:
            claims.append(await queries.claim_entrance(conn, new_id(), ana, 60))
    assert claims == [True] * 3
    room_id = new_id()

    async def claim() -> bool:
        async with db.transaction() as conn:
            return await queries.claim_entrance(conn, room_id, ana, 60)

    assert sorted(await asyncio.gather(*(claim() for _ in range(6)))) == [False] * 5 + [True]


async def test_who_switched_it_off_comes_in_quietly(
    house: House, supporters: list[SignedIn], client: httpx.AsyncClient, db: Database
) -> None:
    ana, bea, _ = supporters
    path = "/v1/me/recognition"
    assert (await client.get(path, headers=ana.headers)).json() == {"entrance": True}
    for _ in range(2):
        answer = await client.put(path, json={"entrance": False}, headers=ana.headers)
        assert (answer.status_code, answer.json()) == (200, {"entrance": False})
    assert (await client.get(path, headers=ana.headers)).json() == {"entrance": False}
    await house.enter(ana)
    await house.enter(bea)
    assert await house.seen() == [("Bea", 2)]
    for body in ({}, {"entrance": 1}, {"entrance": None}, {"entrance": True, "x": 1}):
        answer = await client.put(path, json=body, headers=ana.headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert (await client.get(path)).status_code == 401
    assert (await client.put(path, json={"entrance": True})).status_code == 401


async def test_a_database_that_fails_costs_an_announcement_and_no_more(
    house: House, supporters: list[SignedIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> bool:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(queries, "claim_entrance", broken)
        ana = await house.enter(supporters[0])
    assert (await ana.gift("rose", 1))["op"] == "ack"
    await house.enter(supporters[1])
    assert await house.seen() == [("Bea", 2)]


async def test_who_stays_is_noted_again_and_again(
    house: House, supporters: list[SignedIn], db: Database
) -> None:
    """So a process that is killed leaves nobody to be announced anew by the next."""
    services = house.app.state.services
    await house.enter(supporters[0])
    async with db.transaction() as conn:
        await conn.execute("UPDATE entrance SET seen_at = seen_at - interval '1 hour'")
        await conn.execute("UPDATE recognition_rule SET entrance_pause_s = 1")
    other = Recognizer(db, services.hub, services.desk, services.recognizer._public_creator)
    other._inside = services.recognizer._inside
    await other.start()

    async def age_s() -> float:
        async with db.read() as conn:
            cursor = await conn.execute("SELECT extract(epoch FROM now() - seen_at) FROM entrance")
            ((found,),) = await cursor.fetchall()
        return float(found)

    async with asyncio.timeout(30):
        while await age_s() > 60:  # noqa: ASYNC110 - the database has no event for it
            await asyncio.sleep(0.05)
    await other.stop()


async def test_old_entrances_are_forgotten(db: Database) -> None:
    async with db.transaction() as conn:
        for _ in range(2):
            await queries.claim_entrance(conn, new_id(), new_id(), 60)
    async with db.transaction() as conn:
        await conn.execute(
            "UPDATE entrance SET seen_at = seen_at - interval '2 days'"
            " WHERE room_id = (SELECT min(room_id::text)::uuid FROM entrance)"
        )
        assert await queries.forget_entrances(conn, 86_400) == 1


async def test_a_clock_that_jumps_neither_announces_again_nor_silences(
    house: House, supporters: list[SignedIn], db: Database
) -> None:
    socket = await house.enter(supporters[0])
    for minutes in (30, -30):
        await house.leave(socket)
        with living_by(lambda by=minutes: datetime.now(UTC) + timedelta(minutes=by)):  # type: ignore[misc]
            socket = await house.enter(supporters[0])
            await house.leave(socket)
        socket = await house.enter(supporters[0])
    assert await house.seen() == [("Ana", 1)], "he was away for moments"
    await house.leave(socket)
    async with db.transaction() as conn:  # the database's clock was ahead, and was set back
        await conn.execute("UPDATE entrance SET seen_at = seen_at + interval '1 hour'")
    await house.enter(supporters[0])
    assert await house.seen() == [("Ana", 1), ("Ana", 1)]
