"""Guards over HTTP and on the command line: what buyers and operators see."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from largesse import cli
from largesse.db import Database
from largesse.identity import Role
from largesse.settings import Settings
from largesse.topups.guards import queries
from largesse.topups.guards.model import GuardRule, Measure, Subject
from largesse.types import new_id, now
from tests.fixtures_identity import MakeUser, SignedIn
from tests.topups.guards.desk import holding, rule
from tests.topups.till import Till

SetRules = Callable[..., Awaitable[None]]


@pytest.fixture
def runs_jobs() -> bool:
    """Refunds and released payments are carried out by jobs."""
    return True


@pytest.fixture
def set_rules(db: Database) -> SetRules:
    """From now on these rules hold, and no others."""

    async def replace(*rules: GuardRule) -> None:
        async with db.transaction() as conn:
            await conn.execute("DELETE FROM guard_rule")
            for one in rules:
                await queries.insert_rule(conn, one, now() - timedelta(days=1))

    return replace


@pytest.fixture
async def operator(users: MakeUser) -> SignedIn:
    return await users("Olu", roles={Role.OPERATOR})


async def test_a_refused_order_says_which_limit_and_when(till: Till, set_rules: SetRules) -> None:
    await set_rules(rule(Measure.COINS, 500, name="person_day"))
    await till.order(350)
    answer = await till.post_order(await till.request(350))
    body = answer.json()
    assert (answer.status_code, body["code"]) == (429, "limit_reached")
    assert (body["limit"], body["measure"], body["amount"]) == ("person_day", "coins", 500)
    assert datetime.fromisoformat(body["ends_at"]) > now()
    assert int(answer.headers["Retry-After"]) == body["retry_after_s"] > 23 * 3600
    too_much = await till.post_order(await till.request(700))
    assert too_much.json()["ends_at"] is None
    assert "Retry-After" not in too_much.headers


async def test_a_device_is_known_by_what_it_sends(till: Till, db: Database) -> None:
    good = "abcdefgh-0001"
    for header in (good, "short", "x" * 101, "né" * 8):
        headers = {name.encode(): value.encode() for name, value in till.buyer.headers.items()}
        headers[b"Largesse-Device"] = header.encode()
        answer = await till.client.post("/v1/orders", json=await till.request(), headers=headers)
        assert answer.status_code == 201, answer.text
        async with db.read() as conn:
            cursor = await conn.execute(
                "SELECT visitor_device, visitor_address FROM top_up_order WHERE id = %s",
                (answer.json()["id"],),
            )
            ((kept, address),) = await cursor.fetchall()
        assert (kept is not None) is (header == good)
        assert kept != header
        assert address is None  # the test's address is not public


async def test_accounts_of_one_device_are_counted_together(
    till: Till, users: MakeUser, set_rules: SetRules
) -> None:
    await set_rules(rule(Measure.BUYERS, 1, subject=Subject.DEVICE))
    body = await till.request()
    device = {"Largesse-Device": "one-and-the-same-phone"}
    answers = [
        await till.client.post("/v1/orders", json=body, headers={**who.headers, **device})
        for who in (till.buyer, await users("Max"))
    ]
    assert [answer.status_code for answer in answers] == [201, 429]
    problem = answers[1].json()
    assert (problem["limit"], problem["ends_at"]) == (None, None)
    assert "device" not in answers[1].text


async def test_a_buyer_sees_his_limits(till: Till, set_rules: SetRules) -> None:
    await set_rules(
        rule(Measure.COINS, 1000, name="person_day"),
        rule(Measure.COINS, 500, name="new_account_day", account_age_max_days=200),
        rule(Measure.BUYERS, 1, subject=Subject.DEVICE),
        holding(Measure.COINS, 10, name="paid"),
    )
    await till.order(350)
    answer = await till.client.get("/v1/wallet/limits", headers=till.buyer.headers)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["coins_left"] == 150
    assert shown["text"] == "You can buy up to 150 more coins now."
    assert [item["name"] for item in shown["items"]] == ["new_account_day", "person_day"]
    made_at = till.buyer.user.created_at
    assert datetime.fromisoformat(shown["account_new_until"]) == made_at + timedelta(days=200)
    assert datetime.fromisoformat(shown["resets_at"]) > now() + timedelta(hours=23)
    assert (await till.client.get("/v1/wallet/limits")).status_code == 401


async def test_operators_review_over_http(
    till: Till, operator: SignedIn, set_rules: SetRules
) -> None:
    await set_rules(holding(Measure.ORDER_COINS, 0, name="any_order"))
    good, bad = await till.order(350), await till.order(700)
    for order in (good, bad):
        paid = await till.pay(order)
        assert (paid["state"], paid["held"]) == ("paid", True)
    http = till.client
    page = (await http.get("/v1/operator/holds?limit=1", headers=operator.headers)).json()
    assert [item["order_id"] for item in page["items"]] == [good["id"]]
    assert page["items"][0]["reasons"][0]["text"] == "One order of 350 coins; the limit is 0."
    assert page["next_cursor"]
    for order, verb, decision in ((good, "release", "released"), (bad, "return", "returned")):
        for _ in range(2):
            answer = await http.post(
                f"/v1/operator/holds/{order['id']}/{verb}", headers=operator.headers
            )
            assert (answer.status_code, answer.json()["decision"]) == (200, decision)
    assert (await till.show(good))["state"] == "credited"
    assert (await till.wallet())["coins_paid"] == 350
    other = f"/v1/operator/holds/{bad['id']}/release"
    assert (await http.post(other, headers=operator.headers)).json()["code"] == "hold_decided"
    shown = await http.get(f"/v1/operator/holds/{bad['id']}", headers=operator.headers)
    assert shown.json()["decided_by"] == str(operator.id)


async def test_only_operators_review(
    till: Till, operator: SignedIn, client: httpx.AsyncClient
) -> None:
    for path in ("", "/{id}", "/{id}/release", "/{id}/return"):
        address = f"/v1/operator/holds{path}".replace("{id}", str(new_id()))
        ask = client.post if path.endswith(("release", "return")) else client.get
        assert (await ask(address)).status_code == 401
        assert (await ask(address, headers=till.buyer.headers)).status_code == 403
        expected = 404 if path else 200
        assert (await ask(address, headers=operator.headers)).status_code == expected


async def reaches(till: Till, order: dict[str, Any], state: str) -> None:
    """Wait until an order is in a state."""
    deadline = now() + timedelta(seconds=20)
    while (await till.show(order))["state"] != state:
        assert now() < deadline, f"the order does not become {state}"
        await asyncio.sleep(0.05)


async def test_the_commands(
    till: Till,
    set_rules: SetRules,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert settings.database_url is not None
    monkeypatch.setenv("DATABASE_URL", settings.database_url.get_secret_value())

    async def run(*words: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, cli.app, ["holds", *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert "No payment waits" in await run("list")
    await set_rules(holding(Measure.ORDER_COINS, 0, name="any_order"))
    good, bad = await till.order(350), await till.order(700)
    for order in (good, bad):
        await till.pay(order)
    listed = await run("list")
    assert "350 coins  Vera  sandbox" in listed
    assert "- One order of 700 coins; the limit is 0." in listed
    assert '"any_order"' in await run("list", "--json")
    await run("release", good["id"])
    await run("return", bad["id"])
    assert "No payment waits" in await run("list")
    await reaches(till, good, "credited")  # the app's own worker carries it out
    await reaches(till, bad, "refunded")
    wrong = await asyncio.to_thread(CliRunner().invoke, cli.app, ["holds", "release", good["id"]])
    assert wrong.exit_code == 0  # again changes nothing
    assert (await till.wallet())["coins_paid"] == 350
