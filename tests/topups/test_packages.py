"""What is sold where: GET /v1/coin-packages and /v1/providers."""

from datetime import timedelta

import httpx

from largesse.db import Database
from largesse.topups import book_queries
from largesse.topups.rows import BookRow, CoinPackage
from largesse.types import new_id, now
from tests.fixtures_identity import MakeUser

CHANNELS = ["web", "app_store", "google_play"]


async def _list(client: httpx.AsyncClient, **params: str) -> httpx.Response:
    return await client.get("/v1/coin-packages", params=params)


async def test_the_web_sells_350_coins_for_370_cents_and_says_what_the_store_would_ask(
    client: httpx.AsyncClient,
) -> None:
    answer = (await _list(client, country="US", channel="web")).json()
    (package,) = [item for item in answer["items"] if item["coins"] == 350]
    assert package["net"] == {"amount_minor": 370, "currency": "USD"}
    assert package["tax"]["amount_minor"] == 0
    assert package["total"]["amount_minor"] == 370
    assert package["micro_per_coin"] == 10_571
    assert package["app_store_total"] == {"amount_minor": 529, "currency": "USD"}
    assert package["saving_bp"] == 3005
    assert (answer["tax_bp"], answer["tax_inclusive"], answer["currency"]) == (0, False, "USD")


async def test_a_store_is_not_compared_with_itself(client: httpx.AsyncClient) -> None:
    for item in (await _list(client, country="US", channel="app_store")).json()["items"]:
        assert item["saving_bp"] is None
        assert item["app_store_total"] is None


async def test_every_open_country_sells_on_every_channel_with_exact_tax(
    client: httpx.AsyncClient,
) -> None:
    countries = (await client.get("/v1/countries", params={"limit": 100})).json()["items"]
    open_countries = [country for country in countries if country["open"]]
    assert len(open_countries) >= 12
    for country in open_countries:
        for channel in CHANNELS:
            answer = (await _list(client, country=country["code"], channel=channel)).json()
            assert answer["currency"] == country["currency"]
            assert answer["items"]
            for item in answer["items"]:
                net, tax = item["net"]["amount_minor"], item["tax"]["amount_minor"]
                assert net + tax == item["total"]["amount_minor"]
                if channel == "web":
                    assert item["saving_bp"] > 0


async def test_tax_is_inclusive_or_exclusive_by_country(client: httpx.AsyncClient) -> None:
    for country, inclusive, tax_bp in (("DE", True, 1900), ("CA", False, 500), ("JP", True, 1000)):
        answer = (await _list(client, country=country)).json()
        assert (answer["tax_inclusive"], answer["tax_bp"]) == (inclusive, tax_bp)
        assert all(item["tax"]["amount_minor"] > 0 for item in answer["items"])


async def test_what_is_not_sold_says_why(client: httpx.AsyncClient) -> None:
    for params, status, code in (
        ({"country": "IN"}, 403, "country_closed"),
        ({"country": "XX"}, 422, "country_unknown"),
        ({"country": "us"}, 422, "validation_failed"),
        ({"country": "US", "channel": "fax"}, 422, "validation_failed"),
        ({}, 422, "validation_failed"),
    ):
        answer = await _list(client, **params)
        assert (answer.status_code, answer.json()["code"]) == (status, code), params


async def test_stores_name_their_products_alike_in_every_country(client: httpx.AsyncClient) -> None:
    found = set()
    for country in ("US", "JP"):
        for channel in ("app_store", "google_play"):
            items = (await _list(client, country=country, channel=channel)).json()["items"]
            assert [item["product_id"] for item in items] == [
                f"coins_{item['coins']}" for item in items
            ]
            found.add(tuple(item["product_id"] for item in items))
    assert len(found) == 1
    web = (await _list(client, country="US")).json()
    assert {item["product_id"] for item in web["items"]} == {None}
    assert web["custom"] == {"coins_min": 70, "coins_max": 50_000, "coins_step": 10}


async def _add_book(db: Database, *, starts_in: timedelta, price_minor: int) -> CoinPackage:
    """A second US web book with one package."""
    book = BookRow(
        id=900 + price_minor % 100,
        country="US",
        channel="web",
        currency="USD",
        fee_bp=290,
        valid_from=now() + starts_in,
    )
    package = CoinPackage(new_id(), book.id, 111, 5, price_minor, 0)
    async with db.transaction() as conn:
        await book_queries.insert_book(conn, book)
        await book_queries.insert_packages(conn, [package])
    return package


async def test_a_scheduled_book_shows_only_from_its_date_on(
    client: httpx.AsyncClient, db: Database
) -> None:
    await _add_book(db, starts_in=timedelta(hours=1), price_minor=101)
    before = (await _list(client, country="US")).json()["items"]
    assert 111 not in [item["coins"] for item in before]
    current = await _add_book(db, starts_in=-timedelta(minutes=1), price_minor=102)
    after = (await _list(client, country="US")).json()["items"]
    assert [(item["id"], item["coins_bonus"]) for item in after] == [(str(current.id), 5)]


async def test_packages_of_a_scheduled_or_replaced_book_cannot_be_ordered(
    client: httpx.AsyncClient, db: Database, users: MakeUser
) -> None:
    old = (await _list(client, country="US")).json()["items"][0]
    await _add_book(db, starts_in=-timedelta(minutes=1), price_minor=103)
    future = await _add_book(db, starts_in=timedelta(hours=1), price_minor=104)
    buyer = await users()
    for package_id in (old["id"], str(future.id)):
        answer = await client.post(
            "/v1/orders",
            json={"package_id": package_id, "provider": "sandbox", "country": "US"},
            headers=buyer.headers,
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "package_not_found")


async def test_a_country_without_a_book_says_so(client: httpx.AsyncClient, db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute(
            "DELETE FROM coin_package p USING price_book b WHERE b.id = p.price_book_id AND country = 'FR'"
        )
        await conn.execute("DELETE FROM price_book WHERE country = 'FR'")
    answer = await _list(client, country="FR")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_price_book")


async def test_the_sandbox_is_offered_in_demo_mode(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/v1/providers", params={"country": "US"})).json()
    assert [(item["name"], item["channel"]) for item in answer["items"]] == [("sandbox", "web")]
