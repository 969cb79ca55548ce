"""Promotions as operators make, import, list and end them."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from largesse.cli import app as cli
from largesse.db import Database
from largesse.errors import AppError
from largesse.identity import Role
from largesse.promotions.errors import PromotionExists, PromotionInvalid
from largesse.promotions.schemas import PromotionBody
from largesse.promotions.service import assert_sensible
from largesse.types import now
from tests.fixtures_identity import MakeUser
from tests.promotions.stand import DAY, Stand, body


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("bonus", {}),
        ("bonus", {"coins": 5, "daily": True}),
        ("bonus", {"coins": 5, "budget": 5, "currency": "USD"}),
        ("bonus", {"coins": 5, "ends_at": now() - DAY / 2}),
        ("discount", {}),
        ("discount", {"bp": 10_001}),
        ("discount", {"bp": 100, "coins": 1}),
        ("discount", {"bp": 100, "budget": 100}),
        ("discount", {"bp": 100, "currency": "USD"}),
        ("discount", {"bp": 100, "bonus_expires_days": 3}),
        ("grant", {}),
        ("grant", {"coins": 5, "first_recharge": True}),
        ("grant", {"coins": 5, "channels": ["web"]}),
        ("grant", {"coins": 5, "stacks": True}),
    ],
)
def test_what_makes_no_sense_is_refused(kind: str, change: dict[str, Any]) -> None:
    with pytest.raises(PromotionInvalid):
        assert_sensible(body("odd", kind, **change), now())


async def test_a_slug_and_a_code_are_taken_once_whatever_their_case(stand: Stand) -> None:
    with pytest.raises(PromotionInvalid):
        await stand.add("odd", "bonus", coins=5, countries=["ZZ"])
    await stand.add("one", "bonus", coins=5, code="Same")
    for slug, code in (("one", None), ("two", "sAME")):
        with pytest.raises(PromotionExists):
            await stand.add(slug, "bonus", coins=5, code=code)


async def test_only_operators_may_and_what_they_do_is_kept(
    client: httpx.AsyncClient, users: MakeUser, db: Database
) -> None:
    operator, viewer = await users("Olga", roles={Role.OPERATOR}), await users("Vera")
    wish = body("spring", "bonus", coins=5).model_dump(mode="json")
    address = "/v1/operator/promotions"
    assert (await client.post(address, json=wish, headers=viewer.headers)).status_code == 403
    assert (await client.get(address)).status_code == 401
    made = await client.post(address, json=wish, headers=operator.headers)
    assert made.status_code == 201
    again = await client.post(address, json=wish, headers=operator.headers)
    assert (again.status_code, again.json()["code"]) == (409, "promotion_exists")
    for _ in range(2):
        ended = await client.post(f"{address}/spring/end", headers=operator.headers)
        assert ended.status_code == 200
    missing = await client.post(f"{address}/autumn/end", headers=operator.headers)
    assert (missing.status_code, missing.json()["code"]) == (404, "promotion_unknown")
    listed = await client.get(f"{address}?limit=1", headers=operator.headers)
    assert listed.json()["next_cursor"] is not None
    async with db.read() as conn:
        cursor = await conn.execute(
            "SELECT action FROM audit WHERE actor_id = %s ORDER BY created_at", (operator.id,)
        )
        assert await cursor.fetchall() == [("promotion_added",), ("promotion_ended",)]


def _wish(slug: str, **change: Any) -> dict[str, Any]:
    found: dict[str, Any] = body(slug, "bonus", coins=5, **change).model_dump(mode="json")
    return found


def test_the_command_line_imports_lists_and_ends(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    file = tmp_path / "promotions.json"
    wishes = [_wish("one", code="ONE"), _wish("two", budget=100)]
    file.write_text(json.dumps({"promotions": wishes}))

    def run(*words: str) -> str:
        result = CliRunner().invoke(cli, ["promotions", *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    assert run("import", str(file)) == "2 new, 0 there before.\n"
    assert run("import", str(file)) == "0 new, 2 there before.\n"
    assert run("end", "one").startswith("one ended at ")
    listed = json.loads(run("list", "--json"))["promotions"]
    assert [(each["slug"], each["budget_left"]) for each in listed] == [("one", None), ("two", 100)]
    assert "two" in run("list")
    wishes = [_wish("three"), {**wishes[1], "coins": 6}]
    file.write_text(json.dumps({"promotions": wishes}))
    with pytest.raises(PromotionExists):
        run("import", str(file))
    assert len(json.loads(run("list", "--json"))["promotions"]) == 2  # all or none


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"promotions": [{}]}', b'{"promotions": 1}'])
def test_a_broken_file_is_named(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "promotions.json"
    file.write_bytes(text)
    with pytest.raises(AppError) as caught:
        CliRunner().invoke(cli, ["promotions", "import", str(file)], catch_exceptions=False)
    assert caught.value.code == "promotion_invalid"


def test_a_promotion_says_what_it_means() -> None:
    made = PromotionBody.model_validate(_wish("spring"))
    assert (made.stacks, made.priority, made.per_person_max) == (False, 100, None)
