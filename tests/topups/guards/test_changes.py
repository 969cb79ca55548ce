"""Rules are changed by a new row, from a moment on, and the change is on record."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from largesse import cli
from largesse.db import Database
from largesse.topups.errors import GuardChangeInvalid, GuardUnknown, LimitReached
from largesse.topups.guards import queries
from largesse.topups.guards.changes import change_rule
from largesse.topups.guards.model import Action, GuardRule, Measure, Subject
from largesse.types import now
from tests.topups.guards.desk import Desk, holding, rule

OLU = UUID(int=7)


async def change(desk: Desk, name: str = "person_day", **fields: Any) -> GuardRule:
    async with desk.services.db.transaction() as conn:
        return await change_rule(conn, OLU, name, **fields)


async def test_a_change_holds_at_once_and_is_on_record(desk: Desk) -> None:
    await desk.rules(rule(Measure.COINS, 100, name="person_day"))
    with pytest.raises(LimitReached):
        await desk.order(350)
    changed = await change(desk, amount=350)
    assert (changed.amount, changed.action) == (350, Action.REFUSE)
    await desk.order(350)
    ((actor, data),) = await desk.shop.rows(
        "SELECT actor_id, data FROM audit WHERE action = 'guard.change'"
    )
    assert (actor, data["rule"], data["amount"]) == (OLU, "person_day", [100, 350])


async def test_a_change_may_wait_for_its_day(desk: Desk) -> None:
    await desk.rules(rule(Measure.COINS, 350, name="person_day"))
    tomorrow = now() + timedelta(days=1)
    await change(desk, action=Action.OFF, valid_from=tomorrow)
    async with desk.services.db.read() as conn:
        (today,) = await queries.rules_at(conn, now())
        (then,) = await queries.rules_at(conn, tomorrow)
    assert (today.action, then.action) == (Action.REFUSE, Action.OFF)
    with pytest.raises(GuardChangeInvalid):  # two at one moment would leave it open which holds
        await change(desk, amount=1, valid_from=tomorrow)


async def test_what_changes_nothing_or_cannot_be_is_refused(desk: Desk) -> None:
    await desk.rules(rule(Measure.COINS, 350, name="person_day"))
    wrong: list[dict[str, Any]] = [
        {},
        {"amount": 350},
        {"amount": -1},
        {"amount": 2**63},
        {"amount": 1, "valid_from": datetime(2026, 1, 1, tzinfo=UTC)},
    ]
    for fields in wrong:
        with pytest.raises(GuardChangeInvalid):
            await change(desk, **fields)
    assert await desk.shop.column("SELECT count(*) FROM guard_rule") == [1]


async def test_a_card_cannot_be_refused_before_it_is_known(desk: Desk) -> None:
    await desk.rules(holding(Measure.COINS, 1, subject=Subject.CARD, name="card_day"))
    with pytest.raises(GuardChangeInvalid, match="card"):
        await change(desk, "card_day", action=Action.REFUSE)
    with pytest.raises(GuardUnknown):
        await change(desk, "no_such_rule", amount=1)


async def test_the_commands(
    db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)

    async def run(*words: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, cli.app, ["guards", *words])
        assert done.exit_code == 0, done.output
        return done.output

    listed = await run("list")
    assert (
        "person_day             refuse  person: more than 100,000 coins within 24 hours" in listed
    )
    assert "accounts younger than 7 days" in listed
    await run("set", "person_day", "--amount", "5000", "--action", "hold")
    await run("set", "person_day", "--action", "off", "--from", "2999-01-01")
    assert "person_day             hold    person: more than 5,000 coins" in await run("list")
    async with db.read() as conn:
        cursor = await conn.execute("SELECT count(*) FROM audit WHERE action = 'guard.change'")
        assert await cursor.fetchone() == (2,)
