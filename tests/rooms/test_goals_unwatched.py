"""Goals of rooms that nobody watches are written down as reached, whoever committed the last gift."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse import gifts
from largesse.db import Database, ReadConnection
from largesse.gifts import GiftOrder, Target
from largesse.goals import confirming, queries, reaching
from largesse.goals.model import Amount, Span
from largesse.goals.service import confirm_reached
from largesse.identity import Role
from largesse.main import start_services
from largesse.realtime import GoalEvent, Hub, Looking
from largesse.settings import Settings
from largesse.types import living_by, new_id
from tests.fixtures_identity import MakeUser
from tests.rooms.conftest import MakeViewer, Open
from tests.rooms.looks import Looks, looks
from tests.rooms.test_goals import Desk, a_goal, checked, desk, of_type, progress
from tests.rooms.test_goals_meanwhile import dispute

__all__ = ["desk", "looks"]

Confirm = Callable[[Database, UUID], Awaitable[list[GoalEvent]]]


async def states(desk: Desk) -> list[str]:
    return [goal["state"] for goal in await desk.all()]


async def told(client: httpx.AsyncClient, desk: Desk) -> list[str]:
    """The states of the goal events of the log."""
    answer = await client.get(f"/v1/streams/{desk.room_id}/events?limit=100")
    return [item["goal"]["state"] for item in answer.json()["items"] if item["type"] == "goal"]


async def test_the_gift_that_reaches_a_goal_leads_to_its_event_though_nobody_watches(
    client: httpx.AsyncClient, desk: Desk, viewer: MakeViewer, db: Database, services_hub: Hub
) -> None:
    vera = await viewer()
    await desk.set(("rose", 3), (None, 10))
    await desk.give(vera, "rose", 3)
    await desk.give(vera, "rose", 7)
    async with asyncio.timeout(30):
        while await states(desk) != ["reached"]:  # noqa: ASYNC110 - it asks the database
            await asyncio.sleep(0.05)
    assert services_hub.open_rooms() == []
    assert await told(client, desk) == ["open", "reached"]
    assert [progress(goal) for goal in await desk.all()] == [[10, 10]]
    await checked(db)


async def test_gifts_of_a_process_that_is_dead_by_now_count_and_one_of_many_writers_wins(
    client: httpx.AsyncClient,
    desk: Desk,
    viewer: MakeViewer,
    stream: dict[str, Any],
    settings: Settings,
    db: Database,
    services_hub: Hub,
    looks: Looks,
) -> None:
    vera = await viewer()
    await desk.set(("rose", 3))
    creator_id, room_id = UUID(stream["creator"]["id"]), UUID(stream["id"])
    target = Target(kind="stream", room_id=room_id, recipient_id=creator_id)
    async with start_services(settings, url=db.url) as other:
        order = GiftOrder(id=new_id(), gift="rose", count=4)
        await gifts.send_gift(other, vera.user, target, order)
    assert await states(desk) == ["open"]
    await asyncio.gather(*(looks.reaching(db, services_hub).look() for _ in range(5)))
    assert await states(desk) == ["reached"]
    assert await told(client, desk) == ["open", "reached"]
    await checked(db)


async def test_refunds_meanwhile_keep_a_goal_open_until_more_is_given(
    client: httpx.AsyncClient,
    desk: Desk,
    viewer: MakeViewer,
    db: Database,
    services_hub: Hub,
    looks: Looks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(confirming, "ASK_AGAIN_S", 0.0)
    vera, otto = await viewer("Vera", coins=100), await viewer("Otto", coins=100)
    await desk.set((None, 100))
    await desk.give(vera, "rose", 100)
    await dispute(db, vera, 40, "dispute")
    looker = looks.reaching(db, services_hub)
    await looker.look()
    assert await states(desk) == ["open"]
    await desk.give(otto, "rose", 39)
    await looker.look()
    assert await states(desk) == ["open"]
    await desk.give(otto, "rose", 1)
    await looker.look()
    assert await states(desk) == ["reached"]
    assert [progress(goal) for goal in await desk.all()] == [[100]]
    assert await told(client, desk) == ["open", "reached"]
    await checked(db)


async def test_each_gift_is_read_once_and_what_was_counted_is_kept(
    desk: Desk,
    viewer: MakeViewer,
    db: Database,
    services_hub: Hub,
    looks: Looks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, given_in = list[tuple[int, int]](), queries.given_in

    async def noting(conn: ReadConnection, spans: Sequence[Span]) -> dict[Span, list[Amount]]:
        read.extend((span.after, span.upto) for span in spans)
        return await given_in(conn, spans)

    monkeypatch.setattr(queries, "given_in", noting)
    vera, looker = await viewer(), looks.reaching(db, services_hub)
    await desk.set((None, 500))
    for _ in range(3):
        await desk.give(vera, "rose", 2)
        await looker.look()
        await looker.look()
    assert read == [(1, 2), (2, 3), (3, 4)]
    monkeypatch.setattr(reaching, "COUNT_ON_EVENTS", 3)
    await looker.look()
    monkeypatch.setattr(reaching, "COUNT_ON_EVENTS", 10_000)
    await desk.give(vera, "rose", 2)
    read.clear()
    await looks.reaching(db, services_hub).look()  # that of a worker which was started later
    assert read == [(4, 5)]
    assert [progress(goal) for goal in await desk.all()] == [[8]]
    await desk.give(vera, "rose", 492)
    await looker.look()
    assert await states(desk) == ["reached"]
    await checked(db)


async def another_room(client: httpx.AsyncClient, users: MakeUser) -> Desk:
    lina = await users("Lina", roles={Role.CREATOR}, followers=1000, gifting=True)
    answer = await client.post("/v1/streams", json={"title": "Chess"}, headers=lina.headers)
    return Desk(client, answer.json(), lina)


async def test_another_rooms_goal_of_the_same_id_is_in_nobodys_way(
    client: httpx.AsyncClient,
    desk: Desk,
    users: MakeUser,
    viewer: MakeViewer,
    db: Database,
    services_hub: Hub,
    looks: Looks,
) -> None:
    other, vera = await another_room(client, users), await viewer(coins=2000)
    looker = looks.reaching(db, services_hub)
    body = a_goal(("rose", 3))
    for one, target in ((desk, 3), (other, 1000)):
        parts = [{"gift": "rose", "target": target}]
        assert (await one.post({**body, "parts": parts})).status_code == 201
        await looker.look()
    await desk.give(vera, "rose", 1)
    await other.give(vera, "rose", 20)
    await looker.look()
    assert (await states(desk), await states(other)) == (["open"], ["open"])
    await desk.give(vera, "rose", 2)
    await looker.look()
    assert (await states(desk), await states(other)) == (["reached"], ["open"])
    await looks.reaching(db, services_hub).look()
    await other.give(vera, "rose", 980)
    await looks.reaching(db, services_hub).look()
    assert await states(other) == ["reached"]
    await checked(db)


def stumbling(asked: list[str], failing: set[str]) -> Confirm:
    """Writes down what is reached, but where it fails; notes what it was asked."""

    async def confirm(db: Database, room_id: UUID) -> list[GoalEvent]:
        asked.append(str(room_id))
        if str(room_id) in failing:
            raise RuntimeError("Vera Secret")
        return await confirm_reached(db, room_id)

    return confirm


@pytest.mark.parametrize("watched", [False, True])
async def test_a_room_that_fails_holds_up_no_other_and_is_left_alone_for_a_while(
    client: httpx.AsyncClient,
    desk: Desk,
    users: MakeUser,
    viewer: MakeViewer,
    open_socket: Open,
    db: Database,
    services_hub: Hub,
    looks: Looks,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    watched: bool,
) -> None:
    monkeypatch.setattr(confirming, "ASK_AGAIN_S", 60.0)
    other, vera = await another_room(client, users), await viewer("Vera Secret")
    asked, failing = list[str](), {desk.room_id, other.room_id}
    monkeypatch.setattr(confirming, "confirm_reached", stumbling(asked, failing))
    sockets = [await open_socket("streams", one.room_id) for one in (desk, other) if watched]
    for socket in sockets:
        await socket.join()
    for one in (desk, other):
        await one.set(("rose", 2))
        await one.give(vera, "rose", 2)
    for socket in sockets:
        await socket.until(lambda socket=socket: bool(of_type(socket, "goal_progress")))  # type: ignore[misc]

    def a_looker() -> Looking:
        return (looks.keeping if watched else looks.reaching)(db, services_hub)

    looker = a_looker()
    for _ in range(3):
        await looker.look()
    assert sorted(asked) == sorted(failing), "each once"
    failing.discard(other.room_id)
    await a_looker().look()
    assert (await states(desk), await states(other)) == (["open"], ["reached"])
    assert "RuntimeError" in caplog.text
    assert "Secret" not in caplog.text
    failing.clear()
    await a_looker().look()
    assert await states(desk) == ["reached"]
    await checked(db)


@pytest.mark.parametrize("days", [400, -400], ids=["ahead", "behind"])
async def test_goals_go_by_numbers_and_not_by_clocks(
    client: httpx.AsyncClient,
    desk: Desk,
    viewer: MakeViewer,
    db: Database,
    services_hub: Hub,
    looks: Looks,
    days: int,
) -> None:
    vera, looker = await viewer(), looks.reaching(db, services_hub)
    await desk.give(vera, "rose", 5)  # before the goal
    with living_by(lambda: datetime.now(UTC) + timedelta(minutes=-30 if days < 0 else 30)):
        await desk.set(("rose", 3))
    await desk.give(vera, "rose", 2)
    with living_by(lambda: datetime.now(UTC) + timedelta(days=days)):
        await looker.look()
    assert await states(desk) == ["open"]
    with living_by(lambda: datetime.now(UTC) + timedelta(minutes=30 if days < 0 else -30)):
        await desk.give(vera, "rose", 1)
    with living_by(lambda: datetime.now(UTC) + timedelta(days=days)):
        await looker.look()
    assert [progress(goal) for goal in await desk.all()] == [[3]]
    assert await told(client, desk) == ["open", "reached"]
    await checked(db)
