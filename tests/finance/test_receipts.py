"""Receipts over HTTP: what a gift cost, where the money went, and who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from largesse import ledger
from largesse.services import Services
from largesse.types import new_id, now
from tests.finance.books import JPY, KWD, USD, Price
from tests.fixtures_identity import MakeUser, SignedIn
from tests.ledger.world import World, gift


@dataclass
class Counter:
    """A viewer who buys and gives, a creator, a stranger, and the receipts each of them gets."""

    client: httpx.AsyncClient
    world: World
    services: Services
    vera: SignedIn
    cora: SignedIn
    otto: SignedIn

    async def buy(self, coins: int, price: Price = USD, bonus: int = 0) -> UUID:
        return await self.world.top_up(
            self.vera.id,
            coins,
            bonus,
            currency=price.currency,
            gross_minor=price.gross_minor,
            tax_minor=price.tax_minor,
            fee_minor=price.fee_minor,
        )

    async def give(self, coins: int, **other: Any) -> UUID:
        room = await self.world.room(recipient_id=self.cora.id)
        request = gift(self.vera.id, room, coins, **other)
        await self.services.writer.submit(request)
        return request.id

    async def ask(self, id: object, who: SignedIn) -> httpx.Response:
        return await self.client.get(f"/v1/gifts/{id}/receipt", headers=who.headers)

    async def receipt(self, id: UUID, who: SignedIn | None = None) -> dict[str, Any]:
        answer = await self.ask(id, who or self.vera)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def chains(self, id: UUID) -> list[dict[str, Any]]:
        """The sender's chains; in each the lines add up to the price, and the lots to price and coins."""
        chains: list[dict[str, Any]] = (await self.receipt(id))["payment"]["chains"]
        for chain in chains:
            assert total(chain["lines"], "amount") == chain["price"]["amount_minor"]
            assert total(chain["lots"], "price") == chain["price"]["amount_minor"]
            assert sum(lot["coins"] for lot in chain["lots"]) == chain["coins"]
        return chains


def total(items: Sequence[dict[str, Any]], name: str) -> int:
    return sum(item[name]["amount_minor"] for item in items)


def amounts(chain: dict[str, Any]) -> dict[str, int]:
    return {line["kind"]: line["amount"]["amount_minor"] for line in chain["lines"]}


def rates(chain: dict[str, Any], kind: str) -> list[tuple[str, int]]:
    (line,) = (line for line in chain["lines"] if line["kind"] == kind)
    return [(rate["kind"], rate["id"]) for rate in line["rates"]]


@pytest.fixture
async def counter(app: FastAPI, client: httpx.AsyncClient, users: MakeUser) -> Counter:
    services: Services = app.state.services
    people = [await users(name) for name in ("Vera", "Cora", "Otto")]
    return Counter(client, World(services.db), services, *people)


async def test_the_sender_sees_where_the_price_went(counter: Counter) -> None:
    order_id = await counter.buy(100, USD)
    id = await counter.give(50)
    (chain,) = await counter.chains(id)
    assert chain["price"] == {"amount_minor": 549, "currency": "USD"}  # net 499 and tax 50
    assert amounts(chain) == {
        "tax": 50,
        "provider_fee": 16,
        "platform": 499 - 16 - 25,
        "creator": 25,
    }
    assert chain["creator_value"] == {"amount_minor": 25, "currency": "USD"}
    assert rates(chain, "creator") == [("share", 1), ("redemption_rate", 1)]
    (lot,) = chain["lots"]
    assert (lot["lot_id"], lot["order_id"], lot["coins"]) == (str(order_id), str(order_id), 50)


async def test_the_recipient_sees_what_it_earned_and_not_what_was_paid(counter: Counter) -> None:
    await counter.buy(100, USD)
    id = await counter.give(50)
    receipt = await counter.receipt(id, counter.cora)
    assert receipt["payment"] is None
    assert (receipt["coins"], receipt["milli_diamonds"]) == (50, 25_000)
    assert (receipt["share_id"], receipt["share_bp"]) == (1, 5_000)
    assert receipt["sender"]["display_name"] == "Vera"
    due = (now() + timedelta(days=22)).date().isoformat()
    assert receipt["earning"] == {
        "hold_days": 21,
        "available_at": f"{due}T00:00:00Z",
        "value": {"amount_minor": 25, "currency": "USD"},
        "redemption_rate_id": 1,
    }
    assert (await counter.receipt(id))["earning"] is None


async def test_nobody_else_sees_it(counter: Counter) -> None:
    await counter.buy(100)
    id = await counter.give(50)
    answer = await counter.ask(id, counter.otto)
    assert (answer.status_code, answer.json()["code"]) == (404, "receipt_not_found")
    assert (await counter.client.get(f"/v1/gifts/{id}/receipt")).status_code == 401


@pytest.mark.parametrize(
    "id", [new_id(), uuid4(), UUID(int=0), UUID("ffffffff-ffff-7fff-bfff-ffffffffffff")]
)
async def test_an_unknown_id_is_not_found(counter: Counter, id: UUID) -> None:
    assert (await counter.ask(id, counter.cora)).status_code == 404


async def test_a_malformed_id_is_refused(counter: Counter) -> None:
    assert (await counter.ask("rose", counter.cora)).status_code == 422


async def test_an_id_that_tells_no_time_is_found_too(counter: Counter) -> None:
    await counter.buy(100)
    id = await counter.give(10, id=uuid4())
    assert (await counter.receipt(id, counter.cora))["id"] == str(id)
    assert (await counter.receipt(id))["id"] == str(id)


async def test_lots_in_several_currencies_have_a_chain_each(counter: Counter) -> None:
    for price in (JPY, USD, KWD):
        await counter.buy(10, price)
    yen, dollar, dinar = await counter.chains(await counter.give(25))
    assert (yen["coins"], yen["price"]) == (10, {"amount_minor": 160, "currency": "JPY"})
    assert amounts(yen) == {"tax": 14, "provider_fee": 5, "platform_and_creator": 141}
    assert yen["creator_value"] == {"amount_minor": 5, "currency": "USD"}
    assert amounts(dollar)["creator"] == 5
    assert (dinar["coins"], dinar["price"]["amount_minor"]) == (5, 1_666)
    assert dinar["creator_value"] == {
        "amount_minor": 2,
        "currency": "USD",
    }  # 2.5 diamonds, rounded down


async def test_bonus_coins_cost_nothing(counter: Counter) -> None:
    await counter.buy(100, USD, bonus=30)
    free = await counter.receipt(await counter.give(20))
    assert free["payment"] == {"coins_bonus": 20, "chains": []}
    mixed = await counter.receipt(await counter.give(20))
    assert mixed["payment"]["coins_bonus"] == 10
    assert [chain["coins"] for chain in mixed["payment"]["chains"]] == [10]
    assert mixed["milli_diamonds"] == 10_000
    assert mixed["payment"]["chains"][0]["creator_value"]["amount_minor"] == 5


async def test_receipts_of_a_lot_add_up_to_it_and_no_line_is_below_zero(counter: Counter) -> None:
    await counter.buy(23, Price("USD", 17, 5, 3))
    sums = {"tax": 0, "provider_fee": 0}
    price = 0
    for _ in range(23):
        (chain,) = await counter.chains(await counter.give(1))
        price += chain["price"]["amount_minor"]
        for kind in sums:
            assert amounts(chain)[kind] >= 0
            sums[kind] += amounts(chain)[kind]
    assert (price, sums) == (17, {"tax": 5, "provider_fee": 3})


async def test_the_platform_may_lose_on_a_gift(counter: Counter) -> None:
    await counter.buy(100, Price("USD", 60, 0, 20))
    (chain,) = await counter.chains(await counter.give(100))
    assert amounts(chain) == {"tax": 0, "provider_fee": 20, "platform": -10, "creator": 50}


async def test_the_price_book_of_a_real_order_is_named(counter: Counter) -> None:
    client, headers = counter.client, counter.vera.headers
    packages = (await client.get("/v1/coin-packages?country=US")).json()["items"]
    body = {"package_id": packages[0]["id"], "provider": "sandbox", "country": "US"}
    order = (
        await client.post(
            "/v1/orders", json=body, headers={**headers, "Idempotency-Key": str(new_id())}
        )
    ).json()
    paid = await client.post(
        f"/v1/sandbox/orders/{order['id']}/pay", json={"outcome": "succeed"}, headers=headers
    )
    assert paid.json()["state"] == "credited"
    (chain,) = await counter.chains(await counter.give(1))
    book_id = chain["lots"][0]["price_book_id"]
    assert book_id is not None
    assert rates(chain, "tax") == [("price_book", book_id)]
    assert rates(chain, "platform") == [
        ("price_book", book_id),
        ("share", 1),
        ("redemption_rate", 1),
    ]


async def test_each_gift_names_the_rates_of_its_time(counter: Counter) -> None:
    await counter.buy(1_000)
    before = await counter.give(100)
    async with counter.world.db.transaction() as conn:
        await conn.execute(
            "INSERT INTO redemption_rate VALUES (2, 'USD', 20000, clock_timestamp())"
        )
        await conn.execute("INSERT INTO share VALUES (2, 6000, clock_timestamp())")
    after = await counter.give(100, share_id=2, milli_diamonds=60_000)
    (old,), (new,) = await counter.chains(before), await counter.chains(after)
    assert (amounts(old)["creator"], amounts(new)["creator"]) == (50, 120)
    assert rates(old, "creator") == [("share", 1), ("redemption_rate", 1)]
    assert rates(new, "creator") == [("share", 2), ("redemption_rate", 2)]
    assert (await counter.receipt(after, counter.cora))["share_bp"] == 6_000


async def test_huge_prices_are_exact(counter: Counter) -> None:
    gross = 2**62 + 1
    await counter.buy(10**12, Price("JPY", gross))
    (chain,) = await counter.chains(await counter.give(10**12 - 1))
    assert chain["price"]["amount_minor"] == gross * (10**12 - 1) // 10**12


async def test_a_reversed_part_is_shown(counter: Counter) -> None:
    order_id = await counter.buy(100)
    id = await counter.give(100)
    async with counter.world.db.transaction() as conn:
        await ledger.record_reversal(
            conn,
            owner_id=counter.vera.id,
            order_id=order_id,
            cause_id="r1",
            kind="chargeback",
            amount_minor=550,
        )
    sender, recipient = await counter.receipt(id), await counter.receipt(id, counter.cora)
    assert sender["reversed_milli_diamonds"] == recipient["reversed_milli_diamonds"] == 25_000
    assert recipient["earning"]["value"]["amount_minor"] == 25
    assert sender["payment"]["chains"][0]["price"]["amount_minor"] == 1_099
