"""POST /v1/quotes, amounts of choice, and the country whose prices a buyer has."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse.identity import User
from largesse.topups import payments, placing
from largesse.topups.billing import billing_country
from largesse.topups.catalogue import find_offer
from largesse.topups.errors import CountryNotYours
from largesse.topups.offers import list_packages, show_quote
from largesse.topups.price_texts import locale_of
from largesse.topups.providers import Payer, PaymentEvent, PaymentEventKind, ProviderError
from largesse.topups.providers.sandbox import SandboxProvider, payment_of_order
from largesse.topups.schemas import Choice, Order, OrderRequest, QuoteRequest
from largesse.types import now
from tests.fixtures_identity import MakeUser
from tests.topups.shop import Shop, reasons
from tests.topups.till import Till

Body = dict[str, Any]


async def _quote(client: httpx.AsyncClient, body: Body, **headers: str) -> httpx.Response:
    return await client.post("/v1/quotes", json=body, headers=headers)


async def test_a_quote_is_what_the_order_costs(client: httpx.AsyncClient, till: Till) -> None:
    package = await till.request(350)
    quote = (await _quote(client, {n: package[n] for n in ("package_id", "country")})).json()
    order = (await till.post_order(package)).json()
    for name in ("package_id", "coins", "coins_bonus", "net", "tax", "tax_name", "tax_bp", "total"):
        assert quote[name] == order[name], name
    assert quote["list_price"] == {"amount_minor": 370, "currency": "USD"}
    assert quote["discount"]["amount_minor"] == 0
    assert (quote["micro_per_coin"], quote["saving_bp"]) == (10_571, 3005)
    assert quote["app_store_total"]["amount_minor"] == 529
    assert quote["text"] == {
        "total": "$3.70",
        "net": "$3.70",
        "tax": "$0.00",
        "per_coin": "$0.0106 per coin",
        "saving": "save 30%",
    }


async def test_a_quote_reads_as_its_reader_writes(client: httpx.AsyncClient) -> None:
    body = {"coins": 1000, "country": "DE"}
    german = (await _quote(client, body, **{"Accept-Language": "xx, de-AT;q=0.9, en;q=0.2"})).json()
    assert german["locale"] == "de-AT"
    assert german["text"]["per_coin"].endswith(" pro Coin")
    wanted = await client.post("/v1/quotes", params={"locale": "en-GB"}, json=body)
    assert wanted.json()["text"]["total"].startswith("€")
    assert wanted.json()["total"] == german["total"]


async def test_an_amount_of_choice_is_ordered_without_a_package(till: Till) -> None:
    answer = await till.post_order({"coins": 1_000, "provider": "sandbox", "country": "US"}, "k")
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert (order["package_id"], order["coins"], order["coins_bonus"]) == (None, 1_000, 0)
    assert order["total"]["amount_minor"] == 1_058  # 1000 x 740/700 = 1057.14, rounded up
    paid = await till.pay(order)
    assert paid["state"] == "credited"
    again = await till.post_order({"coins": 1_000, "provider": "sandbox", "country": "US"}, "k")
    assert (again.status_code, again.json()["id"]) == (200, order["id"])
    other = await till.post_order({"coins": 1_010, "provider": "sandbox", "country": "US"}, "k")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


_PACKAGE = "019b76da-a800-7002-bd41-5ffb4c3ef459"


REFUSALS: list[tuple[Body, int, str]] = [
    ({}, 422, "validation_failed"),
    ({"package_id": _PACKAGE, "coins": 350}, 422, "validation_failed"),
    ({"package_id": None, "coins": None}, 422, "validation_failed"),
    ({"coins": 0}, 422, "validation_failed"),
    ({"coins": 10**12}, 422, "validation_failed"),
    ({"coins": 60}, 422, "custom_amount_invalid"),
    ({"coins": 50_010}, 422, "custom_amount_invalid"),
    ({"coins": 1_005}, 422, "custom_amount_invalid"),
    ({"coins": 350, "channel": "app_store"}, 422, "custom_amount_not_offered"),
    ({"package_id": _PACKAGE, "channel": "app_store"}, 422, "package_not_sold_here"),
    ({"package_id": _PACKAGE, "country": "DE"}, 422, "package_not_sold_here"),
    ({"coins": 350, "country": "IN"}, 403, "country_closed"),
    ({"coins": 350, "country": "XX"}, 422, "country_unknown"),
    ({"package_id": "019b76da-a800-7002-bd41-000000000000"}, 404, "package_not_found"),
]


async def test_what_has_no_price_says_why(client: httpx.AsyncClient) -> None:
    for body, status, code in REFUSALS:
        answer = await _quote(client, {"country": "US", **body})
        assert (answer.status_code, answer.json()["code"]) == (status, code), body


async def test_choose_either_a_package_or_an_amount(till: Till) -> None:
    for change in ({"coins": 350}, {"package_id": None}):
        answer = await till.post_order({**await till.request(350), **change})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["message"] == "give either package_id or coins"


async def test_every_country_sells_every_amount_at_a_price_that_never_falls(shop: Shop) -> None:
    async with shop.services.db.read() as conn:
        for country in ("US", "GB", "JP", "KW"):
            before_minor = 0
            for coins in (70, 80, 340, 350, 360, 690, 700, 1_390, 1_400, 17_490, 17_500, 50_000):
                choice = Choice(coins=coins, country=country)
                offer = await find_offer(conn, choice, channel="web", at=now())
                assert offer.price_minor >= before_minor, (country, coins)
                before_minor = offer.price_minor


async def test_the_best_value_is_marked_once(shop: Shop) -> None:
    marked = {
        country: [
            item.coins
            for item in (await list_packages(shop.services, country, "web")).items
            if item.best_value
        ]
        for country in ("US", "GB", "KR")
    }
    assert marked["US"] == []  # all at the same price per coin
    assert [len(coins) for coins in marked.values()] == [0, 1, 1]


# The country of the payment


async def _order(shop: Shop, country: str) -> Order:
    request = OrderRequest(coins=350, provider="sandbox", country=country)
    placed = await placing.place_order(
        shop.services, shop.buyer, request, key=None, origin="http://test"
    )
    return placed.order


async def _pay_from(shop: Shop, order: Order, country: str | None) -> Order:
    """The provider tells where the payment came from."""
    payment = await shop.paid(order)
    told = shop.notice(
        payment, PaymentEventKind.SUCCEEDED, payer={"country": country, "fingerprint": None}
    )
    assert await shop.tell(told) == "applied"
    return await shop.show(order)


async def test_a_payment_from_elsewhere_is_credited_noted_and_decides_from_then_on(
    shop: Shop,
) -> None:
    order = await _pay_from(shop, await _order(shop, "US"), "JP")
    assert order.state == "credited"
    assert order.total.currency == "USD"
    assert reasons(order).count("payer_country_differs") == 1
    with pytest.raises(CountryNotYours) as refused:
        await _order(shop, "US")
    assert refused.value.fields == {"country": "JP"}
    quoted = QuoteRequest(coins=350, country="US")
    with pytest.raises(CountryNotYours):
        await show_quote(shop.services, shop.buyer, quoted, locale=locale_of(None, None))
    assert (await list_packages(shop.services, None, "web", user=shop.buyer)).currency == "JPY"
    assert (await _order(shop, "JP")).total.currency == "JPY"


async def _billing_country(shop: Shop, user: User | None = None) -> str:
    async with shop.services.db.read() as conn:
        return await billing_country(conn, user or shop.buyer)


async def test_the_account_s_country_counts_until_a_payment_says_otherwise(shop: Shop) -> None:
    assert await _billing_country(shop) == "US"
    order = await _pay_from(shop, await _order(shop, "DE"), None)
    assert "payer_country_differs" not in reasons(order)
    assert await _billing_country(shop) == "US"
    for country in ("DE", "FR"):  # nobody told where he pays from
        order = await _pay_from(shop, await _order(shop, country), country)
        assert "payer_country_differs" not in reasons(order)
        assert await _billing_country(shop) == country
        await shop.execute("UPDATE top_up_order SET payer_country = NULL WHERE country = 'DE'")


async def test_an_order_that_was_only_paid_for_by_word_binds_nobody(shop: Shop) -> None:
    """Not credited: the country of its payer says nothing yet."""
    order = await _order(shop, "US")
    await shop.execute(
        "UPDATE top_up_order SET payer_country = 'JP' WHERE id = %s", UUID(str(order.id))
    )
    assert (await _order(shop, "US")).country == "US"


async def test_without_a_country_the_packages_are_those_of_one_s_own(
    client: httpx.AsyncClient, users: MakeUser
) -> None:
    buyer = await users("Greta", country="DE")
    own = await client.get("/v1/coin-packages", headers=buyer.headers)
    assert (own.status_code, own.json()["country"]) == (200, "DE")
    nobody = await client.get("/v1/coin-packages")
    assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (422, "country")
    closed = await users("Indra", country="IN")
    refused = await client.get("/v1/coin-packages", headers=closed.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "country_closed")


async def test_who_may_not_buy_gets_no_quote(client: httpx.AsyncClient, users: MakeUser) -> None:
    young = await users("Yuna", birth_date=now().date().replace(day=1, year=now().year - 18))
    for country, status in (("US", 200), ("KR", 403)):
        answer = await _quote(client, {"coins": 350, "country": country}, **young.headers)
        assert answer.status_code == status, answer.text


async def test_what_is_told_of_the_payer_later_is_kept_too(shop: Shop) -> None:
    order = await _pay_from(shop, await _order(shop, "US"), None)
    assert await _billing_country(shop) == "US"
    async with shop.services.db.read() as conn:
        payment = await payment_of_order(conn, order.id)
    assert payment is not None
    for _ in range(2):
        told = shop.notice(
            payment, PaymentEventKind.SUCCEEDED, payer={"country": "JP", "fingerprint": "card"}
        )
        assert await shop.tell(told) == "no_change"
    assert reasons(await shop.show(order)).count("payer_country_differs") == 1
    assert await _billing_country(shop) == "JP"


async def test_the_sandbox_has_a_card_from_another_country(till: Till) -> None:
    card = {"expiry": "12/99", "cvc": "123", "holder": "Vera Test"}
    for number, differs in (("4242424242424242", False), ("4000003920000003", True)):
        order = await till.order(350)
        checkout = order["checkout_url"].rpartition("/")[2]
        paid = await till.client.post(
            f"/v1/sandbox/checkouts/{checkout}/pay", json={**card, "card_number": number}
        )
        assert paid.json()["state"] == "succeeded"
        shown = await till.show(order)
        assert shown["state"] == "credited"
        lines = [line["reason"] for line in shown["history"]]
        assert ("payer_country_differs" in lines) is differs
    own = await till.client.get("/v1/coin-packages", headers=till.buyer.headers)
    assert own.json()["country"] == "JP"
    answer = await till.post_order(await till.request(350))
    assert (answer.status_code, answer.json()["code"]) == (422, "country_not_yours")
    assert answer.json()["country"] == "JP"


async def _card_of(shop: Shop, order: Order, country: str) -> None:
    """The provider knows the card, whatever its notification says."""
    async with shop.services.db.read() as conn:
        payment = await payment_of_order(conn, order.id)
    assert payment is not None
    await shop.provider.set_payer(payment.id, Payer(country, "card"))


async def test_a_provider_that_does_not_say_who_paid_is_asked(shop: Shop) -> None:
    order = await _order(shop, "US")
    await _card_of(shop, order, "JP")
    order = await _pay_from(shop, order, None)
    assert "payer_country_differs" in reasons(order)
    assert await _billing_country(shop) == "JP"


@pytest.mark.parametrize("trouble", ["down", "slow"])
async def test_coins_do_not_wait_for_who_paid(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    order = await _order(shop, "US")
    await _card_of(shop, order, "JP")

    async def no_answer(*_: object) -> tuple[PaymentEvent, ...]:
        if trouble == "slow":
            await asyncio.Event().wait()
        raise ProviderError("down")

    monkeypatch.setattr(SandboxProvider, "look_up", no_answer)
    monkeypatch.setattr(payments, "PAYER_WAIT_S", 0.05)
    order = await _pay_from(shop, order, None)
    assert order.state == "credited"
    assert "payer_country_differs" not in reasons(order)
