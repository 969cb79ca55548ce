"""Streak ids that are used again long after their end, through a process that does not know of it any more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from largesse import ledger
from largesse.gifts import EndedStreaks
from largesse.ledger import GiftRequest
from largesse.services import Services
from largesse.streaks import Ending, queries, reading
from largesse.types import living_by, new_id
from tests.rooms.conftest import MakeViewer, Open, Socket
from tests.streaks.conftest import ends_of, eventually, give, roses
from tests.streaks.test_ends import LONG_MS

Stream = dict[str, Any]


def made_before() -> UUID:
    """An id of a UUIDv7 that is a minute old."""
    with living_by(lambda: datetime.now(UTC) - timedelta(minutes=1)):
        return new_id()


async def ended_long_ago(
    services: Services, socket: Socket, streak: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A streak of the room has ended, and this process knows of it no more than one that was started since."""
    await roses(socket, 2, streak)
    await socket.until(lambda: any(event["type"] == "streak_end" for event in socket.events))
    await services.streaks._mark()  # as every few seconds
    services.desk.ended_streaks = EndedStreaks()
    monkeypatch.setattr(reading, "_LATE_EVENTS_MAX", 1)
    await socket.chat("one")
    await socket.chat("two")


@pytest.mark.parametrize("made", [made_before, uuid4], ids=["old", "without a time"])
async def test_it_is_refused_and_costs_nothing(
    client: httpx.AsyncClient,
    services: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    monkeypatch: pytest.MonkeyPatch,
    made: Callable[[], UUID],
) -> None:
    vera, streak = await viewer(coins=10), made()
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await ended_long_ago(services, giver, streak, monkeypatch)
    late = await giver.gift("rose", 1, streak=str(streak))
    assert (late["op"], late["code"]) == ("error", "streak_ended")
    services.desk.ended_streaks = EndedStreaks()
    body = {"id": str(new_id()), "gift": "rose", "count": 1, "streak": str(streak)}
    path = f"/v1/streams/{stream['id']}/gifts"
    answer = await client.post(path, json=body, headers=vera.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "streak_ended")
    async with services.db.read() as conn:
        wallet = await ledger.wallet_state(conn, vera.id)
        assert wallet.coins_paid + wallet.coins_bonus == 8
        assert not (await ledger.check(conn)).problems
    assert len(await ends_of(client, stream)) == 1


async def test_one_that_slips_through_is_shown_as_open_no_longer_than_any(
    client: httpx.AsyncClient,
    services: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vera, streak, room_id = await viewer(coins=10), made_before(), UUID(stream["id"])
    first = await open_socket("streams", stream["id"])
    await first.join(vera.token)
    await ended_long_ago(services, first, streak, monkeypatch)
    await first.connection.close()
    await eventually_gone(services, room_id)
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)  # the room is loaded anew, without the end
    monkeypatch.setattr(services.streaks, "must_ask", lambda _: False)
    seq = (await giver.gift("rose", 1, streak=str(streak)))["seq"]
    await giver.until_seq(seq)
    room = services.hub.room(room_id)
    assert room is not None

    async def over() -> bool:
        return room.projection.streaks.open() == []

    await eventually(over)
    fresh = await (await open_socket("streams", stream["id"])).join()
    assert fresh["room"]["streaks"] == []
    assert len(await ends_of(client, stream)) == 1
    again = await giver.gift("rose", 1, streak=str(streak))
    assert again["code"] == "streak_ended"
    async with services.db.read() as conn:
        assert not (await ledger.check(conn)).problems


async def eventually_gone(services: Services, room_id: UUID) -> None:
    async def gone() -> bool:
        return services.hub.room(room_id) is None

    await eventually(gone)


async def test_who_begins_a_streak_or_goes_on_with_one_waits_for_no_database(
    services: Services,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vera, asked = await viewer(coins=100), list[UUID | None]()
    has_ended = services.streaks.has_ended

    async def noting(request: GiftRequest) -> bool:
        asked.append(request.streak_id)
        return await has_ended(request)

    monkeypatch.setattr(services.streaks, "has_ended", noting)
    monkeypatch.setattr(services.streaks._timing, "timeout_s", 60.0)
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    new, old = new_id(), made_before()
    await give(services, vera, stream, new)
    assert asked == []
    for _ in range(3):
        await give(services, vera, stream, old)
    assert asked == [old], "asked once: after that it is open here"
    assert (await giver.gift("rose", 1, streak=str(old)))["op"] == "ack"
    assert asked == [old]


@pytest.mark.parametrize("timeout_ms", [LONG_MS])
async def test_a_room_closes_no_streak_before_it_meets_the_end(
    services: Services, stream: Stream, viewer: MakeViewer, open_socket: Open
) -> None:
    """Gifts that come before the end in the log may not have reached the room."""
    vera, streak, room_id = await viewer(coins=10), new_id(), UUID(stream["id"])
    giver = await open_socket("streams", stream["id"])
    await giver.join(vera.token)
    await roses(giver, 2, streak)
    await giver.until_seq(2)
    room = services.hub.room(room_id)
    assert room is not None
    async with services.db.read() as conn:
        (standing,) = await queries.standing(conn, room_id)
    for seq, left in ((3, 1), (2, 0)):
        ending = Ending([standing.key], {}, [], {standing.key: seq})
        services.streaks._show_ended(room_id, ending)
        assert len(room.projection.streaks.open()) == left
