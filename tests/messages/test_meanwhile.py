"""What happens to messages while something else changes: tiers, a ban, the archive."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse import ledger
from largesse.db import Database
from largesse.messages import with_approved
from largesse.realtime import ModerationEvent
from largesse.services import Services
from largesse.types import now
from tests.fixtures_identity import SignedIn
from tests.messages.conftest import (
    Stream,
    approve,
    assert_live_is_stored,
    cheer,
    hold_messages,
    log_of,
    pay,
)
from tests.rooms.conftest import MakeViewer, Open

WAIT_S = 30.0


async def checked(db: Database) -> None:
    async with db.read() as conn:
        assert not (await ledger.check(conn)).problems


async def test_messages_decided_under_old_tiers_and_written_under_dearer_ones_stay_readable(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database, open_socket: Open
) -> None:
    vera = await viewer(coins=100)
    assert (await pay(client, stream, vera, 1, "a")).status_code == 201
    assert (await cheer(client, stream, vera, 2, "cheer2")).status_code == 201
    async with db.transaction() as conn:  # as if they had begun to hold just before the commits
        (row, _) = await ledger.gifts_at(conn, UUID(stream["id"]), [1, 2])
        since = row.created_at - timedelta(microseconds=1)
        await conn.execute(
            "INSERT INTO paid_message_tier (valid_from, tier, coins_min, pin_s, characters_max,"
            " emoji_max, color) VALUES (%s, 1, 10, 0, 30, 0, '#112233')",
            (since,),
        )
        await conn.execute(
            "INSERT INTO cheer_tier (valid_from, tier, coins_min, name, color)"
            " VALUES (%s, 1, 10, 'Spark', '#112233')",
            (since,),
        )
        await conn.execute(
            "INSERT INTO cheer_mark (valid_from, name, position, alt) VALUES (%s, 'other', 1, 'o')",
            (since,),
        )
    log = await log_of(client, stream)
    assert [(event["type"], event["tier"]) for event in log] == [("paid_message", 1), ("cheer", 1)]
    assert [event["color"] for event in log] == ["#112233", "#112233"]
    assert (log[1]["text"], log[1]["marks"]) == ("cheer2", [])
    fresh = await (await open_socket("streams", stream["id"])).join()
    assert fresh["room"]["recent"] == log
    await checked(db)


async def waiting(db: Database) -> int:
    """How many wait for a lock."""
    async with db.read() as conn:
        cursor = await conn.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        row: Any = await cursor.fetchone()
    return int(row[0])


async def until_waiting(db: Database, count: int) -> None:
    async with asyncio.timeout(WAIT_S):
        while await waiting(db) < count:  # noqa: ASYNC110 - it asks the database
            await asyncio.sleep(0.02)


async def test_a_ban_that_is_first_by_a_moment_keeps_the_text_from_being_shown(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    services: Services,
    db: Database,
    open_socket: Open,
) -> None:
    vera, room_id = await viewer(coins=100), UUID(stream["id"])
    await hold_messages(db, creator)
    receipt = (await pay(client, stream, vera, 100, "something foul")).json()
    watcher = await open_socket("streams", stream["id"])
    await watcher.join()
    async with db.transaction() as conn:  # both find the room held by a batch of gifts
        await ledger.lock_room(conn, room_id)
        ban = client.post(
            "/v1/creator/bans", json={"user_id": str(vera.id)}, headers=creator.headers
        )
        banning = asyncio.create_task(ban)
        await until_waiting(db, 1)
        approving = asyncio.create_task(approve(client, stream, creator, receipt["seq"]))
        await until_waiting(db, 2)
    assert (await banning).is_success
    answer = await approving
    assert (answer.status_code, answer.json()["code"]) == (409, "message_not_held")
    await watcher.until_seq(2)
    await watcher.ping()
    assert [event["type"] for event in watcher.logged] == ["moderation"]
    assert "something foul" not in str(watcher.events)
    await assert_live_is_stored(services, stream)
    await checked(db)


async def test_an_approval_whose_message_is_archived_stays_readable(
    db: Database, stream: Stream
) -> None:
    event = ModerationEvent(
        type="moderation", seq=8, at=now(), action="approve", by=None, target_seq=7
    )
    async with db.read() as conn:
        assert await with_approved(conn, UUID(stream["id"]), [event]) == [event]


@pytest.mark.usefixtures("stream")
async def test_a_large_message_is_one_in_a_banner(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database, open_socket: Open
) -> None:
    vera = await viewer(coins=10_000)
    watcher = await open_socket("streams", stream["id"])
    await watcher.join()
    assert (await pay(client, stream, vera, 10_000, "for you")).status_code == 201

    def banners() -> list[dict[str, Any]]:
        return [event for event in watcher.events if event["type"] == "banner"]

    await watcher.until(lambda: bool(banners()))
    assert [(event["count"], event["coins"]) for event in banners()] == [(1, 10_000)]
    await checked(db)
