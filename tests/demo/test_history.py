"""The demo's history: made once, right to the cent, ending yesterday, and only in an empty database."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, LiteralString

import pytest
from pydantic import SecretStr

from largesse import demo, finance, identity
from largesse.db import Database
from largesse.demo import history
from largesse.demo.data import HistoryData, load_history
from largesse.main import start_services
from largesse.services import Services
from largesse.settings import Settings
from largesse.types import living_by, new_id, now

DAYS = 11
"""Enough for the first incident, a refund in part."""


@pytest.fixture
async def services(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Services]:
    """On an empty database, with a shorter story than is shipped."""

    def shorter() -> HistoryData:
        data = load_history()
        incidents = [incident for incident in data.incidents if incident.day < DAYS]
        assert incidents
        return data.model_copy(update={"days": DAYS, "incidents": incidents})

    monkeypatch.setattr(history, "load_history", shorter)
    settings = Settings(demo=True, data_dir=tmp_path, DATABASE_URL=SecretStr(db.url))
    async with start_services(settings, url=db.url) as started:
        yield started


async def rows(db: Database, query: LiteralString) -> list[Any]:
    async with db.read() as conn:
        return await (await conn.execute(query)).fetchall()


async def test_the_history_can_be_closed_and_its_books_agree(
    services: Services, db: Database
) -> None:
    seeded = await demo.seed_history(services)
    assert seeded.new
    assert "viewer@demo.test" in seeded.welcome
    today = now().date()
    ((gifts, senders, recipients, first, last),) = await rows(
        db,
        "SELECT count(*), count(DISTINCT sender_id), count(DISTINCT recipient_id),"
        " min(created_at), max(created_at) FROM gift",
    )
    assert gifts > 50
    assert (senders > 3, recipients) == (True, 3)
    assert today - timedelta(days=DAYS) <= first.date() < last.date() < today
    assert await rows(db, "SELECT count(*) FROM gift_rest") == [(0,)]
    assert len(await rows(db, "SELECT FROM stream WHERE ended_at IS NULL")) == 3
    assert ("refund",) in await rows(db, "SELECT DISTINCT kind FROM transfer")
    assert await finance.close_due(db) is not None
    async with db.read() as conn:
        closed = await finance.last_closed(conn)
        assert closed is not None
        sheet = await finance.balance_sheet(conn, closed)
    assert sheet.mismatches() == []
    assert {asset.asset for asset in sheet.assets} >= {"COIN", "MDIA", "USD", "GBP"}


async def test_a_second_time_changes_nothing_but_the_password(
    services: Services, db: Database
) -> None:
    await demo.seed_history(services)
    count: LiteralString = "SELECT (SELECT count(*) FROM gift), (SELECT count(*) FROM transfer)"
    before = await rows(db, count)
    again = await demo.seed_history(services)
    assert not again.new
    assert await rows(db, count) == before


async def test_people_of_another_kind_are_left_alone(services: Services, db: Database) -> None:
    stranger = identity.new_user("Ada", "US", now().date() - timedelta(days=10_000))
    async with db.transaction() as conn:
        await identity.add_people(conn, [stranger])
    with pytest.raises(demo.HistoryRefused):
        await demo.seed_history(services)
    assert await rows(db, "SELECT display_name FROM app_user") == [("Ada",)]


def test_within_a_history_ids_and_moments_are_of_its_time() -> None:
    then = now() - timedelta(days=400)
    with living_by(lambda: then):
        assert now() == then
        made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(then.timestamp() * 1000)
    assert now() > then
    assert new_id().int >> 80 > made.int >> 80
