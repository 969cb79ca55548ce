"""Exactly one end for each streak, with the exact total: under concurrency, after crashes, whoever writes it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from largesse import identity, outbox, streaks
from largesse.db import Database
from largesse.gifts import StreakKey
from largesse.services import Services
from largesse.streaks import closing
from largesse.types import PLATFORM_ID, living_by, new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open
from tests.streaks.conftest import (
    assert_live_is_stored,
    assert_totals_hold,
    ends_of,
    eventually,
    give,
    keep_up,
    log_of,
    roses,
    set_rule,
)

Stream = dict[str, Any]
LONG_MS = 60_000


async def key_of(db: Database, room: Stream, person: SignedIn, streak: UUID) -> StreakKey:
    async with db.read() as conn:
        cursor = await conn.execute("SELECT no FROM gift_type WHERE slug = 'rose'")
        row = await cursor.fetchone()
    assert row is not None
    return StreakKey(UUID(room["id"]), person.id, row[0], streak, False)


async def test_two_hundred_gifts_over_two_sockets_and_two_processes_are_one_exact_total(
    client: httpx.AsyncClient,
    services: Services,
    other: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    await other.streaks.start()
    vera, streak = await viewer(coins=1000), new_id()
    one = await open_socket("streams", stream["id"])
    two = await open_socket("streams", stream["id"])
    await one.join(vera.token)
    await two.join(vera.token)
    await asyncio.gather(
        roses(one, 60, streak),
        roses(two, 60, streak),
        *(give(other, vera, stream, streak) for _ in range(80)),
    )
    (end,) = await eventually(lambda: ends_of(client, stream))
    assert (end["total"]["gifts"], end["total"]["count"], end["seq"]) == (200, 200, 201)
    services.hub.expect(UUID(stream["id"]), 201)  # whichever process wrote it
    await one.until_seq(201)
    assert one.seqs == list(range(1, 202))
    log = await log_of(client, stream)
    assert_totals_hold(log)
    assert one.logged == log
    await assert_live_is_stored(services, stream)


@pytest.mark.parametrize("timeout_ms", [LONG_MS])
@pytest.mark.parametrize("read", [True, False], ids=["followed", "not followed yet"])
async def test_many_who_end_the_same_streaks_write_each_end_once(
    client: httpx.AsyncClient,
    db: Database,
    other: Services,
    stream: Stream,
    viewer: MakeViewer,
    read: bool,
) -> None:
    people = [await viewer(f"Viewer {number}", coins=100) for number in range(4)]
    streak = new_id()
    for person in people:
        await asyncio.gather(*(give(other, person, stream, streak) for _ in range(5)))
    if read:
        await keep_up(db)
    keys = [await key_of(db, stream, person, streak) for person in people]
    room_id = UUID(stream["id"])
    endings = await asyncio.gather(
        *(streaks.end_streaks(db, room_id, dict.fromkeys(keys, None)) for _ in range(8))
    )
    assert sorted(len(ending.rows) for ending in endings) == [0] * 7 + [4]
    assert all(set(ending.ended) == set(keys) for ending in endings)
    ends = await ends_of(client, stream)
    assert [end["total"]["count"] for end in ends] == [5] * 4
    assert_totals_hold(await log_of(client, stream))


@pytest.mark.parametrize("timeout_ms", [LONG_MS])
async def test_gifts_that_go_on_while_somebody_ends_the_streak_are_counted_or_single(
    client: httpx.AsyncClient,
    db: Database,
    services: Services,
    other: Services,
    stream: Stream,
    viewer: MakeViewer,
) -> None:
    vera, streak = await viewer(coins=1000), new_id()
    first = await give(other, vera, stream, streak)
    key = await key_of(db, stream, vera, streak)
    giving = [asyncio.create_task(give(services, vera, stream, streak)) for _ in range(50)]
    known = await streaks.end_streaks(db, key.room_id, {key: first.seq - 1})
    assert (known.rows, list(known.going_on)) == ([], [key])
    ending = await streaks.end_streaks(db, key.room_id, {key: None})
    await asyncio.gather(*giving, return_exceptions=True)
    await asyncio.gather(*(give(other, vera, stream, streak) for _ in range(20)))
    assert len(ending.rows) == 1
    log = await log_of(client, stream)
    assert_totals_hold(log)
    assert len(await ends_of(client, stream)) == 1


async def test_a_streak_that_a_killed_process_left_open_gets_its_end(
    client: httpx.AsyncClient,
    db: Database,
    services: Services,
    other: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other process commits gifts and never comes to end anything."""
    watcher = await open_socket("streams", stream["id"])
    await watcher.join()
    vera, streak = await viewer(coins=100), new_id()
    for _ in range(7):
        await give(other, vera, stream, streak)
    assert await ends_of(client, stream) == []
    monkeypatch.setattr(closing, "MARGIN_S", 0.1)
    monkeypatch.setattr(closing, "SWEEP_S", 0.05)
    await services.streaks.stop()
    await services.streaks.start()
    (end,) = await eventually(lambda: ends_of(client, stream))
    assert (end["total"]["gifts"], end["seq"]) == (7, 8)
    await watcher.until_seq(8)
    assert_totals_hold(watcher.logged)

    async def marked() -> bool:
        async with db.read() as conn:
            cursor = await conn.execute("SELECT count(*) FROM streak WHERE ended_at IS NOT NULL")
            row = await cursor.fetchone()
        return row == (1,)

    await eventually(marked)
    await assert_live_is_stored(services, stream)


@pytest.mark.parametrize("timeout_ms", [LONG_MS])
async def test_a_sweep_leaves_alone_what_got_gifts_that_it_does_not_know_of(
    db: Database, client: httpx.AsyncClient, other: Services, stream: Stream, viewer: MakeViewer
) -> None:
    vera, streak = await viewer(coins=100), new_id()
    first = await give(other, vera, stream, streak)
    await give(other, vera, stream, streak)
    key = await key_of(db, stream, vera, streak)
    ending = await streaks.end_streaks(db, key.room_id, {key: first.seq})
    assert (ending.ended, dict(ending.going_on), ending.rows) == ([], {key: first.seq + 1}, [])
    assert await ends_of(client, stream) == []


async def test_a_streak_outlives_a_database_that_is_away(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failures, end_streaks = iter(range(2)), streaks.end_streaks

    async def away(*arguments: Any) -> Any:
        if next(failures, None) is not None:
            raise psycopg.OperationalError("the database is away")
        return await end_streaks(*arguments)

    monkeypatch.setattr(closing, "end_streaks", away)
    monkeypatch.setattr(closing, "RETRY_S", 0.05)
    vera, streak = await viewer(coins=100), new_id()
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await roses(giver, 3, streak)
    (end,) = await eventually(lambda: ends_of(client, stream))
    assert end["total"]["count"] == 3
    assert next(failures, None) is None


async def test_a_streak_ends_when_its_length_is_used_up(
    client: httpx.AsyncClient,
    db: Database,
    services: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    await set_rule(db, timeout_ms=LONG_MS, length_max_s=1)
    await services.streaks.stop()
    await services.streaks.start()
    vera, streak = await viewer(coins=1000), new_id()
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    answer = (await roses(giver, 1, streak))[0]
    async with asyncio.timeout(20):
        while answer["op"] == "ack":
            answer = (await roses(giver, 1, streak))[0]
            await asyncio.sleep(0.05)
    assert answer["code"] == "streak_ended"
    (end,) = await ends_of(client, stream)
    log = await log_of(client, stream)
    assert_totals_hold(log)
    assert end["total"]["gifts"] >= 2


async def test_old_streaks_stay_ended_when_rollups_are_made_anew(
    client: httpx.AsyncClient,
    db: Database,
    services: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    vera, streak = await viewer(coins=100), new_id()
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await roses(giver, 3, streak)
    await giver.until_seq(4)
    await outbox.rebuild(db)
    await keep_up(db)
    async with db.read() as conn:
        start = await streaks.streaks_start(conn, UUID(stream["id"]), 4)
    assert (list(start.open), len(start.ended)) == ([], 1)
    await assert_live_is_stored(services, stream)
    assert len(await ends_of(client, stream)) == 1


@pytest.mark.parametrize("timeout_ms", [2_000])
async def test_clocks_that_jump_change_neither_total_nor_end(
    client: httpx.AsyncClient,
    db: Database,
    services: Services,
    other: Services,
    stream: Stream,
    viewer: MakeViewer,
) -> None:
    """Gifts are stamped half an hour ahead and behind; the follower reads some of them."""
    vera, streak = await viewer(coins=100), new_id()
    for minutes, by in ((0, other), (30, services), (-30, other), (0, services), (-30, services)):
        jumped = timedelta(minutes=minutes)
        with living_by(lambda jumped=jumped: datetime.now(UTC) + jumped):  # type: ignore[misc]
            await give(by, vera, stream, streak)
        if minutes == 30:
            await keep_up(db)
    (end,) = await eventually(lambda: ends_of(client, stream))
    assert (end["total"]["gifts"], end["seq"]) == (5, 6)
    assert_totals_hold(await log_of(client, stream))


async def test_an_end_is_read_after_its_sender_was_erased(
    client: httpx.AsyncClient, db: Database, stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    vera, streak = await viewer(coins=3), new_id()
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await roses(giver, 3, streak)
    await giver.until_seq(4)
    await identity.erase_user(db, vera.id, PLATFORM_ID)
    (end,) = await ends_of(client, stream)
    assert (end["total"]["streak"], end["total"]["count"]) == (str(streak), 3)
    assert end["total"]["sender"]["display_name"] == "Deleted account"
