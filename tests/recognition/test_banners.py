"""The largest gifts are told in every live room of every process, one in a while."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from largesse.db import Database
from largesse.identity import Person, Role
from largesse.realtime import BannerEvent, GiftVersion
from largesse.realtime.announcing import Announcements
from largesse.realtime.events import EntranceEvent
from largesse.realtime.notices import BannerTold, MomentTold, Notice, decode, encode
from largesse.realtime.outbox import Outbox
from largesse.types import new_id, now
from tests.fixtures_identity import MakeUser, SignedIn
from tests.realtime.conftest import Log, drained, log, until
from tests.realtime.test_link import Wire, linked, slow_beats, wire
from tests.recognition.test_anonymous import NOBODY
from tests.rooms.conftest import MakeViewer, Open, Socket

__all__ = ["log", "slow_beats", "wire"]
ZOE = Person(id=new_id(), display_name="Zoé 🎁")


def banner(coins: int) -> BannerEvent:
    return BannerEvent(
        type="banner",
        seq=None,
        at=now(),
        stream_id=new_id(),
        creator=ZOE,
        sender=ZOE,
        gift=GiftVersion(id=new_id(), version=1, slug="comet", name="Comet"),
        count=1,
        coins=coins,
    )


def banners(events: list[dict[str, Any]]) -> list[int]:
    return [event["coins"] for event in events if event["type"] == "banner"]


def told(outbox: Outbox) -> list[dict[str, Any]]:
    return [event for frame in drained(outbox) for event in frame.get("events", ())]


@pytest.mark.usefixtures("slow_beats")
async def test_banners_and_entrances_reach_the_rooms_of_other_processes(
    wire: Wire, log: Log
) -> None:
    async with linked(wire, log) as one, linked(wire, log) as two:
        left, right = Outbox(limit=1000), Outbox(limit=1000)
        await one.enter(log.room_id, left, "left")
        await two.enter(log.room_id, right, "right")
        one.announcements.banner(banner(10_000), 60)
        entrance = EntranceEvent(type="entrance", seq=None, at=now(), user=ZOE, rank=2)
        two.announcements.moment(log.room_id, entrance)
        two.announcements.moment(new_id(), entrance)
        seen: dict[str, list[dict[str, Any]]] = {"left": [], "right": []}

        def both() -> bool:
            seen["left"] += told(left)
            seen["right"] += told(right)
            kinds = [[e["type"] for e in events] for events in seen.values()]
            return all("banner" in kind and "entrance" in kind for kind in kinds)

        await until(both)
    for events in seen.values():
        assert [e["user"]["display_name"] for e in events if e["type"] == "entrance"] == ["Zoé 🎁"]
        assert banners(events) == [10_000]


async def test_of_many_banners_the_largest_is_told_after_the_pause(wire: Wire, log: Log) -> None:
    async with linked(wire, log) as hub:
        outbox = Outbox(limit=1000)
        await hub.enter(log.room_id, outbox, "somebody")
        for coins in (10_000, 20_000, 50_000, 30_000):
            hub.announcements.banner(banner(coins), 1)
        seen: list[dict[str, Any]] = []

        def two() -> bool:
            seen.extend(told(outbox))
            return len(banners(seen)) == 2

        await until(two)
        hub.announcements.banner(banner(15_000), 60)
        assert banners(seen) == [10_000, 50_000]


async def test_a_notice_that_comes_twice_is_told_once(wire: Wire, log: Log) -> None:
    async with linked(wire, log) as hub:
        outbox = Outbox(limit=1000)
        await hub.enter(log.room_id, outbox, "somebody")
        notices: list[Notice] = []
        Announcements({}, notices.append).moment(log.room_id, banner(7))
        for notice in notices * 2:
            hub.apply(notice)
        hub.announcements.moment(log.room_id, banner(8))
        seen: list[dict[str, Any]] = []

        def last() -> bool:
            seen.extend(told(outbox))
            return 8 in banners(seen)

        await until(last)
    assert banners(seen) == [7, 8]


def test_notices_of_moments_are_ascii_and_come_back_as_they_were() -> None:
    notices: list[Notice] = []
    announcements = Announcements({}, notices.append)
    announcements.banner(banner(10_000), 15)
    announcements.moment(new_id(), banner(1))
    (message,) = encode(new_id(), notices, bytes_max=7_000)
    assert message.isascii()
    assert decode(message)[1] == notices
    for text in ("", "{}", '{"type":"entrance_of_tomorrow"}'):
        announcements.apply(BannerTold(new_id(), 1, text))
        announcements.apply(MomentTold(new_id(), str(new_id()), text))


async def go_live(client: httpx.AsyncClient, users: MakeUser, name: str) -> dict[str, Any]:
    creator = await users(name, roles={Role.CREATOR}, followers=1000, gifting=True)
    answer = await client.post("/v1/streams", json={"title": name}, headers=creator.headers)
    stream: dict[str, Any] = answer.json()
    return stream


async def test_a_large_gift_is_told_in_all_live_rooms(
    open_socket: Open,
    client: httpx.AsyncClient,
    stream: dict[str, Any],
    viewer: MakeViewer,
    users: MakeUser,
    creator: SignedIn,
    db: Database,
    app: FastAPI,
) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE recognition_rule SET banner_pause_s = 0, banner_coins_min = 100")
    await app.state.services.recognizer._look_again()
    vera = await viewer("Vera", coins=1_000)
    other = await go_live(client, users, "Mina")
    sockets: list[Socket] = []
    for room in (stream, other):
        sockets.append(await open_socket("streams", room["id"]))
        await sockets[-1].join(vera.token)
    here, there = sockets
    for count, more in ((99, {}), (100, {}), (120, {"anonymous": True})):
        assert (await here.gift("rose", count, **more))["op"] == "ack"
        if count >= 100:
            for socket in sockets:
                await until_banner(socket, count)
    assert banners(here.events) == banners(there.events) == [100, 120]
    first, second = (event for event in there.events if event["type"] == "banner")
    assert first["stream_id"] == stream["id"]
    assert first["creator"] == {"id": str(creator.id), "display_name": "Nora"}
    assert first["sender"] == {"id": str(vera.id), "display_name": "Vera"}
    assert (first["gift"]["slug"], first["count"], first["seq"]) == ("rose", 100, None)
    assert second["sender"] == NOBODY
    # What is given in rooms that are not for everybody, or on posts, stays there.
    await db_private(db, stream)
    assert (await here.gift("rose", 110))["op"] == "ack"
    post = await client.post("/v1/posts", json={"caption": "x"}, headers=creator.headers)
    path = f"/v1/posts/{post.json()['id']}/gifts"
    body = {"id": str(new_id()), "gift": "rose", "count": 150}
    assert (await client.post(path, json=body, headers=vera.headers)).status_code == 201
    assert (await there.gift("rose", 130))["op"] == "ack"
    await until_banner(here, 130)
    assert banners(here.events) == [100, 120, 130]


async def until_banner(socket: Socket, coins: int) -> None:
    await socket.until(lambda: coins in banners(socket.events))


async def db_private(db: Database, stream: dict[str, Any]) -> None:
    async with db.transaction() as conn:
        await conn.execute(
            "UPDATE stream SET visibility = 'invited' WHERE id = %s", (stream["id"],)
        )


async def test_viewers_hear_when_gifts_are_switched(
    open_socket: Open, client: httpx.AsyncClient, stream: dict[str, Any], creator: SignedIn
) -> None:
    socket = await open_socket("streams", stream["id"])
    assert (await socket.join())["room"]["gifting"] is True
    switched: list[bool] = []
    for enabled in (False, False, True):
        body = {"enabled": enabled}
        answer = await client.post("/v1/creator/gifting", json=body, headers=creator.headers)
        assert answer.status_code == 200, answer.text
        if not switched or switched[-1] is not enabled:
            switched.append(enabled)
        await socket.until(lambda: heard(socket) == switched)
        late = await open_socket("streams", stream["id"])
        assert (await late.join())["room"]["gifting"] is enabled
    assert heard(socket) == [False, True]


def heard(socket: Socket) -> list[bool]:
    return [event["enabled"] for event in socket.events if event["type"] == "gifting"]
