"""Gifts for streaks that have ended: refused where that is known, else single gifts wherever they are read."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from largesse.gifts import EndedStreaks, StreakKey
from largesse.realtime import GiftEvent
from largesse.realtime.projection import Projection
from largesse.rooms.loading import load_room
from largesse.services import Services
from largesse.types import new_id
from tests.rooms.conftest import MakeViewer, Open
from tests.streaks.conftest import (
    assert_live_is_stored,
    assert_totals_hold,
    ends_of,
    give,
    keep_up,
    log_of,
    roses,
)

Stream = dict[str, Any]
OLD = UUID("018c0000-0000-7000-8000-000000000001")
AHEAD = UUID("0fffffff-ffff-7000-8000-000000000001")


async def test_a_gift_for_a_streak_that_ended_is_refused_and_costs_nothing(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    vera, streak, id_ = await viewer(coins=10), new_id(), str(new_id())
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    first = await giver.gift("rose", 2, id=id_, streak=str(streak))
    await giver.until_seq(2)
    late = await giver.gift("rose", 1, streak=str(streak))
    assert (late["op"], late["code"]) == ("error", "streak_ended")
    body = {"id": str(new_id()), "gift": "rose", "count": 1, "streak": str(streak)}
    over_rest = await client.post(
        f"/v1/streams/{stream['id']}/gifts", json=body, headers=vera.headers
    )
    assert (over_rest.status_code, over_rest.json()["code"]) == (409, "streak_ended")
    again = await giver.gift("rose", 2, id=id_, streak=str(streak))
    assert (again["op"], again["seq"]) == ("ack", first["seq"])
    assert again["wallet"]["coins_total"] == 8
    assert (await giver.gift("rose", 1, streak=str(new_id())))["op"] == "ack"
    assert (await giver.gift("rose", 1))["op"] == "ack"


async def test_a_gift_that_slips_through_is_a_single_gift_wherever_it_is_read(
    client: httpx.AsyncClient,
    services: Services,
    other: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    vera, streak = await viewer(coins=100), new_id()
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await roses(giver, 3, streak)
    await giver.until_seq(4)
    entry = await give(other, vera, stream, streak)  # which has not heard of the end
    services.hub.expect(UUID(stream["id"]), entry.seq)
    await giver.until_seq(5)
    assert giver.logged[-1]["streak"] is None
    log = await log_of(client, stream)
    assert giver.logged == log
    assert_totals_hold(log)
    late = await open_socket("streams", stream["id"])
    snapshot = await late.join()
    assert snapshot["room"]["recent"] == log
    assert snapshot["room"]["streaks"] == []
    await assert_live_is_stored(services, stream)
    await keep_up(services.db)
    await assert_live_is_stored(services, stream)
    assert len(await ends_of(client, stream)) == 1


async def test_a_room_that_is_opened_knows_what_ended_before(
    services: Services, other: Services, stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    """Another process may tell it of a late gift as part of the streak."""
    vera, streak = await viewer(coins=100), new_id()
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await roses(giver, 1, streak)
    await giver.until_seq(2)
    start = await load_room(other.db, UUID(stream["id"]))
    room = services.hub.room(UUID(stream["id"]))
    assert start is not None
    assert room is not None
    gift = room.projection.board.recent()[0]
    assert isinstance(gift, GiftEvent)
    assert gift.streak == streak
    told = gift.model_copy(update={"seq": 3, "id": new_id()})
    settled = Projection(start).settle(told)
    assert settled == told.model_copy(update={"streak": None})


@pytest.mark.parametrize("streak", [OLD, AHEAD], ids=["long ago", "far ahead"])
async def test_a_streak_id_out_of_time_is_refused(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, streak: UUID
) -> None:
    vera = await viewer(coins=10)
    body = {"id": str(new_id()), "gift": "rose", "count": 1, "streak": str(streak)}
    answer = await client.post(f"/v1/streams/{stream['id']}/gifts", json=body, headers=vera.headers)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "streak_id_out_of_time")
    assert problem["server_time"].endswith("Z")
    assert await log_of(client, stream) == []


async def test_a_streak_id_without_a_time_is_as_good(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    vera, streak = await viewer(coins=10), uuid4()
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await roses(giver, 2, streak)
    await giver.until_seq(3)
    (end,) = await ends_of(client, stream)
    assert (end["total"]["streak"], end["total"]["count"]) == (str(streak), 2)
    assert (await giver.gift("rose", 1, streak=str(streak)))["code"] == "streak_ended"


def test_only_the_latest_ends_are_remembered() -> None:
    ended = EndedStreaks(size_max=2)
    keys = [StreakKey(new_id(), new_id(), 1, new_id(), False) for _ in range(3)]
    for key in keys:
        ended.add(key)
    assert [key in ended for key in keys] == [False, True, True]
