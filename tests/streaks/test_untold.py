"""Ends that were committed and never told: whoever wrote them was killed, or did not hear that they were committed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from largesse import ledger, streaks
from largesse.db import Database
from largesse.gifts import StreakKey
from largesse.services import Services
from largesse.streaks import Ending, closing
from largesse.types import new_id
from tests.rooms.conftest import MakeViewer, Open
from tests.streaks.conftest import (
    assert_live_is_stored,
    ends_of,
    eventually,
    give,
    keep_up,
    log_of,
    roses,
)
from tests.streaks.test_ends import LONG_MS, key_of

Stream = dict[str, Any]


async def checked(db: Database) -> None:
    async with db.read() as conn:
        assert not (await ledger.check(conn)).problems


async def test_an_end_whose_commit_was_not_heard_of_is_told_and_not_written_again(
    client: httpx.AsyncClient,
    db: Database,
    services: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No other event follows that would show the gap."""
    lost, end_streaks = iter(range(1)), streaks.end_streaks

    async def lose(db: Database, room_id: UUID, known: Mapping[StreakKey, int | None]) -> Ending:
        ending = await end_streaks(db, room_id, known)
        if next(lost, None) is not None:
            raise psycopg.OperationalError("the connection is lost")
        return ending

    monkeypatch.setattr(closing, "end_streaks", lose)
    monkeypatch.setattr(closing, "RETRY_S", 0.05)
    vera = await viewer(coins=100)
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await roses(giver, 3, new_id())
    await giver.until_seq(4)
    assert giver.logged == await log_of(client, stream)
    assert len(await ends_of(client, stream)) == 1
    await assert_live_is_stored(services, stream)
    await checked(db)


@pytest.mark.parametrize("timeout_ms", [LONG_MS])
async def test_the_sweep_tells_an_end_that_a_killed_process_wrote(
    client: httpx.AsyncClient,
    db: Database,
    services: Services,
    other: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    vera, streak = await viewer(coins=100), new_id()
    watcher = await open_socket("streams", stream["id"])
    await watcher.join()
    await give(other, vera, stream, streak)
    key = await key_of(db, stream, vera, streak)
    await streaks.end_streaks(db, key.room_id, {key: None})
    await keep_up(db)
    await age(db, timedelta(hours=1))
    await restart(services)
    await watcher.until_seq(2)
    assert [event["type"] for event in watcher.logged] == ["gift", "streak_end"]
    await checked(db)


@pytest.mark.parametrize("timeout_ms", [LONG_MS])
async def test_a_database_whose_clock_was_ahead_leaves_no_streak_open(
    client: httpx.AsyncClient,
    db: Database,
    services: Services,
    other: Services,
    stream: Stream,
    viewer: MakeViewer,
) -> None:
    await give(other, await viewer(coins=100), stream, new_id())
    await keep_up(db)
    await age(db, timedelta(hours=-1))
    await restart(services)
    assert await eventually(lambda: ends_of(client, stream))
    await checked(db)


async def age(db: Database, by: timedelta) -> None:
    """As if the follower had met all gifts so long ago."""
    async with db.transaction() as conn:
        await conn.execute("UPDATE streak SET changed_at = now() - %s", (by,))


async def restart(services: Services) -> None:
    """A sweep is the first thing that is done."""
    await services.streaks.stop()
    await services.streaks.start()
