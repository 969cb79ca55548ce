"""Streaks of two processes, named and not, while they time out, their senders leave, and the stream ends."""

import asyncio
import random
from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse import ledger
from largesse.db import Database
from largesse.errors import AppError
from largesse.services import Services
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open
from tests.streaks.conftest import (
    assert_live_is_stored,
    assert_totals_hold,
    give,
    keep_up,
    log_of,
    name_of,
)

Stream = dict[str, Any]


@pytest.fixture
def timeout_ms() -> int:
    """So short that streaks end between their gifts."""
    return 30


async def keep_giving(
    processes: list[Services], person: SignedIn, stream: Stream, dice: random.Random
) -> None:
    """Until the stream is over; some gifts come too late for their streak."""
    streaks = [new_id() for _ in range(2)]
    while True:
        process, streak = dice.choice(processes), dice.choice(streaks)
        try:
            await give(process, person, stream, streak, anonymous=dice.random() < 0.5)
        except AppError as error:
            if error.code == "room_closed":
                return
            if error.code != "streak_ended":
                raise
            streaks[streaks.index(streak)] = new_id()
        await asyncio.sleep(0.02 + dice.random() * 0.1)


async def test_each_streak_has_one_end_before_that_of_the_stream(
    client: httpx.AsyncClient,
    db: Database,
    services: Services,
    other: Services,
    creator: SignedIn,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    await other.streaks.start()
    dice = random.Random(5)
    people = [await viewer(f"Viewer {number}", coins=100_000) for number in range(3)]
    watcher = await open_socket("streams", stream["id"])
    await watcher.join()

    processes = [services, other]
    giving = [
        asyncio.create_task(keep_giving(processes, person, stream, dice)) for person in people * 2
    ]
    for _ in range(5):
        await asyncio.sleep(0.1)
        await keep_up(db)
        dice.choice(processes).streaks.left(dice.choice(people).id, UUID(stream["id"]))
    answer = await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    assert answer.status_code == 200
    await asyncio.gather(*giving)
    log = await log_of(client, stream)
    assert log[-1]["type"] == "stream_end"
    assert_each_has_one_end(log)
    services.hub.expect(UUID(stream["id"]), log[-1]["seq"])
    await watcher.until_seq(log[-1]["seq"])
    assert watcher.logged == log
    await assert_live_is_stored(services, stream)
    assert_unnamed_are_not_told(log, people)
    async with db.read() as conn:
        assert not (await ledger.check(conn)).problems


def assert_unnamed_are_not_told(log: list[dict[str, Any]], people: list[SignedIn]) -> None:
    hidden = [e for e in log if e["type"] == "gift" and e["sender"]["display_name"] == "Anonymous"]
    assert hidden
    assert not {str(person.id) for person in people} & {e["sender"]["id"] for e in hidden}


def assert_each_has_one_end(log: list[dict[str, Any]]) -> None:
    assert_totals_hold(log)
    given = {name_of(event) for event in log if event["type"] == "gift" and event["streak"]}
    ends = [name_of(event["total"]) for event in log if event["type"] == "streak_end"]
    assert sorted(ends) == sorted(given)
    assert len(ends) > 3
