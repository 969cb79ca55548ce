"""Placing and reading orders."""

import asyncio
from datetime import date
from uuid import uuid4

import httpx
import pytest

from largesse.db import Database
from largesse.topups.placing import OPEN_ORDERS_MAX
from largesse.types import now
from tests.fixtures_identity import MakeUser
from tests.topups.till import Till, reasons


async def test_an_order_waits_for_payment_at_the_checkout(till: Till) -> None:
    request = await till.request(350)
    answer = await till.post_order({**request, "return_path": "/live/abc?x=1"})
    assert answer.status_code == 201
    order = answer.json()
    assert order["state"] == "pending"
    assert (order["coins"], order["coins_bonus"]) == (350, 0)
    assert order["total"] == {"amount_minor": 370, "currency": "USD"}
    assert order["checkout_url"].startswith("http://test/sandbox/checkout/")
    assert order["return_path"] == "/live/abc?x=1"
    assert reasons(order) == ["order_created", "checkout_opened"]
    assert await till.show(order) == order


async def test_the_same_key_and_body_give_the_same_order(till: Till) -> None:
    request = await till.request()
    first = await till.post_order(request, key="k-1")
    second = await till.post_order(request, key="k-1")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


async def test_a_double_click_makes_one_order(till: Till) -> None:
    request = await till.request()
    answers = await asyncio.gather(*(till.post_order(request, key="click") for _ in range(8)))
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    listed = await till.client.get("/v1/orders", headers=till.buyer.headers)
    assert len(listed.json()["items"]) == 1


async def test_the_same_key_with_another_body_is_refused(till: Till) -> None:
    await till.post_order(await till.request(350), key="k-1")
    answer = await till.post_order(await till.request(700), key="k-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


async def test_keys_belong_to_their_user(till: Till, users: MakeUser) -> None:
    request = await till.request()
    other = Till(till.client, await users("Olaf"))
    first = await till.post_order(request, key="k-1")
    second = await other.post_order(request, key="k-1")
    assert second.status_code == 201
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"package_id": str(uuid4())}, 404, "package_not_found"),
        ({"provider": "stripe"}, 422, "provider_unavailable"),
        ({"country": "DE"}, 422, "package_not_sold_here"),
        ({"country": "IN"}, 403, "country_closed"),
        ({"country": "XX"}, 422, "country_unknown"),
        ({"country": "usa"}, 422, "validation_failed"),
        ({"package_id": "x"}, 422, "validation_failed"),
        ({"coins": 1}, 422, "validation_failed"),
        ({"return_path": "//evil.example"}, 422, "return_path_invalid"),
        ({"return_path": "/\\evil.example"}, 422, "return_path_invalid"),
        ({"return_path": "https://evil.example"}, 422, "return_path_invalid"),
        ({"return_path": ""}, 422, "return_path_invalid"),
        ({"return_path": "/a\nb"}, 422, "return_path_invalid"),
        ({"return_path": "/" + "a" * 500}, 422, "validation_failed"),
    ],
)
async def test_a_wrong_order_says_why(
    till: Till, change: dict[str, object], status: int, code: str
) -> None:
    answer = await till.post_order({**await till.request(), **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 201])
async def test_a_malformed_key_is_refused(till: Till, key: str) -> None:
    answer = await till.post_order(await till.request(), key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_invalid")


async def test_a_package_of_a_store_is_not_sold_on_the_web(till: Till) -> None:
    package = (await till.packages(channel="app_store"))[0]
    answer = await till.post_order(
        {"package_id": package["id"], "provider": "sandbox", "country": "US"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "package_not_sold_here")


def _born_years_ago(years: int) -> date:
    today = now().date()
    return date(today.year - years, today.month, 1)


async def test_a_minor_may_not_order(client: httpx.AsyncClient, users: MakeUser) -> None:
    minor = Till(client, await users("Mina", birth_date=_born_years_ago(17)))
    answer = await minor.post_order(await minor.request())
    assert (answer.status_code, answer.json()["code"]) == (403, "underage")


async def test_the_age_of_the_country_paid_in_counts_too(
    client: httpx.AsyncClient, users: MakeUser
) -> None:
    """Eighteen is old enough in the United States, not in Korea."""
    young = Till(client, await users("Yuna", birth_date=_born_years_ago(18)))
    assert (await young.post_order(await young.request())).status_code == 201
    answer = await young.post_order(await young.request(country="KR"))
    assert (answer.status_code, answer.json()["code"]) == (403, "underage")


async def test_who_lives_in_a_closed_country_may_not_order(
    client: httpx.AsyncClient, users: MakeUser
) -> None:
    buyer = Till(client, await users("Indra", country="IN"))
    answer = await buyer.post_order(await buyer.request())
    assert (answer.status_code, answer.json()["code"]) == (403, "country_closed")


async def test_open_orders_are_limited_also_when_asked_for_at_once(till: Till) -> None:
    request = await till.request()
    answers = await asyncio.gather(*(till.post_order(request) for _ in range(OPEN_ORDERS_MAX + 3)))
    refused = [answer.json()["code"] for answer in answers if answer.status_code != 201]
    assert refused == ["too_many_orders"] * 3


async def test_a_paid_order_makes_room_for_another(till: Till) -> None:
    orders = [await till.order() for _ in range(OPEN_ORDERS_MAX)]
    assert (await till.post_order(await till.request())).status_code == 429
    await till.pay(orders[0])
    assert (await till.post_order(await till.request())).status_code == 201


async def test_orders_are_ones_own(till: Till, users: MakeUser) -> None:
    order = await till.order()
    other = await users("Olaf")
    for answer in (
        await till.client.get(f"/v1/orders/{order['id']}", headers=other.headers),
        await till.client.get(f"/v1/orders/{uuid4()}", headers=till.buyer.headers),
        await till.client.post(
            f"/v1/sandbox/orders/{order['id']}/pay",
            json={"outcome": "succeed"},
            headers=other.headers,
        ),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")
    assert (await till.client.get(f"/v1/orders/{order['id']}")).status_code == 401


async def test_orders_are_listed_newest_first_by_pages(till: Till) -> None:
    made = [(await till.order())["id"] for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (
            await till.client.get("/v1/orders", params=params, headers=till.buyer.headers)
        ).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


async def test_a_made_up_cursor_is_refused(till: Till) -> None:
    answer = await till.client.get("/v1/orders", params={"cursor": "x"}, headers=till.buyer.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize(
    ("country", "currency", "coins"), [("JP", "JPY", 350), ("KW", "KWD", 350), ("DE", "EUR", 350)]
)
async def test_an_order_is_paid_in_the_currency_of_its_country(
    till: Till, db: Database, country: str, currency: str, coins: int
) -> None:
    answer = await till.post_order(await till.request(coins, country))
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert order["total"]["currency"] == currency
    assert (
        order["net"]["amount_minor"] + order["tax"]["amount_minor"]
        == (order["total"]["amount_minor"])
    )
    paid = await till.pay(order)
    assert paid["state"] == "credited"
    async with db.read() as conn:
        cursor = await conn.execute("SELECT currency, gross_minor, tax_minor, hold_days FROM lot")
        lots = await cursor.fetchall()
    assert lots == [(currency, order["total"]["amount_minor"], order["tax"]["amount_minor"], 21)]
