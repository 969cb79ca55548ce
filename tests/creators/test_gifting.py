"""Becoming a creator, and switching gifts on and off."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest

from largesse import creators
from largesse.creators import NotEligible
from largesse.db import Database
from largesse.identity import Role
from largesse.types import now
from tests.creators.conftest import Stage
from tests.fixtures_identity import MakeUser, SignedIn


async def rows(db: Database, sql: str, *values: object) -> list[Any]:
    async with db.read() as conn:
        return await (await conn.execute(sql, values)).fetchall()


async def switch(client: httpx.AsyncClient, user: SignedIn, enabled: object) -> httpx.Response:
    body = {"enabled": enabled}
    return await client.post("/v1/creator/gifting", json=body, headers=user.headers)


async def test_anybody_becomes_a_creator_once(
    client: httpx.AsyncClient, users: MakeUser, db: Database
) -> None:
    vera = await users()
    answers = [await client.post("/v1/creator", headers=vera.headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert not answers[0].json()["gifting"]
    me = (await client.get("/v1/me", headers=vera.headers)).json()
    assert me["roles"] == ["viewer", "creator"]
    audit = await rows(db, "SELECT action FROM audit WHERE actor_id = %s", vera.id)
    assert audit == [("creator.begin",)]
    assert (await client.post("/v1/creator")).status_code == 401


async def test_every_reason_tells_what_one_has_and_needs(
    client: httpx.AsyncClient, users: MakeUser
) -> None:
    today = now().date()
    mina = await users(
        "Mina",
        roles={Role.CREATOR},
        country="JP",
        birth_date=date(today.year - 19, 1, 1),
        account_age_days=29,
        followers=999,
    )
    view = (await client.get("/v1/creator/eligibility", headers=mina.headers)).json()
    assert view == {
        "eligible": False,
        "gifting": False,
        "reasons": [
            {"code": "followers", "met": False, "have": 999, "need": 1000},
            {"code": "age", "met": False, "have": 19, "need": 20},
            {"code": "account_age", "met": False, "have": 29, "need": 30},
            {"code": "country", "met": True, "have": None, "need": None},
        ],
    }


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, None),
        ({"followers": 999}, "followers"),
        ({"account_age_days": 29}, "account_age"),
        ({"country": "IN"}, "country"),
        ({"birth_date": date(2015, 1, 1)}, "age"),
    ],
)
async def test_one_missing_condition_is_enough(
    db: Database, users: MakeUser, changes: dict[str, Any], missing: str | None
) -> None:
    creator = {"followers": 1000, "account_age_days": 30, **changes}
    nora = await users("Nora", roles={Role.CREATOR}, **creator)
    async with db.read() as conn:
        view = await creators.eligibility(conn, nora.user)
    assert [reason.code for reason in view.reasons if not reason.met] == [missing] * bool(missing)
    assert view.eligible is (missing is None)


async def test_the_rule_is_data(db: Database, users: MakeUser) -> None:
    nora = await users("Nora", roles={Role.CREATOR}, followers=10)
    with pytest.raises(NotEligible):
        await creators.set_gifting(db, nora.user, enabled=True)
    async with db.transaction() as conn:
        await conn.execute(
            "INSERT INTO creator_rule SELECT now(), 10, post_followers_min, account_age_min_days,"
            " recent_public_post_days FROM creator_rule"
        )
    assert (await creators.set_gifting(db, nora.user, enabled=True)).gifting


async def test_the_switch_needs_the_role_and_the_conditions(
    client: httpx.AsyncClient, users: MakeUser, db: Database
) -> None:
    vera, nora = await users(), await users("Nora", roles={Role.CREATOR}, followers=999)
    answer = await switch(client, vera, True)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_creator")
    refused = await switch(client, nora, True)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_eligible")
    assert refused.json()["reasons"][0] == {
        "code": "followers", "met": False, "have": 999, "need": 1000,
    }  # fmt: skip
    assert await rows(db, "SELECT gifting FROM creator WHERE id = %s", nora.id) == [(False,)]
    for wrong in ("true", 1, None):
        assert (await switch(client, nora, wrong)).status_code == 422


async def test_open_rooms_follow_the_switch(
    client: httpx.AsyncClient, users: MakeUser, db: Database
) -> None:
    nora = await users("Nora", roles={Role.CREATOR}, followers=1000)
    stage = Stage(client, nora)
    stream = await stage.stream("Piano")
    gifting = "SELECT gifting FROM room WHERE id = %s"
    assert await rows(db, gifting, stream) == [(False,)]
    for enabled in (True, True, False):
        view = (await switch(client, nora, enabled)).json()
        assert view["gifting"] is enabled
        assert await rows(db, gifting, stream) == [(enabled,)]
    audit = "SELECT data FROM audit WHERE action = 'creator.gifting' AND actor_id = %s ORDER BY created_at"
    assert await rows(db, audit, nora.id) == [({"enabled": True},), ({"enabled": False},)]


async def test_a_new_room_opens_as_the_switch_stands(stage: Stage, db: Database) -> None:
    stream = await stage.stream("Piano")
    assert await rows(db, "SELECT gifting FROM room WHERE id = %s", stream) == [(True,)]


async def test_who_is_no_longer_eligible_can_switch_off_but_not_on(
    client: httpx.AsyncClient, nora: SignedIn, db: Database
) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE follower_count SET followers = 5")
    off = await switch(client, nora, False)
    assert (off.status_code, off.json()["gifting"], off.json()["eligible"]) == (200, False, False)
    assert (await switch(client, nora, True)).status_code == 409


async def test_rooms_agree_with_the_switch_whoever_comes_at_once(
    db: Database, stage: Stage, nora: SignedIn
) -> None:
    stream = await stage.stream("Piano")
    posts = await asyncio.gather(
        *(stage.post(f"Post {number}") for number in range(4)),
        *(creators.set_gifting(db, nora.user, enabled=n % 2 == 0) for n in range(7)),
    )
    switched = await rows(db, "SELECT gifting FROM creator WHERE id = %s", nora.id)
    rooms = "SELECT DISTINCT gifting FROM room WHERE id = ANY (%s::uuid[])"
    assert await rows(db, rooms, [stream, *posts[:4]]) == switched


async def test_holds_are_data_with_a_date(db: Database) -> None:
    async with db.transaction() as conn:
        assert (await creators.hold_days(conn, now()))["card"] == 21
        await conn.execute("INSERT INTO hold_rule VALUES (now(), 'card', 14)")
        holds = await creators.hold_days(conn, now())
        await creators.load_defaults(conn)
        assert await creators.hold_days(conn, now()) == holds
    assert holds == {
        "app_store": 7, "google_play": 7, "card": 14, "paypal": 21, "new_viewer": 30, "bonus": 0,
    }  # fmt: skip
