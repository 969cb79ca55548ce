"""Free coins: claimed once or once a day, and given by operators, over the API."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from largesse import ledger
from largesse.db import Database
from largesse.errors import AppError
from largesse.identity import Role
from largesse.promotions import claims, service
from largesse.promotions.schemas import Claim
from largesse.types import PLATFORM_ID, living_by, new_id, now
from tests.fixtures_identity import MakeUser, SignedIn
from tests.promotions.stand import DAY, Stand, body


async def claim(stand: Stand, slug: str = "free", code: str | None = None) -> Claim:
    return (await claims.claim(stand.shop.services, stand.shop.buyer, slug, code=code)).claim


async def refused(stand: Stand, slug: str = "free", code: str | None = None) -> str:
    with pytest.raises(AppError) as caught:
        await claim(stand, slug, code)
    return caught.value.code


async def test_free_coins_are_claimed_once_whoever_asks_how_often(stand: Stand) -> None:
    await stand.add("free", "grant", coins=20, bonus_expires_days=7, budget=30)
    answers = await asyncio.gather(*(claim(stand) for _ in range(4)))
    assert {answer.coins for answer in answers} == {20}
    assert len({answer.expires_at for answer in answers}) == 1
    assert (await stand.shop.wallet()).coins_bonus == 20
    await service.end(stand.shop.services.db, PLATFORM_ID, "free")
    assert (await claim(stand)).coins == 20  # as before
    shown = await stand.promotion("free")
    assert (shown.cost.coins, shown.cost.uses, shown.budget_left) == (20, 1, 10)


async def test_daily_coins_come_once_a_day(stand: Stand) -> None:
    await stand.add("free", "grant", coins=5, daily=True, ends_at=now() + 9 * DAY)
    start = now()
    for days in (0, 0, 1, 1, 3):
        with living_by(lambda days=days: start + days * DAY):  # type: ignore[misc]
            await claim(stand)
    assert (await stand.shop.wallet()).coins_bonus == 15


async def test_a_claim_that_is_not_for_you_says_why(stand: Stand) -> None:
    cases: list[tuple[dict[str, Any], str | None, str]] = [
        ({"countries": ["DE"]}, None, "promotion_not_for_you"),
        ({"starts_at": now() + DAY / 2}, None, "promotion_not_yet"),
        ({"budget": 4}, None, "promotion_used_up"),
        ({"code": "SECRET"}, None, "promotion_unknown"),
        ({"code": "HIDDEN"}, "hiddens", "promotion_unknown"),
        ({"kind": "bonus"}, None, "nothing_to_claim"),
    ]
    for number, (change, code, expected) in enumerate(cases):
        slug = f"free-{number}"
        await stand.add(**{"slug": slug, "kind": "grant", "coins": 5, **change})
        assert await refused(stand, slug, code) == expected
    assert (await stand.shop.wallet()).coins_bonus == 0


async def test_a_claim_with_its_code_and_of_an_unknown_promotion(stand: Stand) -> None:
    await stand.add("free", "grant", coins=5, code="Secret", uses_max=1)
    assert (await claim(stand, code="SECRET")).coins == 5
    assert await refused(stand, "another") == "promotion_unknown"


async def test_a_frozen_wallet_claims_nothing(stand: Stand) -> None:
    await stand.add("free", "grant", coins=5)
    await stand.shop.execute(
        "INSERT INTO balance (owner_id, code, frozen) VALUES (%s, 1, true)", stand.shop.buyer.id
    )
    assert await refused(stand) == ledger.WalletFrozen.code


@pytest.fixture
async def operator(users: MakeUser) -> SignedIn:
    return await users("Olga", roles={Role.OPERATOR})


@pytest.fixture
async def viewer(users: MakeUser) -> SignedIn:
    return await users("Vera")


async def test_an_operator_gives_coins_once_per_key(
    client: httpx.AsyncClient, operator: SignedIn, viewer: SignedIn, db: Database
) -> None:
    wish = {
        "user_id": str(viewer.id),
        "coins": 40,
        "reason": "Sorry for the outage",
        "expires_days": 3,
    }
    headers = {**operator.headers, "Idempotency-Key": "sorry-1"}

    async def give(**change: Any) -> httpx.Response:
        return await client.post(
            "/v1/operator/grants", json={**wish, **change}, headers={**headers}
        )

    first, second = await give(), await give()
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    other = await give(coins=41)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    wallet = (await client.get("/v1/wallet", headers=viewer.headers)).json()
    assert wallet["coins_bonus"] == 40
    assert [each["coins"] for each in wallet["bonus_expiring"]] == [40]
    assert wallet["bonus_expiring"][0]["expires_at"] == first.json()["expires_at"]
    lines = (await client.get("/v1/wallet/transactions", headers=viewer.headers)).json()["items"]
    assert [(line["kind"], line["coins_bonus"], line["order_id"]) for line in lines] == [
        ("grant_bonus", 40, None)
    ]
    async with db.read() as conn:
        cursor = await conn.execute(
            "SELECT data ->> 'reason' FROM audit WHERE action = 'bonus_granted'"
        )
        assert await cursor.fetchall() == [(wish["reason"],)]
    month = f"{now():%Y-%m}"
    statement = await client.get(f"/v1/wallet/statements/{month}", headers=viewer.headers)
    assert statement.json()["closing"]["coins_bonus"] == 40


async def test_a_grant_that_cannot_be(client: httpx.AsyncClient, operator: SignedIn) -> None:
    cases: list[tuple[dict[str, Any], str | None, str]] = [
        ({}, None, "grant_key_missing"),
        ({}, "with blank", "grant_key_missing"),
        ({"user_id": str(new_id())}, "k", "grant_receiver_unknown"),
        ({"user_id": str(PLATFORM_ID)}, "k", "grant_receiver_unknown"),
        ({"coins": 0}, "k", "validation_failed"),
        ({"reason": " "}, "k", "validation_failed"),
    ]
    for change, key, code in cases:
        wish = {"user_id": str(operator.id), "coins": 40, "reason": "Thanks", **change}
        headers = operator.headers | ({"Idempotency-Key": key} if key else {})
        answer = await client.post("/v1/operator/grants", json=wish, headers=headers)
        assert (answer.status_code >= 400, answer.json()["code"]) == (True, code)


async def test_what_people_see_never_shows_a_code(
    client: httpx.AsyncClient, operator: SignedIn, viewer: SignedIn
) -> None:
    for slug, kind, change in (
        ("coins", "grant", {"coins": 5}),
        ("off", "discount", {"bp": 500, "code": "TOPSECRET", "channels": ["web"]}),
        ("abroad", "bonus", {"bp": 500, "countries": ["DE"]}),
        ("later", "bonus", {"bp": 500, "starts_at": now() + timedelta(hours=1)}),
    ):
        wish = body(slug, kind, **change).model_dump(mode="json")
        made = await client.post("/v1/operator/promotions", json=wish, headers=operator.headers)
        assert made.status_code == 201, made.text

    async def seen(headers: dict[str, str], query: str = "") -> dict[str, tuple[bool, bool, bool]]:
        answer = await client.get(f"/v1/promotions{query}", headers=headers)
        assert answer.status_code == 200
        assert "TOPSECRET" not in answer.text
        return {
            item["slug"]: (item["code_needed"], item["claimable"], item["claimed"])
            for item in answer.json()["items"]
            if item["slug"] in ("coins", "off", "abroad", "later")
        }

    unclaimed = {"coins": (False, True, False), "off": (True, False, False)}
    assert await seen(viewer.headers) == unclaimed
    german = await seen({}, "?country=DE&channel=app_store")
    assert german == {"coins": (False, False, False), "abroad": (False, False, False)}
    answer = await client.post("/v1/promotions/coins/claim", headers=viewer.headers)
    assert (answer.status_code, answer.json()["coins"]) == (201, 5)
    again = await client.post("/v1/promotions/coins/claim", json={}, headers=viewer.headers)
    assert (again.status_code, again.json()) == (200, answer.json())
    assert (await seen(viewer.headers))["coins"] == (False, False, True)
    assert (await client.post("/v1/promotions/coins/claim")).status_code == 401


async def test_quotes_show_what_a_code_gives_and_guessing_is_limited(
    client: httpx.AsyncClient, viewer: SignedIn
) -> None:
    packages = (await client.get("/v1/coin-packages?country=US")).json()["items"]
    wish = {"package_id": packages[2]["id"], "country": "US"}

    async def quote(**change: Any) -> httpx.Response:
        return await client.post("/v1/quotes", json={**wish, **change}, headers=viewer.headers)

    plain, cheap = (await quote()).json(), (await quote(code="welcome10")).json()
    assert plain["promotions"] == []
    off = cheap["discount"]["amount_minor"]
    assert off == plain["total"]["amount_minor"] // 10
    assert cheap["list_price"] == plain["total"]
    assert cheap["total"]["amount_minor"] == plain["total"]["amount_minor"] - off
    assert cheap["promotions"] == [
        {
            "slug": "welcome",
            "title": "10 % off",
            "kind": "discount",
            "coins": 0,
            "discount_minor": off,
            "bonus_expires_days": None,
        }
    ]
    bonus = (await quote(code="FIRST20")).json()
    assert bonus["coins_bonus"] == plain["coins_bonus"] + packages[2]["coins"] // 5
    assert bonus["promotions"][0]["bonus_expires_days"] == 90
    codes = [(await quote(code=f"guess-{number}")).json()["code"] for number in range(30)]
    assert codes[0] == "promotion_unknown"
    assert codes[-1] == "too_many_codes"
    assert (await quote()).status_code == 200
