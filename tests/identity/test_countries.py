"""Countries: data with an age, a currency, and open or closed."""

import json
from pathlib import Path

import httpx
import pytest
from babel.numbers import get_currency_precision

from largesse import identity
from largesse.db import Database
from largesse.identity import CountryClosed, Underage
from largesse.types import now
from tests.fixtures_identity import MakeUser

RULES = Path(__file__).parents[2] / "src/largesse/identity/data/countries.json"


async def test_all_countries_in_pages(client: httpx.AsyncClient) -> None:
    whole = (await client.get("/v1/countries")).json()
    assert whole["next_cursor"] is None
    shipped = json.loads(RULES.read_text())["countries"]
    assert sorted(shipped, key=lambda c: c["name"]) == whole["items"]
    pieces: list[object] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client.get("/v1/countries", params={"limit": 4, "cursor": cursor})).json()
        assert len(page["items"]) <= 4
        pieces += page["items"]
        cursor = page["next_cursor"]
    assert pieces == whole["items"]


async def test_the_shipped_set_covers_the_special_cases(db: Database) -> None:
    async with db.read() as conn:
        found = await identity.countries(conn)
        ages = {country.code: country.age_min_years for country in found}
    assert (ages["US"], ages["KR"], ages["JP"]) == (18, 19, 20)
    assert {get_currency_precision(country.currency) for country in found} == {0, 2, 3}
    assert any(not country.open for country in found)


async def test_a_wrong_limit_is_refused(client: httpx.AsyncClient) -> None:
    for limit in ("0", "101", "-1", "x", "1.5"):
        response = await client.get("/v1/countries", params={"limit": limit})
        assert response.json()["errors"][0]["field"] == "limit"


async def test_a_country_closed_today_stops_spending_today(db: Database, users: MakeUser) -> None:
    vera = await users()
    async with db.transaction() as conn:
        await identity.assert_may_spend(conn, vera.user)
        await conn.execute("UPDATE country SET open = false WHERE code = 'US'")
        with pytest.raises(CountryClosed, match="United States"):
            await identity.assert_may_spend(conn, vera.user)


async def test_a_minor_is_told_the_age_and_the_country(db: Database, users: MakeUser) -> None:
    mina = await users("Mina", country="JP", birth_date=now().date().replace(day=1))
    async with db.transaction() as conn:
        with pytest.raises(Underage, match="age 20 or more in Japan"):
            await identity.assert_may_spend(conn, mina.user)


async def test_defaults_do_not_touch_what_an_operator_changed(db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute("DELETE FROM country WHERE code <> 'US'")
        await conn.execute("UPDATE country SET age_min_years = 21")
        await identity.load_defaults(conn)
        assert [(c.code, c.age_min_years) for c in await identity.countries(conn)] == [("US", 21)]
