"""Streaks as viewers see them: running totals, and one end with the total."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse.services import Services
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open, Socket
from tests.streaks.conftest import (
    assert_live_is_stored,
    assert_totals_hold,
    ends_of,
    eventually,
    log_of,
    name_of,
    roses,
)

Stream = dict[str, Any]
LONG_MS = 60_000


def ends_at(socket: Socket) -> list[dict[str, Any]]:
    return [event for event in socket.events if event["type"] == "streak_end"]


async def test_a_streak_has_running_totals_and_one_end_after_the_timeout(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    vera, streak = await viewer(coins=100), new_id()
    giver = await open_socket("streams", stream["id"])
    watcher = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await watcher.join()
    await roses(giver, 5, streak)
    await giver.gift("rose", 3, streak=str(streak))
    await watcher.until(lambda: bool(ends_at(watcher)))
    running = [event["total"] for event in watcher.events if event["type"] == "streak"]
    assert 1 <= len(running) <= 6
    counts = [total["count"] for total in running]
    assert counts == sorted(counts)
    (end,) = ends_at(watcher)
    total = end["total"]
    assert total == running[-1]
    assert (total["gifts"], total["count"], total["coins"]) == (6, 8, 8)
    assert (total["milli_diamonds"], total["sender"]["display_name"]) == (4000, "Vera")
    assert end["seq"] == 7
    assert_totals_hold(await log_of(client, stream))
    assert await ends_of(client, stream) == [end]


async def test_running_totals_come_once_a_frame_and_never_after_the_end(
    stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    vera, streak = await viewer(coins=100), new_id()
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await roses(giver, 40, streak)
    await giver.until(lambda: bool(ends_at(giver)))
    places = [place for place, event in enumerate(giver.events) if event["type"] == "streak"]
    given = [place for place, event in enumerate(giver.events) if event["type"] == "gift"]
    assert len(places) < len(given) == 40
    assert giver.events.index(ends_at(giver)[0]) > places[-1]


@pytest.mark.parametrize("timeout_ms", [LONG_MS])
async def test_who_comes_later_finds_open_streaks_in_the_snapshot(
    services: Services, stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    vera, wim = await viewer(coins=100), await viewer("Wim", coins=100)
    first, second = new_id(), new_id()
    one = await open_socket("streams", stream["id"])
    two = await open_socket("streams", stream["id"])
    await one.join(vera.token)
    await two.join(wim.token)
    await roses(one, 3, first)
    await roses(two, 2, second)
    late = await open_socket("streams", stream["id"])
    shown = (await late.join())["room"]["streaks"]
    assert [(total["streak"], total["count"]) for total in shown] == [
        (str(first), 3),
        (str(second), 2),
    ]
    await roses(one, 1, first)
    await late.until(lambda: any(event["type"] == "streak" for event in late.events))
    told = [event["total"] for event in late.events if event["type"] == "streak"][-1]
    assert (told["streak"], told["count"], told["gifts"]) == (str(first), 4, 4)
    await assert_live_is_stored(services, stream)


@pytest.mark.parametrize("timeout_ms", [LONG_MS])
async def test_a_streak_ends_when_its_sender_leaves_with_the_last_socket(
    client: httpx.AsyncClient,
    services: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    vera, streak = await viewer(coins=100), new_id()
    one = await open_socket("streams", stream["id"])
    two = await open_socket("streams", stream["id"])
    watcher = await open_socket("streams", stream["id"])
    await one.join(vera.token)
    await two.join(vera.token)
    await watcher.join()
    await roses(one, 3, streak)
    await one.connection.close()
    await roses(two, 2, streak)
    assert await ends_of(client, stream) == []
    await two.connection.close()
    await watcher.until(lambda: bool(ends_at(watcher)))
    assert [end["total"]["count"] for end in await ends_of(client, stream)] == [5]
    await assert_live_is_stored(services, stream)


@pytest.mark.parametrize("timeout_ms", [LONG_MS])
async def test_the_end_of_the_stream_ends_its_streaks_before(
    client: httpx.AsyncClient,
    services: Services,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
    open_socket: Open,
) -> None:
    vera, wim = await viewer(coins=100), await viewer("Wim", coins=100)
    one = await open_socket("streams", stream["id"])
    two = await open_socket("streams", stream["id"])
    await one.join(vera.token)
    await two.join(wim.token)
    await roses(one, 3, new_id())
    await roses(two, 2, new_id())
    await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    await one.until(lambda: any(event["type"] == "stream_end" for event in one.events))
    log = await log_of(client, stream)
    assert [event["type"] for event in log[-3:]] == ["streak_end", "streak_end", "stream_end"]
    assert [event["total"]["count"] for event in log[-3:-1]] == [3, 2]
    assert one.logged == log
    assert_totals_hold(log)
    await assert_live_is_stored(services, stream)


async def test_the_same_id_from_two_senders_is_two_streaks(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    vera, mallory, streak = await viewer(coins=100), await viewer("Mallory", coins=100), new_id()
    one = await open_socket("streams", stream["id"])
    two = await open_socket("streams", stream["id"])
    await one.join(vera.token)
    await two.join(mallory.token)
    await roses(one, 4, streak)
    await roses(two, 1, streak)
    await one.until(lambda: len(ends_at(one)) == 2)
    counts = {end["total"]["sender"]["display_name"]: end["total"]["count"] for end in ends_at(one)}
    assert counts == {"Vera": 4, "Mallory": 1}
    assert_totals_hold(await log_of(client, stream))


async def test_another_gift_under_the_same_id_is_another_streak(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    catalogue = (await client.get("/v1/gifts")).json()["items"]
    other = next(gift for gift in catalogue if gift["streakable"] and gift["slug"] != "rose")
    vera, streak = await viewer(coins=100), new_id()
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await roses(giver, 2, streak)
    await giver.gift(other["slug"], 1, streak=str(streak))
    await giver.until(lambda: len(ends_at(giver)) == 2)
    assert len({name_of(end["total"]) for end in ends_at(giver)}) == 2
    assert_totals_hold(await log_of(client, stream))


async def test_streaks_on_posts_end_too(
    client: httpx.AsyncClient, services: Services, viewer: MakeViewer, creator: SignedIn
) -> None:
    answer = await client.post("/v1/posts", json={"caption": "Tea"}, headers=creator.headers)
    post, vera, streak = answer.json(), await viewer(coins=100), new_id()
    for _ in range(3):
        body = {"id": str(new_id()), "gift": "rose", "count": 5, "streak": str(streak)}
        given = await client.post(f"/v1/posts/{post['id']}/gifts", json=body, headers=vera.headers)
        assert given.status_code == 201, given.text

    async def ends() -> list[Any]:
        async with services.db.read() as conn:
            cursor = await conn.execute(
                "SELECT seq, data -> 'total' ->> 'count' FROM room_event WHERE room_id = %s AND type = 'streak_end'",
                (UUID(post["id"]),),
            )
            return await cursor.fetchall()

    assert await eventually(ends) == [(4, "15")]


async def test_anonymous_gifts_make_a_streak_of_their_own_that_tells_nothing(
    client: httpx.AsyncClient,
    services: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
) -> None:
    """Under the id of a streak that names its giver; and two who are not named do not share one."""
    vera, wim, streak = await viewer(coins=100), await viewer("Wim", coins=100), new_id()
    one = await open_socket("streams", stream["id"])
    two = await open_socket("streams", stream["id"])
    await one.join(vera.token)
    await two.join(wim.token)
    await roses(one, 2, streak)
    await roses(one, 3, streak, anonymous=True)
    await roses(two, 4, streak, anonymous=True)
    await assert_live_is_stored(services, stream)
    await one.until(lambda: len(ends_at(one)) == 3)
    totals = [end["total"] for end in ends_at(one)]
    named = [total for total in totals if total["streak"] == str(streak)]
    assert [(total["sender"]["display_name"], total["count"]) for total in named] == [("Vera", 2)]
    hidden = [total for total in totals if total not in named]
    assert {total["sender"]["display_name"] for total in hidden} == {"Anonymous"}
    assert sorted(total["count"] for total in hidden) == [3, 4]
    assert len({total["streak"] for total in totals}) == 3
    log = await log_of(client, stream)
    assert_totals_hold(log)
    assert one.logged == log
    await assert_live_is_stored(services, stream)
