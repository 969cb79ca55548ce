"""The time in a gift's id: clients whose clock is wrong are told the right one; a retry is answered all the same."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from largesse.db import Database
from largesse.identity import Role
from largesse.ledger import GiftEntry, GiftRequest, GiftWriter, id_from
from largesse.types import now
from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import fund

Room = tuple[dict[str, Any], SignedIn]


@pytest.fixture
async def room(client: httpx.AsyncClient, users: MakeUser, db: Database) -> Room:
    """A live stream, and a viewer with 100 coins."""
    creator = await users("Nora", roles={Role.CREATOR}, followers=1000, gifting=True)
    answer = await client.post("/v1/streams", json={"title": "Piano"}, headers=creator.headers)
    vera = await users("Vera")
    await fund(db, vera, 100)
    return answer.json(), vera


def id_at(moment: datetime) -> str:
    """A UUIDv7 made at a moment."""
    random = uuid4().int & ((1 << 62) - 1)
    return str(UUID(int=id_from(moment).int | 7 << 76 | 2 << 62 | random))


async def give(client: httpx.AsyncClient, room: Room, id_: str) -> httpx.Response:
    stream, viewer = room
    body = {"id": id_, "gift": "rose", "count": 1}
    return await client.post(f"/v1/streams/{stream['id']}/gifts", json=body, headers=viewer.headers)


@pytest.mark.parametrize(
    "off",
    [timedelta(days=-365), timedelta(hours=-25), timedelta(hours=2), timedelta(days=1)],
    ids=["last year", "a day and an hour ago", "in two hours", "tomorrow"],
)
async def test_an_id_of_another_time_is_refused_with_the_right_time(
    client: httpx.AsyncClient, room: Room, off: timedelta
) -> None:
    before = now()
    answer = await give(client, room, id_at(before + off))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "gift_id_out_of_time")
    told = datetime.fromisoformat(problem["server_time"])
    assert before - timedelta(milliseconds=1) <= told <= now()
    again = await give(client, room, id_at(told))
    assert (again.status_code, again.json()["wallet"]["coins_total"]) == (201, 99)


@pytest.mark.parametrize("off", [timedelta(hours=-23), timedelta(minutes=59)])
async def test_clocks_may_be_off_a_little(
    client: httpx.AsyncClient, room: Room, off: timedelta
) -> None:
    assert (await give(client, room, id_at(now() + off))).status_code == 201


async def test_ids_that_name_no_time_are_taken(client: httpx.AsyncClient, room: Room) -> None:
    for id_ in (str(uuid4()), "01000000-0000-1000-8000-000000000000", str(UUID(int=0))):
        assert (await give(client, room, id_)).status_code == 201


async def test_the_limits_are_data(client: httpx.AsyncClient, room: Room, db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE gift_rule SET id_age_max_s = 60, id_ahead_max_s = 7200")
    late = await give(client, room, id_at(now() - timedelta(seconds=70)))
    assert late.json()["code"] == "gift_id_out_of_time"
    early = await give(client, room, id_at(now() + timedelta(minutes=110)))
    assert early.status_code == 201


async def test_a_retry_of_an_old_gift_is_answered_with_the_gift(
    client: httpx.AsyncClient, room: Room, db: Database
) -> None:
    stream, viewer = room
    id_ = id_at(datetime(2026, 1, 31, 23, 59, tzinfo=UTC))
    given = await _given(db, stream, viewer, UUID(id_))
    again = await give(client, room, id_)
    assert (again.status_code, again.json()["seq"]) == (200, given.seq)
    assert again.json()["wallet"]["coins_total"] == 99
    other = {"id": id_, "gift": "rose", "count": 2}
    answer = await client.post(
        f"/v1/streams/{stream['id']}/gifts", json=other, headers=viewer.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


async def _given(db: Database, stream: dict[str, Any], viewer: SignedIn, id_: UUID) -> GiftEntry:
    """A gift that was given under this id when the id was young."""
    writer = GiftWriter(db, batch_size_max=1, on_commit=lambda _: None)
    await writer.start()
    request = GiftRequest(
        id=id_,
        sender_id=viewer.id,
        recipient_id=UUID(stream["creator"]["id"]),
        room_id=UUID(stream["id"]),
        gift_type_no=1,
        count=1,
        coins=1,
        share_id=1,
        milli_diamonds=500,
        hold_min_days=0,
        bonus_hold_days=0,
    )
    entry = await writer.submit(request)
    await writer.stop()
    return entry
