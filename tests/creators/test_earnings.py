"""What the studio shows: diamonds, days, streams and gifts, right to the thousandth."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from largesse import ledger, outbox
from largesse.creators.earnings import diamonds_value
from largesse.db import Database
from largesse.identity import Role
from largesse.ledger import Code, Entry, RedemptionRate, Transfer
from largesse.types import PLATFORM_ID, Money, new_id, now
from tests.creators.conftest import Stage
from tests.fixtures_identity import MakeUser, SignedIn


async def earnings(client: httpx.AsyncClient, creator: SignedIn, **query: int) -> Any:
    response = await client.get("/v1/creator/earnings", params=query, headers=creator.headers)
    assert response.status_code == 200, response.text
    return response.json()


async def test_nothing_yet_is_zeros_for_every_day(
    client: httpx.AsyncClient, nora: SignedIn
) -> None:
    view = await earnings(client, nora)
    today = now().date()
    assert view == {
        "pending_milli_diamonds": 0,
        "available_milli_diamonds": 0,
        "held_milli_diamonds": 0,
        "paid_milli_diamonds": 0,
        "total_milli_diamonds": 0,
        "share_bp": 5000,
        "redemption": {"currency": "USD", "micro_per_diamond": 10_000},
        "value": {"amount_minor": 0, "currency": "USD"},
        "days": [
            {"date": str(today - timedelta(days=n)), "gifts": 0, "coins": 0, "milli_diamonds": 0}
            for n in range(29, -1, -1)
        ],
        "streams": [],
    }


async def test_gifts_become_diamonds_by_day_and_by_room(
    client: httpx.AsyncClient, stage: Stage, vera: SignedIn, nora: SignedIn
) -> None:
    stream = await stage.stream("Piano")
    post = await stage.post("Rain")
    for place, gift, count in (
        (f"streams/{stream}", "rose", 5),
        (f"streams/{stream}", "paper-crane", 1),
        (f"posts/{post}", "finger-heart", 1),
    ):
        assert (await stage.give(vera, place, gift, count))[1].status_code == 201
    view = await earnings(client, nora, days=2)
    assert view["pending_milli_diamonds"] == view["total_milli_diamonds"] == 54_500
    assert view["value"] == {"amount_minor": 54, "currency": "USD"}
    assert [day["milli_diamonds"] for day in view["days"]] == [0, 54_500]
    assert view["days"][-1]["gifts"] == 3
    assert view["days"][-1]["coins"] == 109
    by_room = {row["room_id"]: row for row in view["streams"]}
    assert by_room[stream]["title"] == "Piano"
    assert by_room[stream]["kind"] == "stream"
    assert by_room[stream]["milli_diamonds"] == 52_000
    assert by_room[post]["title"] == "Rain"
    assert by_room[post]["kind"] == "post"
    assert by_room[post]["coins"] == 5


async def test_a_gift_late_in_the_day_belongs_to_its_day(
    client: httpx.AsyncClient, stage: Stage, vera: SignedIn, nora: SignedIn, db: Database
) -> None:
    stream = await stage.stream("Piano")
    _, response = await stage.give(vera, f"streams/{stream}", "rose", 2)
    assert response.status_code == 201
    today = now().date()
    async with db.read() as conn:
        first, last = today - timedelta(days=1), today
        days = await outbox.earnings_by_day(conn, nora.id, first=first, last=last)
    given_at = datetime.fromisoformat(response.json()["created_at"])
    view = await earnings(client, nora, days=2)
    assert [day["date"] for day in view["days"]] == [str(day.date) for day in days]
    assert next(d["coins"] for d in view["days"] if d["date"] == str(given_at.date())) == 2


async def test_what_was_paid_out_stays_in_the_total(
    client: httpx.AsyncClient, stage: Stage, vera: SignedIn, nora: SignedIn, db: Database
) -> None:
    stream = await stage.stream("Piano")
    assert (await stage.give(vera, f"streams/{stream}", "confetti"))[1].status_code == 201
    later = now() + timedelta(days=23)
    assert (await ledger.mature_due(db, later)).milli_diamonds == 50_000
    steps = [
        (nora.id, Code.DIAMONDS_AVAILABLE, nora.id, Code.DIAMONDS_HELD, 30_000),
        (nora.id, Code.DIAMONDS_HELD, PLATFORM_ID, Code.DIAMONDS_REDEEMED, 20_000),
    ]
    async with db.transaction() as conn:
        for step in steps:
            await ledger.post(conn, [Entry(nora.id, new_id(), "payout", [Transfer("MDIA", *step)])])
    view = await earnings(client, nora)
    assert view["pending_milli_diamonds"] == 0
    assert view["available_milli_diamonds"] == 20_000
    assert view["held_milli_diamonds"] == 10_000
    assert view["paid_milli_diamonds"] == 20_000
    assert view["total_milli_diamonds"] == 50_000
    assert view["value"] == {"amount_minor": 20, "currency": "USD"}


@pytest.mark.parametrize(
    ("milli_diamonds", "currency", "micro_per_diamond", "amount_minor"),
    [
        (52_500, "USD", 10_000, 52),
        (999, "USD", 10_000, 0),
        (1_000, "JPY", 1_500_000, 1),
        (1_000, "KWD", 3_100, 3),
        (10**15, "USD", 10_000, 10**12),
    ],
)
def test_values_are_rounded_down_to_the_minor_unit(
    milli_diamonds: int, currency: str, micro_per_diamond: int, amount_minor: int
) -> None:
    rate = RedemptionRate(1, currency, micro_per_diamond)
    value = diamonds_value(milli_diamonds, rate)
    assert value == Money(amount_minor=amount_minor, currency=currency)


async def test_gifts_received_are_listed_newest_first(
    client: httpx.AsyncClient, stage: Stage, vera: SignedIn, nora: SignedIn
) -> None:
    stream = await stage.stream("Piano")
    given = [await stage.give(vera, f"streams/{stream}", "rose", n) for n in (1, 2, 3)]
    assert {response.status_code for _, response in given} == {201}
    items: list[Any] = []
    cursor: str | None = None
    for _ in range(3):
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/creator/gifts", params=query, headers=nora.headers)).json()
        assert len(page["items"]) == 1
        items += page["items"]
        cursor = page["next_cursor"]
    assert cursor is None
    assert [item["id"] for item in items] == [str(gift_id) for gift_id, _ in reversed(given)]
    newest = items[0]
    assert newest["sender"] == {"id": str(vera.id), "display_name": "Vera"}
    assert (newest["gift"]["slug"], newest["gift"]["name"]) == ("rose", "Rose")
    assert (newest["count"], newest["coins"], newest["milli_diamonds"]) == (3, 3, 1500)
    assert newest["share_bp"] == 5000
    assert (newest["room_id"], newest["room_title"]) == (stream, "Piano")
    at = datetime.fromisoformat(newest["at"])
    midnight = datetime.combine(at.date() + timedelta(days=22), time.min, UTC)
    assert datetime.fromisoformat(newest["available_at"]) == midnight


async def test_gifts_received_say_what_a_dispute_took_and_what_came_back(
    client: httpx.AsyncClient, stage: Stage, vera: SignedIn, nora: SignedIn, db: Database
) -> None:
    stream = await stage.stream("Piano")
    for count in (300, 500):
        assert (await stage.give(vera, f"streams/{stream}", "rose", count))[1].status_code == 201
    async with db.read() as conn:
        (lot,) = (await ledger.lots(conn, vera.id)).items

    async def taken() -> list[tuple[int, int]]:
        page = (await client.get("/v1/creator/gifts", headers=nora.headers)).json()
        return [(row["milli_diamonds"], row["reversed_milli_diamonds"]) for row in page["items"]]

    assert await taken() == [(250_000, 0), (150_000, 0)]
    async with db.transaction() as conn:  # 600 of 1,000 coins: 200 unused, 400 of the last gift
        await ledger.record_reversal(
            conn,
            owner_id=vera.id,
            order_id=lot.id,
            cause_id="dispute",
            kind="chargeback",
            amount_minor=635,
        )
    assert await taken() == [(250_000, 200_000), (150_000, 0)]
    async with db.transaction() as conn:
        await ledger.cancel_reversal(conn, owner_id=vera.id, order_id=lot.id, cause_id="dispute")
    assert await taken() == [(250_000, 0), (150_000, 0)]


async def test_misuse_is_refused(
    client: httpx.AsyncClient, users: MakeUser, nora: SignedIn
) -> None:
    vera = await users()
    for path in ("earnings", "gifts"):
        answer = await client.get(f"/v1/creator/{path}", headers=vera.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_a_creator")
        assert (await client.get(f"/v1/creator/{path}")).status_code == 401
    for days in ("0", "367", "-1", "x"):
        query = {"days": days}
        answer = await client.get("/v1/creator/earnings", params=query, headers=nora.headers)
        assert answer.json()["errors"][0]["field"] == "days"
    for cursor in ("nonsense", "x" * 501, "AAAA", "%00"):
        url = f"/v1/creator/gifts?cursor={cursor}"
        answer = await client.get(url, headers=nora.headers)
        assert answer.status_code in (400, 422), cursor


async def test_others_see_only_their_own(
    client: httpx.AsyncClient, stage: Stage, vera: SignedIn, users: MakeUser
) -> None:
    stream = await stage.stream("Piano")
    assert (await stage.give(vera, f"streams/{stream}", "rose"))[1].status_code == 201
    theo = await users("Theo", roles={Role.CREATOR})
    assert (await earnings(client, theo))["total_milli_diamonds"] == 0
    page = await client.get("/v1/creator/gifts", headers=theo.headers)
    assert page.json() == {"items": [], "next_cursor": None}
