"""A process whose clock is years off: nothing costs coins there, the rest goes on, nothing is a 500."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import uuid_utils.compat

from largesse import ledger
from largesse.db import Database
from largesse.types import living_by, new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open, Socket
from tests.rooms.test_goals import Desk, a_goal, checked, desk, progress

__all__ = ["desk"]

YEARS = [1971, 2019, 2045, 2190]
WRONG = (503, "clock_wrong")


class Everything:
    """What a viewer can do in a room, over HTTP and a socket; answers with what the server said."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        stream: dict[str, Any],
        who: SignedIn,
        socket: Socket,
        by_its_clock: bool,
    ) -> None:
        self.path = f"/v1/streams/{stream['id']}"
        self.client, self.who, self.socket, self.by_its_clock = client, who, socket, by_its_clock

    def id(self) -> str:
        """As a client makes it whose clock is right, or that follows the server's."""
        return str(new_id() if self.by_its_clock else uuid_utils.compat.uuid7())

    async def post(self, what: str, **body: Any) -> tuple[int, str | None]:
        body = {"id": self.id(), **body}
        answer = await self.client.post(f"{self.path}/{what}", json=body, headers=self.who.headers)
        return answer.status_code, answer.json().get("code")

    async def send(self, op: str, **body: Any) -> tuple[str, str | None]:
        body = {"id": self.id(), **body}
        await self.socket.send(op=op, **body)
        answer = await self.socket.answer(body["id"])
        return answer["op"], answer.get("code")

    async def what_costs(self) -> set[tuple[int | str, str | None]]:
        gift = {"gift": "rose", "count": 1}
        gifts = [gift, {**gift, "message": "for you"}, {**gift, "anonymous": True}]
        words: list[tuple[str, str, dict[str, Any]]] = [
            ("paid-messages", "paid_message", {"text": "hello", "coins": 100}),
            ("cheers", "cheer", {"text": "cheer2", "coins": 2}),
        ]
        return {
            *[await self.post("gifts", **one) for one in gifts],
            await self.post("gifts", **gift, streak=self.id()),
            *[await self.post(what, **body) for what, _, body in words],
            *[await self.send("gift", **one) for one in gifts],
            await self.send("gift", **gift, streak=self.id()),
            *[await self.send(op, **body) for _, op, body in words],
        }

    async def what_is_free(self) -> list[tuple[int | str, str | None]]:
        return [await self.post("chat", text="hello"), await self.send("chat", text="hello")]


@pytest.fixture
async def vera(viewer: MakeViewer, db: Database) -> SignedIn:
    """Her session and the creator's outlast every year that a clock may show."""
    vera = await viewer()
    async with db.transaction() as conn:
        await conn.execute("UPDATE session SET expires_at = '2999-01-01'")
    return vera


async def coins_of(db: Database, person: SignedIn) -> int:
    async with db.read() as conn:
        return (await ledger.wallet_state(conn, person.id)).coins_paid


@pytest.mark.parametrize("by_its_clock", [True, False], ids=["ids by it", "ids of now"])
@pytest.mark.parametrize("year", YEARS)
async def test_nothing_is_charged_by_a_wrong_clock_and_the_rest_goes_on(
    client: httpx.AsyncClient,
    desk: Desk,
    stream: dict[str, Any],
    vera: SignedIn,
    open_socket: Open,
    db: Database,
    year: int,
    by_its_clock: bool,
) -> None:
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    does = Everything(client, stream, vera, socket, by_its_clock)
    first = {"id": str(new_id()), "gift": "rose", "count": 5}
    assert await does.post("gifts", **first) == (201, None)
    with living_by(lambda: datetime.now(UTC).replace(year=year, day=1)):
        assert await does.what_costs() == {WRONG, ("error", "clock_wrong")}
        assert await does.what_is_free() == [(201, None), ("ack", None)]
        assert await does.post("gifts", **first) == (200, None)  # what was given is known
        body = {**a_goal(("rose", 10), (None, 20)), "id": does.id()}
        assert (await desk.post(body)).status_code == 201
        other = await desk.post({**a_goal((None, 20)), "id": does.id()})
        assert (await desk.cancel(other.json()["id"])).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert ready.json()["parts"]["clock"] is False
    assert (await client.get("/readyz")).json()["status"] == "ok"
    assert await coins_of(db, vera) == 995
    assert await does.post("gifts", gift="rose", count=4) == (201, None)
    assert await does.send("gift", gift="rose", count=3) == ("ack", None)
    (goal,) = await desk.all()
    assert (goal["state"], progress(goal)) == ("open", [7, 7])
    assert await coins_of(db, vera) == 988
    await checked(db)
