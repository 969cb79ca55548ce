"""More paid messages on top of a chat than are shown at once."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse import ledger, messages
from largesse.db import Database, ReadConnection
from largesse.realtime import PinnedPage
from largesse.services import Services
from largesse.types import now
from tests.fixtures_identity import SignedIn
from tests.messages.conftest import Stream, assert_live_is_stored, log_of, pay
from tests.rooms.conftest import MakeViewer, Open, Socket

SHOWN = 3


@pytest.fixture(autouse=True)
async def few(monkeypatch: pytest.MonkeyPatch, db: Database) -> None:
    """A top of three, looked at often."""
    monkeypatch.setattr("largesse.realtime.room.SUMMARY_INTERVAL_S", 0.05)
    async with db.transaction() as conn:
        await conn.execute("UPDATE message_rule SET pinned_max = %s", (SHOWN,))


def reached(socket: Socket) -> list[int]:
    """What a client shows on top that keeps all it was told, of which it shows as many as the snapshot says."""
    room = socket.snapshot["room"]
    known: dict[int, dict[str, Any]] = {each["seq"]: each for each in room["pinned"]}
    for event in socket.events:
        if event["type"] == "paid_message":
            known[event["seq"]] = event
        elif event["type"] == "on_top":
            known |= {each["seq"]: each for each in event["items"]}
        elif event["type"] == "unpin" or event.get("action") == "remove":
            known.pop(event["target_seq"], None)
        elif event.get("action") == "ban":
            gone = event["user"]["id"]
            known = {seq: each for seq, each in known.items() if each["sender"]["id"] != gone}
    there = [each for each in known.values() if _holds(each)]
    there.sort(key=lambda each: (-each["coins"], -each["seq"]))
    return [each["seq"] for each in there[: room["pinned_max"]]]


def _shows(socket: Socket, top: list[int]) -> bool:
    return reached(socket) == top


def _holds(message: dict[str, Any]) -> bool:
    until = message["pinned_until"]
    return until is not None and datetime.fromisoformat(until) > now()


async def test_whoever_came_when_shows_what_a_newcomer_is_shown(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    services: Services,
) -> None:
    path = f"/v1/streams/{stream['id']}"
    vera, otto = await viewer("Vera", coins=2000), await viewer("Otto", coins=2000)
    first = await open_socket("streams", stream["id"])
    await first.join()
    for coins, giver in ((10, vera), (50, otto), (20, vera), (50, vera), (30, vera), (100, vera)):
        assert (await pay(client, stream, giver, coins, "hi")).status_code == 201
    late = await open_socket("streams", stream["id"])
    snapshot = (await late.join())["room"]
    assert snapshot["pinned_max"] == SHOWN
    assert [each["seq"] for each in snapshot["pinned"]] == [6, 4, 2]

    steps: tuple[tuple[str, str, dict[str, Any] | None, list[int]], ...] = (
        ("DELETE", f"{path}/pins/6", None, [4, 2, 5]),
        ("POST", f"{path}/bans", {"user_id": str(otto.id)}, [4, 5, 3]),
        ("POST", f"{path}/messages/4/remove", None, [5, 3, 1]),
    )
    for method, where, body, top in steps:
        answer = await client.request(method, where, json=body, headers=creator.headers)
        assert answer.status_code < 300, answer.text
        for socket in (first, late):
            await socket.until(partial(_shows, socket, top))
        newcomer = await open_socket("streams", stream["id"])
        await newcomer.join()
        assert reached(newcomer) == top
        await assert_live_is_stored(services, stream)
    told = [event["items"] for event in late.events if event["type"] == "on_top"]
    assert [[each["seq"] for each in items] for items in told] == [[5], [3], [1]]
    kinds = [event["type"] for event in await log_of(client, stream)]
    assert kinds.count("paid_message") == 6


def known(services: Services, stream: Stream) -> set[int]:
    """The paid messages that the process knows to be on top."""
    room = services.hub.room(UUID(stream["id"]))
    assert room is not None
    return set(room.projection.board._pinned)


async def crowd(client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer) -> list[SignedIn]:
    """Eight paid messages before anybody watches, by two viewers in turn; the dearer, the higher their number."""
    givers = [await viewer("Vera", coins=2000), await viewer("Otto", coins=2000)]
    for place in range(8):
        assert (await pay(client, stream, givers[place % 2], 10 + place, "hi")).status_code == 201
    return givers


async def test_the_first_load_reads_no_more_than_is_shown_and_the_rest_when_its_turn_comes(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    services: Services,
) -> None:
    path = f"/v1/streams/{stream['id']}"
    _, otto = await crowd(client, stream, viewer)
    first = await open_socket("streams", stream["id"])
    await first.join()
    assert reached(first) == [8, 7, 6]
    assert known(services, stream) == {8, 7, 6}
    answer = await client.post(f"{path}/messages/7/remove", headers=creator.headers)
    assert answer.is_success
    newcomer = await open_socket("streams", stream["id"])
    await newcomer.join()
    for socket in (first, newcomer):
        await socket.until(partial(_shows, socket, [8, 6, 5]))
    assert known(services, stream) == {8, 6, 5, 4, 3}
    banned = await client.post(
        f"{path}/bans", json={"user_id": str(otto.id)}, headers=creator.headers
    )
    assert banned.is_success
    for socket in (first, newcomer):
        await socket.until(partial(_shows, socket, [5, 3, 1]))
    last = await open_socket("streams", stream["id"])
    await last.join()
    assert reached(last) == [5, 3, 1]
    await assert_live_is_stored(services, stream)


async def test_what_is_removed_while_it_is_read_does_not_rise(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = f"/v1/streams/{stream['id']}"
    await crowd(client, stream, viewer)
    first = await open_socket("streams", stream["id"])
    await first.join()
    reading, go_on = asyncio.Event(), asyncio.Event()
    read = messages.pinned

    async def slowly(conn: ReadConnection, *args: Any, **more: Any) -> PinnedPage:
        page = await read(conn, *args, **more)
        reading.set()
        await go_on.wait()
        return page

    monkeypatch.setattr(messages, "pinned", slowly)
    for seq in (8, 5):  # the first makes room, the second is in what is being read then
        answer = await client.post(f"{path}/messages/{seq}/remove", headers=creator.headers)
        assert answer.is_success
        await first.until_seq(9 if seq == 8 else 10)
        async with asyncio.timeout(30):
            await reading.wait()
    newcomer = await open_socket("streams", stream["id"])
    joining = asyncio.create_task(newcomer.join())
    go_on.set()
    await joining
    assert reached(newcomer) == [7, 6, 4]
    await first.until(partial(_shows, first, [7, 6, 4]))
    monkeypatch.setattr(messages, "pinned", read)
    await assert_live_is_stored(services, stream)


async def test_a_read_that_fails_keeps_nobody_out_and_is_tried_again(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await crowd(client, stream, viewer)
    first = await open_socket("streams", stream["id"])
    await first.join()
    read, away = messages.pinned, asyncio.Event()

    async def failing(conn: ReadConnection, *args: Any, **more: Any) -> PinnedPage:
        away.set()
        raise ConnectionError("the database is away")

    monkeypatch.setattr(messages, "pinned", failing)
    path = f"/v1/streams/{stream['id']}/messages/8/remove"
    assert (await client.post(path, headers=creator.headers)).is_success
    async with asyncio.timeout(30):
        await away.wait()
    newcomer = await open_socket("streams", stream["id"])
    await newcomer.join()
    assert reached(newcomer) == [7, 6]
    monkeypatch.setattr(messages, "pinned", read)
    for socket in (first, newcomer):
        await socket.until(partial(_shows, socket, [7, 6, 5]))
    await assert_live_is_stored(services, stream)


async def test_a_stream_keeps_the_figure_of_its_start(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    services: Services,
    db: Database,
) -> None:
    await crowd(client, stream, viewer)
    first = await open_socket("streams", stream["id"])
    await first.join()
    async with db.transaction() as conn:
        await conn.execute(
            "INSERT INTO message_rule SELECT clock_timestamp(), paid_coins_max, cheer_coins_max,"
            " cheer_characters_max, 1 FROM message_rule"
        )
    await assert_live_is_stored(services, stream)
    later = await open_socket("streams", stream["id"])
    assert len((await later.join())["room"]["pinned"]) == SHOWN
    async with db.read() as conn:
        assert await messages.pinned_max(conn, now() + timedelta(seconds=1)) == 1


async def test_each_message_is_read_by_the_tier_of_its_time(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database
) -> None:
    await crowd(client, stream, viewer)
    room_id = UUID(stream["id"])
    async with db.transaction() as conn:
        (row,) = await ledger.gifts_at(conn, room_id, [5])
        for tier, coins_min, pin_s in ((1, 12, 0), (2, 17, 600)):
            await conn.execute(
                "INSERT INTO paid_message_tier VALUES (%s, %s, %s, %s, 9, 9, '#000000')",
                (row.created_at, tier, coins_min, pin_s),
            )
    for after_s, top in ((30, [8, 4, 3, 2, 1]), (599, [8]), (700, [])):
        at = row.created_at + timedelta(seconds=after_s)
        async with db.read() as conn:
            below, found = None, []
            while True:
                page = await messages.pinned(conn, room_id, at, upto=8, limit=2, below=below)
                found += [each.seq for each in page.messages]
                if (below := page.below) is None:
                    break
        assert found == top
