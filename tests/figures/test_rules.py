"""`largesse rules`: figures of live rooms are scheduled from a file, all or none, and never changed in place."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner, Result

from largesse import (
    gifts,
    goals,
    messages,
    moderation,
    overlays,
    recognition,
    rooms,
    streaks,
)
from largesse.cli import app
from largesse.db import Connection, Database
from largesse.figures import FigureSet, queries, service
from largesse.figures.errors import RulesTaken
from largesse.messages.queries import message_rules
from largesse.types import PLATFORM_ID, now

MODULES = (moderation, gifts, goals, messages, overlays, recognition, rooms, streaks)
SETS: dict[str, FigureSet] = {module.FIGURES.name: module.FIGURES for module in MODULES}
LATER = (now() + timedelta(days=1)).replace(microsecond=0)


@pytest.fixture(autouse=True)
def _database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["rules", *words])


def shown(name: str, *more: str) -> dict[str, Any]:
    done = run("show", name, *more)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def put(folder: Path, name: str, figures: dict[str, Any], *more: str) -> Result:
    file = folder / f"{name}.json"
    file.write_text(json.dumps(figures))
    return run("set", name, str(file), *more)


def refused(done: Result) -> str:
    """The code of the error that the command ends with."""
    assert done.exit_code == 1
    assert done.exception is not None
    return str(getattr(done.exception, "code", done.exception))


def stored(database_url: str) -> dict[str, list[Any]]:
    """Every row of every table, and what the audit log says of rules."""
    tables = [table for each in SETS.values() for table in each.tables]
    with psycopg.connect(database_url) as conn:
        found = {
            table: conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608
            for table in tables
        }
        found["audit"] = conn.execute(
            "SELECT actor_id, action, data FROM audit WHERE action LIKE 'rules.%' ORDER BY created_at"
        ).fetchall()
    return found


@pytest.mark.parametrize("name", SETS)
def test_what_is_shipped_can_be_shown_and_set(name: str, database_url: str, tmp_path: Path) -> None:
    figures = shown(name)
    done = put(tmp_path, name, {**figures, "valid_from": LATER.isoformat()})
    assert done.output.strip() == f"{name} from {LATER:%Y-%m-%dT%H:%M:%S}Z is scheduled."
    assert shown(name) == figures
    assert shown(name, "--at", f"{LATER:%Y-%m-%dT%H:%M:%S}") == {
        **figures,
        "valid_from": f"{LATER:%Y-%m-%dT%H:%M:%S}Z",
    }
    listed = json.loads(run("list", "--json").output)["rules"]
    starts = next(each["valid_from"] for each in listed if each["name"] == name)
    assert len(starts) == 2
    assert f"{LATER:%Y-%m-%dT%H:%M:%S}" in run("list").output
    actor, action, data = stored(database_url)["audit"][-1]
    assert (actor, action, data["name"]) == (PLATFORM_ID, "rules.set", name)


@pytest.mark.parametrize("name", SETS)
def test_the_model_has_every_column(name: str, database_url: str) -> None:
    wanted = SETS[name]
    fields = set(wanted.model.model_fields)
    expected = {wanted.table: fields - set(wanted.lists)}
    for rows in wanted.lists.values():
        expected[rows.table] = {*rows.part.model_fields, "valid_from", rows.number}
    with psycopg.connect(database_url) as conn:
        for table, columns in expected.items():
            found = conn.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,)
            ).fetchall()
            assert {row[0] for row in found} == columns, table


async def test_rooms_go_by_new_figures_from_their_moment_on(db: Database, tmp_path: Path) -> None:
    figures = await asyncio.to_thread(shown, "messages")
    tiers = [{**figures["paid_message_tiers"][0], "coins_min": 7, "color": "#123456"}]
    marks = [*figures["cheer_marks"], {"name": "bravo", "alt": "A rose that is thrown"}]
    changed = {
        **figures,
        "valid_from": LATER.isoformat(),
        "paid_message_tiers": tiers,
        "cheer_marks": marks,
    }
    assert (await asyncio.to_thread(put, tmp_path, "messages", changed)).exit_code == 0
    async with db.read() as conn:
        rules = await message_rules(conn)
    before = LATER - timedelta(seconds=1)
    assert len(rules.tiers.paid.at(before)) == len(figures["paid_message_tiers"])
    (tier,) = rules.tiers.paid.at(LATER)
    assert (tier.tier, tier.coins_min, tier.color) == (1, 7, "#123456")
    assert [mark.name for mark in rules.tiers.marks.at(LATER)][-2:] == ["comet", "bravo"]
    assert rules.limits_at(LATER).paid_coins_max == figures["paid_coins_max"]


def test_a_dry_run_and_the_same_again_change_nothing(database_url: str, tmp_path: Path) -> None:
    figures = {**shown("goals"), "open_max": 3, "valid_from": LATER.isoformat()}
    before = stored(database_url)
    assert "would be scheduled" in put(tmp_path, "goals", figures, "--dry-run").output
    assert stored(database_url) == before
    assert "is scheduled" in put(tmp_path, "goals", figures).output
    once = stored(database_url)
    assert "was scheduled before" in put(tmp_path, "goals", figures).output
    assert refused(put(tmp_path, "goals", {**figures, "open_max": 4})) == "rules_taken"
    assert stored(database_url) == once
    sooner = {**figures, "valid_from": (LATER - timedelta(hours=1)).isoformat()}
    assert (
        f"odd: others are scheduled from {LATER:%Y-%m-%d}" in put(tmp_path, "goals", sooner).output
    )


NONSENSE: list[tuple[str, dict[str, Any], str]] = [
    ("goals", {"open_max": 0}, "open_max"),
    ("goals", {"open_max": "5"}, "open_max"),
    ("goals", {"open_max": 5.5}, "open_max"),
    ("goals", {"parts_max": 101}, "parts_max"),
    ("goals", {"target_max": 2**63}, "target_max"),
    ("goals", {"colour": "red"}, "colour"),
    ("goals", {"valid_from": "2027-01-01T00:00:00"}, "valid_from"),
    ("goals", {"valid_from": "soon"}, "valid_from"),
    ("goals", {"valid_from": "2020-01-01T00:00:00Z"}, "past is never changed"),
    ("goals", {"valid_from": None}, "valid_from"),
    ("goals", {"valid_from": "2099-01-01T00:00:00.5Z"}, "whole second"),
    ("goals", {"valid_from": "9999-12-31T23:00:00-14:00"}, "after the last"),
    ("chat", {"slow_mode_s": 601}, "slow_mode_s is above"),
    ("chat", {"links": 1}, "links"),
    ("gifts", {"post_gift_coins_min": 4000}, "post_gift_coins_min is above"),
    ("overlays", {"decision_days": 1}, "decision_days"),
    ("messages", {"paid_message_tiers": []}, "paid_message_tiers"),
    ("messages", {"cheer_marks": [{"name": "Cheer5", "alt": "x"}]}, "cheer_marks"),
    ("messages", {"cheer_marks": [{"name": "wow", "alt": "x"}] * 2}, "twice"),
    ("messages", {"cheer_tiers": [{"coins_min": 1, "name": "x", "color": "red"}]}, "color"),
    (
        "messages",
        {"cheer_tiers": [{"coins_min": n, "name": "x", "color": "#000000"} for n in (5, 5)]},
        "must rise",
    ),
    ("messages", {"paid_coins_max": 9999}, "nobody can pay"),
]


@pytest.mark.parametrize(("name", "change", "said"), NONSENSE)
def test_nonsense_is_refused_with_what_is_wrong(
    name: str, change: dict[str, Any], said: str, database_url: str, tmp_path: Path
) -> None:
    before = stored(database_url)
    done = put(tmp_path, name, {**shown(name), "valid_from": LATER.isoformat(), **change})
    assert refused(done) == "rules_invalid"
    assert said in str(done.exception)
    assert stored(database_url) == before


def test_other_misuse_is_refused(tmp_path: Path) -> None:
    assert refused(run("show", "nothing")) == "rules_unknown"
    assert refused(run("show", "goals", "--at", "2001-01-01")) == "rules_not_scheduled"
    assert refused(run("withdraw", "goals", "2001-01-01")) == "rules_not_scheduled"
    assert refused(run("withdraw", "goals", "2026-01-01")) == "rules_not_scheduled"
    assert run("withdraw", "goals", "0001-01-01T00:00:00+1400").exit_code == 2
    assert run("show", "goals", "--at", "9999-12-31T23:00:00-1400").exit_code == 2
    file = tmp_path / "broken.json"
    for text in (b"", b"[]", b'{"open_max": 1', b"\xff", b"null"):
        file.write_bytes(text)
        assert refused(run("set", "goals", str(file))) == "rules_invalid"
    assert run("set", "goals", str(tmp_path / "none.json")).exit_code == 2


def test_what_has_not_begun_can_be_taken_back(database_url: str, tmp_path: Path) -> None:
    before = stored(database_url)
    figures = {**shown("messages"), "valid_from": LATER.isoformat(), "paid_coins_max": 20_000}
    assert put(tmp_path, "messages", figures).exit_code == 0
    done = run("withdraw", "messages", f"{LATER:%Y-%m-%dT%H:%M:%S}")
    assert "is withdrawn" in done.output
    after = stored(database_url)
    audit = after.pop("audit")
    assert after == {name: rows for name, rows in before.items() if name != "audit"}
    assert [row[1] for row in audit] == ["rules.set", "rules.withdraw"]
    assert audit[1][2]["figures"]["paid_coins_max"] == 20_000


async def test_of_two_at_once_one_is_refused_and_a_failure_leaves_nothing(
    db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = SETS["messages"]
    before = stored(database_url)
    found = (await service.show(db, wanted, now())).model_dump(mode="json")

    def given(coins: int) -> Any:
        changed = {
            **found,
            "valid_from": LATER.astimezone(UTC).isoformat(),
            "paid_coins_max": coins,
        }
        return wanted.read(json.dumps(changed))

    real = queries.insert

    async def failing(conn: Connection, table: str, row: dict[str, Any]) -> None:
        if table == "cheer_tier":
            raise ConnectionError("the database is away")
        await real(conn, table, row)

    monkeypatch.setattr(queries, "insert", failing)
    with pytest.raises(ConnectionError):
        await service.schedule(db, PLATFORM_ID, wanted, given(20_000), keep=True)
    assert stored(database_url) == before
    monkeypatch.undo()
    answers = await asyncio.gather(
        *(
            service.schedule(db, PLATFORM_ID, wanted, given(coins), keep=True)
            for coins in (20_000, 30_000)
        ),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in answers) == [RulesTaken.__name__, "Scheduled"]
    at = await service.show(db, wanted, LATER)
    assert at.model_dump()["paid_coins_max"] in (20_000, 30_000)
    assert isinstance(at.valid_from, datetime)
