"""A serving process whose clock jumps shows on top of the chat what is there by the database's."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from largesse.db import Database
from largesse.types import living_by
from tests.fixtures_identity import SignedIn
from tests.messages.conftest import Stream, approve, hold_messages, pay
from tests.messages.test_pinned import on_top
from tests.rooms.conftest import MakeViewer, Open

JUMPS = [timedelta(hours=2), timedelta(hours=-2)]


@pytest.mark.parametrize("by", JUMPS, ids=["ahead", "behind"])
async def test_what_is_on_top_stays_there_for_its_time(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
    db: Database,
    by: timedelta,
) -> None:
    vera = await viewer(coins=300)
    with living_by(lambda: datetime.now(UTC) - timedelta(hours=1)):
        await pay(client, stream, vera, 10, "its time was over an hour ago")
    await pay(client, stream, vera, 100, "for minutes")
    await hold_messages(db, creator)
    await pay(client, stream, vera, 50, "may I?")
    watching = await open_socket("streams", stream["id"])
    assert await on_top(watching) == [2]
    with living_by(lambda: datetime.now(UTC) + by):
        assert await on_top(await open_socket("streams", stream["id"])) == [2]
        approved = await approve(client, stream, creator, 3)
        assert approved.status_code == 200, approved.text
        await watching.until_seq(4)
        assert await on_top(await open_socket("streams", stream["id"])) == [2, 3]
    assert await on_top(await open_socket("streams", stream["id"])) == [2, 3]
    until = datetime.fromisoformat(approved.json()["pinned_until"])
    assert timedelta() < until - datetime.now(UTC) < timedelta(hours=1)


@pytest.mark.parametrize("by", JUMPS, ids=["ahead", "behind"])
async def test_a_room_that_is_opened_while_the_clock_is_wrong_shows_the_same(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    by: timedelta,
) -> None:
    vera = await viewer(coins=300)
    with living_by(lambda: datetime.now(UTC) - timedelta(hours=1)):
        await pay(client, stream, vera, 10, "its time was over an hour ago")
    await pay(client, stream, vera, 100, "for minutes")
    with living_by(lambda: datetime.now(UTC) + by):
        assert await on_top(await open_socket("streams", stream["id"])) == [2]
