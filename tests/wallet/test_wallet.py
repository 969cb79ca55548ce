"""The wallet over HTTP."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from largesse.services import Services
from tests.fixtures_identity import MakeUser, SignedIn
from tests.ledger.world import World, gift

ROSE_NO = 1


@dataclass
class Purse:
    """A viewer's wallet, filled and emptied through the ledger and read over HTTP."""

    client: httpx.AsyncClient
    world: World
    services: Services
    owner: SignedIn
    creator: SignedIn

    async def get(self, path: str = "", **params: Any) -> dict[str, Any]:
        answer = await self.client.get(
            f"/v1/wallet{path}", params=params, headers=self.owner.headers
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def set_budget(self, monthly_coins: object) -> httpx.Response:
        return await self.client.put(
            "/v1/wallet/budget", json={"monthly_coins": monthly_coins}, headers=self.owner.headers
        )

    async def top_up(self, coins: int, coins_bonus: int = 0) -> UUID:
        return await self.world.top_up(self.owner.id, coins, coins_bonus)

    async def give(self, coins: int) -> UUID:
        """Give a rose that costs so much to the creator; answers with the gift's id."""
        room = await self.world.room(recipient_id=self.creator.id)
        request = gift(self.owner.id, room, coins, gift_type_no=ROSE_NO)
        await self.services.writer.submit(request)
        return request.id


@pytest.fixture
async def purse(app: FastAPI, client: httpx.AsyncClient, users: MakeUser) -> Purse:
    services: Services = app.state.services
    return Purse(client, World(services.db), services, await users("Vera"), await users("Cora"))


async def test_a_new_wallet_is_empty(purse: Purse) -> None:
    wallet = await purse.get()
    assert {name: wallet[name] for name in wallet if name != "budget"} == {
        "coins_paid": 0,
        "coins_bonus": 0,
        "coins_total": 0,
        "coins_owed": 0,
        "frozen": False,
        "bonus_expiring": [],
    }
    assert wallet["budget"]["monthly_coins"] is None


async def test_a_wallet_is_shown_to_its_owner_only(client: httpx.AsyncClient) -> None:
    for path in ("", "/transactions", "/lots"):
        assert (await client.get(f"/v1/wallet{path}")).status_code == 401


async def test_bonus_coins_are_spent_first(purse: Purse) -> None:
    await purse.top_up(100, 20)
    await purse.give(30)
    wallet = await purse.get()
    assert (wallet["coins_paid"], wallet["coins_bonus"], wallet["coins_total"]) == (90, 0, 90)
    assert wallet["budget"]["spent_coins"] == 30


async def test_the_history_runs_from_the_present_balance_backwards(purse: Purse) -> None:
    first = await purse.top_up(100, 10)
    rose = await purse.give(30)
    second = await purse.top_up(50)
    lines = (await purse.get("/transactions"))["items"]
    assert [
        (line["kind"], line["coins_paid"], line["coins_bonus"], line["balance_after"])
        for line in lines
    ] == [("top_up", 50, 0, 130), ("gift", -20, -10, 80), ("top_up", 100, 10, 110)]
    assert [line["order_id"] for line in lines] == [str(second), None, str(first)]
    assert lines[1]["id"] == str(rose)
    given = lines[1]["gift"]
    assert (given["count"], given["recipient"]["display_name"]) == (1, "Cora")
    assert given["slug"]
    assert lines[0]["gift"] is None


async def test_what_is_taken_back_shows_in_the_history(purse: Purse) -> None:
    order_id = await purse.top_up(100)
    await purse.world.take_back(purse.owner.id, order_id, "refund")
    line = (await purse.get("/transactions"))["items"][0]
    assert (line["kind"], line["coins_paid"], line["balance_after"]) == ("refund", -100, 0)
    assert line["order_id"] == str(order_id)


async def test_pages_of_the_history_join_without_gap_or_overlap(purse: Purse) -> None:
    for coins in (10, 20, 30, 40, 50):
        await purse.top_up(coins)
    whole = (await purse.get("/transactions"))["items"]
    paged: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": 2}
    while True:
        page = await purse.get("/transactions", **params)
        paged += page["items"]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert paged == whole
    assert [line["balance_after"] for line in whole] == [150, 100, 60, 30, 10]


async def test_lots_say_what_is_spent_left_and_refunded(purse: Purse) -> None:
    await purse.top_up(100)
    await purse.top_up(50)
    await purse.give(120)
    newest, oldest = (await purse.get("/lots"))["items"]
    assert (oldest["coins_bought"], oldest["coins_spent"], oldest["coins_left"]) == (100, 100, 0)
    assert (newest["coins_bought"], newest["coins_spent"], newest["coins_left"]) == (50, 20, 30)
    assert newest["total"] == {"amount_minor": 1100, "currency": "USD"}
    await purse.world.take_back(purse.owner.id, UUID(newest["id"]), "refund")
    refunded = (await purse.get("/lots"))["items"][0]
    assert (refunded["coins_refunded"], refunded["coins_left"]) == (30, 0)


async def test_a_lot_shows_the_gifts_it_paid_for_and_their_price(purse: Purse) -> None:
    first, second = await purse.top_up(100, 5), await purse.top_up(50)
    ids = [await purse.give(coins) for coins in (5, 30, 60, 40)]  # bonus only, first, first, both
    lot = await purse.get(f"/lots/{first}")
    assert [(item["id"], item["coins"]) for item in lot["items"]] == [
        (str(ids[3]), 10),
        (str(ids[2]), 60),
        (str(ids[1]), 30),
    ]
    assert sum(item["price"]["amount_minor"] for item in lot["items"]) == 1_100
    assert lot["lot"] == next(
        each for each in (await purse.get("/lots"))["items"] if each["id"] == str(first)
    )
    assert lot["items"][0]["gift"]["recipient"]["display_name"] == "Cora"
    other = await purse.get(f"/lots/{second}")
    assert [(item["id"], item["coins"]) for item in other["items"]] == [(str(ids[3]), 30)]
    assert other["items"][0]["price"] == {"amount_minor": 660, "currency": "USD"}


async def test_the_gifts_of_a_lot_come_in_pages(purse: Purse) -> None:
    lot_id = await purse.top_up(100)
    for coins in range(1, 6):
        await purse.give(coins)
    path, found, cursor = f"/lots/{lot_id}", list[int](), None
    while True:
        page = await purse.get(path, limit=2, **({"cursor": cursor} if cursor else {}))
        found += [item["coins"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == [5, 4, 3, 2, 1]


async def test_coins_that_came_back_belong_to_their_lot(purse: Purse) -> None:
    """A dispute is won: the removed coins lie behind a later purchase, and are still the first one's."""
    lot_id = await purse.top_up(100)
    await purse.give(40)
    await purse.world.take_back(purse.owner.id, lot_id, amount_minor=660)
    await purse.top_up(10)
    await purse.world.cancel(purse.owner.id, lot_id)
    await purse.give(70)
    lot = await purse.get(f"/lots/{lot_id}")
    assert [item["coins"] for item in lot["items"]] == [60, 40]
    assert [item["price"]["amount_minor"] for item in lot["items"]] == [660, 440]


async def test_a_lot_is_shown_to_its_owner_only(purse: Purse, users: MakeUser) -> None:
    lot_id = await purse.top_up(100)
    stranger = await users("Otto")
    for id, headers in ((lot_id, stranger.headers), (UUID(int=5), purse.owner.headers)):
        answer = await purse.client.get(f"/v1/wallet/lots/{id}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "lot_not_found")
    assert (await purse.client.get(f"/v1/wallet/lots/{lot_id}")).status_code == 401


async def test_a_budget_is_lowered_at_once_and_raised_after_a_day(purse: Purse) -> None:
    lowered = (await purse.set_budget(100)).json()["budget"]
    assert (lowered["monthly_coins"], lowered["next"]) == (100, None)
    raised = (await purse.set_budget(500)).json()["budget"]
    assert raised["monthly_coins"] == 100
    assert raised["next"]["monthly_coins"] == 500
    removed = (await purse.set_budget(None)).json()["budget"]
    assert removed["monthly_coins"] == 100
    assert removed["next"]["monthly_coins"] is None
    assert (await purse.get())["budget"] == removed
    none = (await purse.set_budget(0)).json()["budget"]
    assert (none["monthly_coins"], none["remaining_coins"], none["next"]) == (0, 0, None)


@pytest.mark.parametrize("wrong", [-1, 10**9 + 1, 1.5, "100", True, [], 10**30])
async def test_a_malformed_budget_is_refused(purse: Purse, wrong: object) -> None:
    answer = await purse.set_budget(wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert (await purse.get())["budget"]["monthly_coins"] is None


async def test_a_budget_must_be_said(purse: Purse) -> None:
    answer = await purse.client.put("/v1/wallet/budget", json={}, headers=purse.owner.headers)
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/transactions", "/lots"])
async def test_made_up_cursors_and_limits_are_refused(purse: Purse, path: str) -> None:
    for params, status in (
        ({"cursor": "x"}, 400),
        ({"cursor": "é"}, 400),
        ({"cursor": "x" * 300}, 422),
        ({"limit": 0}, 422),
        ({"limit": 101}, 422),
    ):
        answer = await purse.client.get(
            f"/v1/wallet{path}", params=params, headers=purse.owner.headers
        )
        assert answer.status_code == status, (params, answer.text)
