"""Giving over REST: one answer per id, and a clear error for everything that is refused."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from largesse import ledger
from largesse.db import Database
from largesse.identity import Role
from largesse.ledger import Code
from largesse.types import new_id, now
from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import MakeViewer, Open, fund

Stream = dict[str, Any]


async def give(
    client: httpx.AsyncClient, stream: Stream, person: SignedIn, **body: Any
) -> httpx.Response:
    body = {"id": str(new_id()), "gift": "rose", "count": 1, **body}
    return await client.post(f"/v1/streams/{stream['id']}/gifts", json=body, headers=person.headers)


async def test_a_gift_becomes_diamonds_to_the_thousandth(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, creator: SignedIn, db: Database
) -> None:
    vera = await viewer(coins=350)
    roses = await give(client, stream, vera, gift="rose", count=5, message="bravo")
    assert roses.status_code == 201, roses.text
    crane = await give(client, stream, vera, gift="paper-crane")
    receipt = crane.json()
    assert (receipt["coins"], receipt["coins_paid"], receipt["coins_bonus"]) == (99, 99, 0)
    assert receipt["gift"]["slug"] == "paper-crane"
    assert (receipt["seq"], receipt["room_id"]) == (2, stream["id"])
    assert receipt["wallet"]["coins_total"] == 350 - 104
    async with db.read() as conn:
        balances = await ledger.balances(conn, creator.id)
    assert balances[Code.DIAMONDS_PENDING] == 52_000
    events = (await client.get(f"/v1/streams/{stream['id']}/events")).json()["items"]
    assert [(event["coins"], event["message"]) for event in events] == [(5, "bravo"), (99, None)]


async def test_the_same_id_and_body_again_is_the_same_gift(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=10)
    body = {"id": str(uuid4()), "count": 2}
    first = await give(client, stream, vera, **body)
    again = await give(client, stream, vera, **body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = await give(client, stream, vera, **body | {"count": 3})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert (await give(client, stream, vera)).json()["wallet"]["coins_total"] == 7


async def test_an_id_sent_many_times_at_once_is_one_gift(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=10)
    body = {"id": str(uuid4()), "count": 10}
    answers = await asyncio.gather(*(give(client, stream, vera, **body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1


async def test_a_retry_after_the_end_of_the_stream_is_answered(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, creator: SignedIn
) -> None:
    vera = await viewer(coins=10)
    id_ = str(uuid4())
    first = await give(client, stream, vera, id=id_)
    await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    assert (await give(client, stream, vera, id=id_)).json() == first.json()
    late = await give(client, stream, vera)
    assert (late.status_code, late.json()["code"]) == (409, "room_closed")


async def test_bonus_coins_go_first_and_say_so(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database
) -> None:
    vera = await viewer(coins=0)
    await fund(db, vera, coins=10, coins_bonus=3)
    receipt = (await give(client, stream, vera, count=5)).json()
    assert (receipt["coins_paid"], receipt["coins_bonus"]) == (2, 3)
    assert receipt["milli_diamonds"] == 2500


@pytest.mark.parametrize(("account_age_days", "hold_days"), [(100, 21), (29, 30)])
async def test_a_new_viewers_gifts_are_held_longer(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    db: Database,
    account_age_days: int,
    hold_days: int,
) -> None:
    vera = await viewer(coins=10, account_age_days=account_age_days)
    receipt = (await give(client, stream, vera)).json()
    async with db.read() as conn:
        row = await ledger.find_gift(conn, vera.id, UUID(receipt["id"]))
    assert row is not None
    assert row.hold_days == hold_days


async def test_funds_and_budget_are_named_in_the_refusal(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=100)
    answer = await give(client, stream, vera, count=101)
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_coins")
    assert (answer.json()["needed"], answer.json()["available"]) == (101, 100)
    await client.put("/v1/wallet/budget", json={"monthly_coins": 50}, headers=vera.headers)
    assert (await give(client, stream, vera, count=50)).status_code == 201
    answer = await give(client, stream, vera)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "budget_exceeded")
    assert (problem["monthly_coins"], problem["spent_coins"]) == (50, 50)
    assert problem["resets_at"] > now().isoformat()


async def test_minors_and_closed_countries_cannot_give(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, db: Database
) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE country SET open = false WHERE code = 'DE'")
    minor = await viewer("Mia", birth_date=now().date() - timedelta(days=17 * 365))
    answer = await give(client, stream, minor)
    assert (answer.status_code, answer.json()["code"]) == (403, "underage")
    assert "18" in answer.json()["detail"]
    german = await viewer("Otto", country="DE", birth_date=date(1980, 1, 1))
    answer = await give(client, stream, german)
    assert (answer.status_code, answer.json()["code"]) == (403, "country_closed")


async def test_nobody_gives_to_himself(
    client: httpx.AsyncClient, stream: Stream, creator: SignedIn, db: Database
) -> None:
    await fund(db, creator, 100)
    answer = await give(client, stream, creator)
    assert (answer.status_code, answer.json()["code"]) == (409, "self_gift")


async def test_giving_needs_an_account(client: httpx.AsyncClient, stream: Stream) -> None:
    body = {"id": str(uuid4()), "gift": "rose", "count": 1}
    answer = await client.post(f"/v1/streams/{stream['id']}/gifts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"count": 1_000_000}, 422, "count_out_of_range"),
        ({"count": 0}, 422, "count_out_of_range"),
        ({"count": -1}, 422, "count_out_of_range"),
        ({"count": 10**40}, 422, "count_out_of_range"),
        ({"count": 1.5}, 422, "validation_failed"),
        ({"count": "1"}, 422, "validation_failed"),
        ({"count": None}, 422, "validation_failed"),
        ({"id": "7"}, 422, "validation_failed"),
        ({"gift": ""}, 422, "validation_failed"),
        ({"gift": "x" * 65}, 422, "validation_failed"),
        ({"more": 1}, 422, "validation_failed"),
        ({"gift": "roze"}, 404, "gift_not_found"),
        ({"gift": str(uuid4())}, 404, "gift_not_found"),
        ({"version": 2}, 409, "gift_changed"),
        ({"message": "x" * 129}, 422, "message_too_long"),
        ({"message": "a\u202eb"}, 422, "validation_failed"),
        ({"gift": "confetti", "streak": str(uuid4())}, 422, "not_streakable"),
    ],
)
async def test_bad_gifts_are_refused_and_cost_nothing(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    body: dict[str, Any],
    status: int,
    code: str,
) -> None:
    vera = await viewer(coins=1000)
    answer = await give(client, stream, vera, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if code == "count_out_of_range":
        assert answer.json()["count_max"] == 9999
    after = (await give(client, stream, vera, streak=str(uuid4()))).json()
    assert after["wallet"]["coins_total"] == 999


async def test_a_gift_needs_a_stream(client: httpx.AsyncClient, viewer: MakeViewer) -> None:
    answer = await give(client, {"id": uuid4()}, await viewer())
    assert (answer.status_code, answer.json()["code"]) == (404, "stream_not_found")


async def test_a_gift_may_be_named_by_its_id(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    tulip = next(
        item for item in (await client.get("/v1/gifts")).json()["items"] if item["slug"] == "tulip"
    )
    answer = await give(client, stream, await viewer(), gift=tulip["id"], version=tulip["version"])
    assert answer.json()["coins"] == tulip["coins"]


async def test_two_creators_earn_apart(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer, users: MakeUser, db: Database
) -> None:
    other = await users("Otto", roles={Role.CREATOR}, followers=1000, gifting=True)
    second = await client.post("/v1/streams", json={"title": "Bread"}, headers=other.headers)
    vera = await viewer(coins=500)
    answers = await asyncio.gather(
        *(give(client, stream, vera) for _ in range(20)),
        *(give(client, second.json(), vera, count=2) for _ in range(20)),
    )
    assert {answer.status_code for answer in answers} == {201}
    async with db.read() as conn:
        earned = (await ledger.balances(conn, other.id))[Code.DIAMONDS_PENDING]
        seqs = [row.seq for row in await ledger.events_after(conn, UUID(stream["id"]), 0, 100)]
    assert earned == 20_000
    assert seqs == list(range(1, 21))


async def test_a_socket_is_told_the_time_when_its_ids_are_of_another(
    open_socket: Open, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer(coins=10)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    refused = await socket.gift("rose", 1, id="019a0000-0000-7000-8000-000000000001")
    assert (refused["op"], refused["code"]) == ("error", "gift_id_out_of_time")
    assert refused["server_time"][:16] <= now().isoformat()[:16]
    assert (await socket.gift("rose", 1))["wallet"]["coins_total"] == 9
