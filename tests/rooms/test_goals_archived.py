"""Goals of a stream that goes on for months lose nothing of what leaves for the archive meanwhile."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from largesse import finance, goals, ledger, outbox
from largesse.db import Database
from largesse.ledger import partitions
from largesse.main import create_app, running
from largesse.services import Services
from largesse.settings import Settings
from largesse.types import living_by, new_id, now
from tests.fixtures_identity import SignedIn
from tests.ledger.world import Room, gift
from tests.rooms.conftest import MakeViewer, Open, fund
from tests.rooms.looks import Looks, looks
from tests.rooms.test_goals import Desk, checked, desk, progress
from tests.rooms.test_goals_meanwhile import dispute

__all__ = ["desk", "looks"]

THEN = (datetime.now(UTC) - timedelta(days=45)).replace(day=15)


def months_ago() -> AbstractContextManager[None]:
    return living_by(lambda: THEN)


Archive = Callable[..., Awaitable[int]]


class Past:
    """What was given months ago, by processes whose clocks were right."""

    def __init__(self, services: Services, stream: dict[str, Any], vera: SignedIn) -> None:
        self._services, self._vera = services, vera
        self._room = Room(UUID(stream["id"]), UUID(stream["creator"]["id"]))

    async def give(self, *counts: int) -> None:
        """Roses."""
        rules = await self._services.desk.rules()
        rose = rules.find("rose", now())
        with months_ago():
            for count in counts:
                given = gift(self._vera.id, self._room, count, id=new_id(), hold_min_days=3)
                await self._services.writer.submit(
                    replace(given, count=count, gift_type_no=rose.no)
                )


@pytest.fixture
def services(app: FastAPI) -> Services:
    found: Services = app.state.services
    return found


@pytest.fixture
def past(services: Services, stream: dict[str, Any], vera: SignedIn) -> Past:
    return Past(services, stream, vera)


@pytest.fixture
async def archive(db: Database, tmp_path: Path) -> Archive:
    """Lets everything of that month go."""
    month = THEN.date().replace(day=1)
    async with db.transaction() as conn:
        await partitions.add_partitions(conn, [month])

    async def let_go(*readers: outbox.MonthReader) -> int:
        """How many gifts left."""
        await ledger.mature_due(db)
        await finance.close_due(db)
        folder = tmp_path / str(new_id())
        left = await outbox.archive_month(db, month, folder, readers=readers, age_min_months=0)
        return left.gifts

    return let_go


@pytest.fixture
async def vera(viewer: MakeViewer, db: Database) -> SignedIn:
    vera = await viewer(coins=0)
    with months_ago():
        await fund(db, vera, 200)
    return vera


async def stands(desk: Desk) -> list[tuple[str, list[int]]]:
    return [(goal["state"], progress(goal)) for goal in await desk.all()]


async def test_a_goal_counts_on_after_its_gifts_left_and_the_process_began_anew(
    client: httpx.AsyncClient,
    desk: Desk,
    stream: dict[str, Any],
    creator: SignedIn,
    vera: SignedIn,
    archive: Archive,
    settings: Settings,
    db: Database,
    services: Services,
    looks: Looks,
    past: Past,
) -> None:
    looker = looks.reaching(db, services.hub)
    await past.give(1)  # before the goal
    await desk.set(("rose", 10), (None, 12))
    await looker.look()
    await past.give(3, 2)
    await desk.give(vera, "rose", 2)
    assert await stands(desk) == [("open", [7, 7])]
    assert await archive(goals.MONTHS) == 3
    assert await stands(desk) == [("open", [7, 7])]
    await desk.give(vera, "rose", 4)
    again = create_app(settings, url=db.url, runs_jobs=False)
    async with running(again, settings, url=db.url, seeds=False, runs_jobs=False):
        transport = httpx.ASGITransport(app=again)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as other:
            there = Desk(other, stream, creator)
            assert await stands(there) == [("open", [11, 11])]
            await there.give(vera, "rose", 1)
            await looks.reaching(db, again.state.services.hub).look()
            assert await stands(there) == [("reached", [12, 12])]
    await looker.look()  # who last looked before that month left
    events = (await client.get(f"/v1/streams/{desk.room_id}/events?limit=100")).json()["items"]
    told = [item["goal"]["state"] for item in events if item["type"] == "goal"]
    assert told == ["open", "reached"]
    await checked(db)


async def test_a_look_that_lags_begins_again_where_the_archive_ends(
    desk: Desk,
    vera: SignedIn,
    archive: Archive,
    db: Database,
    services: Services,
    looks: Looks,
    past: Past,
) -> None:
    looker = looks.reaching(db, services.hub)
    await desk.set(("rose", 3))
    await looker.look()
    await past.give(2)
    await archive(goals.MONTHS)
    await desk.give(vera, "rose", 1)
    await looker.look()
    assert await stands(desk) == [("reached", [3])]
    await checked(db)


async def test_what_refunds_took_stays_taken(
    desk: Desk,
    vera: SignedIn,
    archive: Archive,
    db: Database,
    looks: Looks,
    open_socket: Open,
    past: Past,
) -> None:
    del looks
    await desk.set((None, 200))
    await past.give(30, 70)
    await dispute(db, vera, 120, "dispute")  # 100 of them were not given yet
    before = await stands(desk)
    assert before == [("open", [80])]
    await archive(goals.MONTHS)
    assert await stands(desk) == before
    snapshot = await (await open_socket("streams", desk.room_id)).join()
    assert [progress(goal) for goal in snapshot["room"]["goals"]] == [[80]]
    await checked(db)


async def test_a_month_that_a_goal_has_yet_to_count_stays(
    desk: Desk, past: Past, archive: Archive, db: Database, looks: Looks
) -> None:
    del looks

    async def nothing(db: Database, month: date) -> None:
        """As if that had failed."""

    await desk.set(("rose", 3))
    await past.give(2)
    with pytest.raises(outbox.ArchiveRefused) as refusal:
        await archive(replace(goals.MONTHS, read=nothing))
    assert desk.room_id in refusal.value.detail
    assert await stands(desk) == [("open", [2])]
    await archive(goals.MONTHS)
    assert await stands(desk) == [("open", [2])]
    await checked(db)
