"""Goals of a stream: set, counted, reached once, lessened by refunds, frozen at the end."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse import ledger
from largesse.db import Database
from largesse.goals.service import confirm_reached, count_on
from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open, Socket
from tests.rooms.looks import Looks, looks
from tests.rooms.test_rankings import order_of

__all__ = ["Looks", "looks"]


def a_goal(*parts: tuple[str | None, int], **more: Any) -> dict[str, Any]:
    wanted = [{"gift": gift, "target": target} for gift, target in parts]
    return {"id": str(new_id()), "title": "A new piano", "parts": wanted, **more}


class Desk:
    """The creator's goals over HTTP."""

    def __init__(self, client: httpx.AsyncClient, stream: dict[str, Any], who: SignedIn) -> None:
        self._client, self._who = client, who
        self.room_id = stream["id"]
        self.url = f"/v1/streams/{self.room_id}/goals"

    async def post(self, body: dict[str, Any], who: SignedIn | None = None) -> httpx.Response:
        return await self._client.post(self.url, json=body, headers=(who or self._who).headers)

    async def set(self, *parts: tuple[str | None, int]) -> dict[str, Any]:
        answer = await self.post(a_goal(*parts))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def cancel(self, goal_id: str, who: SignedIn | None = None) -> httpx.Response:
        url = f"{self.url}/{goal_id}/cancel"
        return await self._client.post(url, headers=(who or self._who).headers)

    async def all(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self._client.get(self.url)).json()["items"]
        return items

    async def give(self, who: SignedIn, gift: str, count: int) -> None:
        body = {"id": str(new_id()), "gift": gift, "count": count}
        url = f"/v1/streams/{self.room_id}/gifts"
        answer = await self._client.post(url, json=body, headers=who.headers)
        assert answer.status_code == 201, answer.text

    async def end(self) -> None:
        url = f"/v1/streams/{self.room_id}/end"
        assert (await self._client.post(url, headers=self._who.headers)).status_code == 200


@pytest.fixture
def desk(client: httpx.AsyncClient, stream: dict[str, Any], creator: SignedIn) -> Desk:
    return Desk(client, stream, creator)


def progress(goal: dict[str, Any]) -> list[int]:
    return [part["progress"] for part in goal["parts"]]


def of_type(socket: Socket, *types: str) -> list[dict[str, Any]]:
    return [event for event in socket.events if event["type"] in types]


async def reached(socket: Socket) -> dict[str, Any]:
    """Waits for the event that a goal was reached."""

    def found() -> list[dict[str, Any]]:
        return [one for one in of_type(socket, "goal") if one["goal"]["state"] == "reached"]

    await socket.until(lambda: bool(found()))
    (event,) = found()
    return event


async def checked(db: Database) -> None:
    async with db.read() as conn:
        assert not (await ledger.check(conn)).problems


async def test_a_goal_is_told_counted_and_reached_once(
    open_socket: Open, desk: Desk, viewer: MakeViewer, db: Database
) -> None:
    vera, otto = await viewer("Vera"), await viewer("Otto")
    one, two = (
        await open_socket("streams", desk.room_id),
        await open_socket("streams", desk.room_id),
    )
    await one.join(vera.token)
    await two.join(otto.token)
    await one.gift("rose", 7)  # before the goal: does not count
    made = await desk.set((None, 60), ("rose", 40))
    assert [part["gift"] and part["gift"]["slug"] for part in made["parts"]] == [None, "rose"]
    await one.gift("rose", 1)
    for _ in range(20):
        await asyncio.gather(one.gift("rose", 1), two.gift("rose", 1))
    await two.until(lambda: bool(of_type(two, "goal_progress")))
    assert (await desk.all())[0]["state"] == "open"
    await one.gift("rose", 19)
    event = await reached(two)
    assert progress(event["goal"]) == [60, 60]
    assert event["goal"]["id"] == made["id"]
    await one.gift("rose", 5)  # counts no more
    fresh = await (await open_socket("streams", desk.room_id)).join()
    assert fresh["room"]["goals"] == [event["goal"]] == await desk.all()
    log = of_type(two, "goal")
    assert [item["goal"]["state"] for item in log] == ["open", "reached"]
    await checked(db)


@pytest.mark.usefixtures("looks")
async def test_whoever_confirms_it_is_written_once(
    desk: Desk, viewer: MakeViewer, db: Database, stream: dict[str, Any]
) -> None:
    vera = await viewer()
    goal = await desk.set(("rose", 3))
    await desk.give(vera, "rose", 3)  # nobody is in the room
    room_id = UUID(stream["id"])
    told = await asyncio.gather(*(confirm_reached(db, room_id) for _ in range(6)))
    assert [event.goal.state for events in told for event in events] == ["reached"]
    assert (await desk.all())[0] == {**goal, "state": "reached", "parts": [
        {**goal["parts"][0], "progress": 3}
    ]}  # fmt: skip
    await checked(db)


async def test_what_is_counted_on_is_counted_once(
    desk: Desk, viewer: MakeViewer, db: Database, stream: dict[str, Any]
) -> None:
    room_id = UUID(stream["id"])
    vera = await viewer()
    await desk.set((None, 500), ("rose", 400))
    for _ in range(3):
        await desk.give(vera, "rose", 4)
        async with db.read() as conn:
            seq = await ledger.last_seq(conn, room_id)
        await asyncio.gather(*(count_on(db, room_id, seq) for _ in range(3)))
        await desk.give(vera, "rose", 1)
    assert [progress(goal) for goal in await desk.all()] == [[15, 15]]


async def test_refunds_take_from_open_goals_only(
    open_socket: Open, desk: Desk, viewer: MakeViewer, db: Database
) -> None:
    vera, otto = await viewer("Vera", coins=300), await viewer("Otto")
    order = await order_of(db, vera)
    socket = await open_socket("streams", desk.room_id)
    await socket.join(vera.token)
    small, large = await desk.set((None, 100)), await desk.set((None, 1000), ("rose", 900))
    await socket.gift("rose", 300)
    await desk.give(otto, "rose", 10)
    await reached(socket)

    async def stands(expected: list[list[int]]) -> None:
        def told() -> list[int]:
            found = [event["goal"] for event in of_type(socket, "goal_progress")]
            of_large = [goal for goal in found if goal["id"] == large["id"]]
            return progress(of_large[-1]) if of_large else []

        await socket.until(lambda: told() == expected[1])
        fresh = await (await open_socket("streams", desk.room_id)).join()
        shown = [progress(goal) for goal in fresh["room"]["goals"]]
        assert shown == expected == [progress(goal) for goal in await desk.all()]

    at_reaching = progress((await desk.all())[0])
    await stands([at_reaching, [310, 310]])
    async with db.transaction() as conn:
        await ledger.record_reversal(
            conn, owner_id=vera.id, order_id=order, cause_id="dispute", kind="chargeback",
            amount_minor=300,
        )  # fmt: skip
    await stands([at_reaching, [10, 10]])
    async with db.transaction() as conn:
        await ledger.cancel_reversal(conn, owner_id=vera.id, order_id=order, cause_id="dispute")
    await stands([at_reaching, [310, 310]])
    assert (await desk.all())[0]["id"] == small["id"]
    await checked(db)


async def test_the_end_writes_down_what_is_reached_and_freezes_the_rest(
    client: httpx.AsyncClient, desk: Desk, viewer: MakeViewer
) -> None:
    vera = await viewer()
    await desk.set(("rose", 3))
    await desk.set((None, 50))
    await desk.give(vera, "rose", 5)
    await desk.end()
    events = (await client.get(f"/v1/streams/{desk.room_id}/events")).json()["items"]
    assert [event["type"] for event in events] == ["goal", "goal", "gift", "goal", "stream_end"]
    goals_after = await desk.all()
    assert [(goal["state"], progress(goal)) for goal in goals_after] == [
        ("reached", [5]),
        ("open", [5]),
    ]
    refused = await desk.cancel(goals_after[1]["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "goal_closed")
    assert (await desk.post(a_goal((None, 5)))).json()["code"] == "goal_closed"


async def test_cancelling_takes_a_goal_away(open_socket: Open, desk: Desk) -> None:
    goal = await desk.set((None, 10))
    socket = await open_socket("streams", desk.room_id)
    assert len((await socket.join())["room"]["goals"]) == 1
    for _ in range(2):
        assert (await desk.cancel(goal["id"])).json()["state"] == "cancelled"
    await socket.until(lambda: bool(of_type(socket, "goal")))
    assert await desk.all() == []
    fresh = await (await open_socket("streams", desk.room_id)).join()
    assert fresh["room"]["goals"] == []


async def test_the_same_goal_again_is_the_same_goal(desk: Desk) -> None:
    body = a_goal((None, 10))
    first, again = await asyncio.gather(desk.post(body), desk.post(body))
    assert first.json() == again.json()
    other = await desk.post({**body, "title": "Another"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert len(await desk.all()) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (a_goal((None, 0)), 422, "validation_failed"),
        (a_goal((None, 10**9 + 1)), 422, "validation_failed"),
        (a_goal(), 422, "validation_failed"),
        (a_goal(*[(None, 5)] * 2), 422, "validation_failed"),
        (a_goal(*[("rose", 5)] * 7), 422, "validation_failed"),
        (a_goal(("no_such_gift", 5)), 404, "gift_not_found"),
        (a_goal((None, 5), title=" "), 422, "validation_failed"),
        (a_goal((None, 5), title="x" * 61), 422, "validation_failed"),
        (a_goal((None, 5), title="tick\u202etock"), 422, "validation_failed"),
    ],
)
async def test_bad_goals_are_refused(
    desk: Desk, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await desk.post(body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await desk.all() == []


async def test_only_the_creator_sets_goals_and_only_some(
    desk: Desk, viewer: MakeViewer, users: Any
) -> None:
    vera = await viewer()
    assert (await desk.post(a_goal((None, 5)), vera)).json()["code"] == "not_your_stream"
    made = [await desk.set((None, 5)) for _ in range(5)]
    assert (await desk.post(a_goal((None, 5)))).json()["code"] == "too_many_goals"
    assert (await desk.cancel(made[0]["id"], vera)).status_code == 403
    assert (await desk.cancel(str(new_id()))).json()["code"] == "goal_not_found"
    assert (await desk.cancel(made[0]["id"])).status_code == 200
    await desk.set((None, 5))


async def test_limits_ship_as_data(db: Database) -> None:
    async with db.read() as conn:
        cursor = await conn.execute("SELECT open_max, parts_max FROM goal_rule")
        assert await cursor.fetchall() == [(5, 6)]


async def test_a_goal_stays_readable_when_its_creator_is_erased(
    client: httpx.AsyncClient, desk: Desk, creator: SignedIn, db: Database
) -> None:
    goal = await desk.set((None, 5))
    async with db.transaction() as conn:
        await ledger.erase_said(conn, creator.id)
    (event,) = (await client.get(f"/v1/streams/{desk.room_id}/events")).json()["items"]
    assert event["goal"]["id"] == goal["id"]
