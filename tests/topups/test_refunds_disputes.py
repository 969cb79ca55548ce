"""A dispute of an order whose coins were half spent, seen from everywhere: wallet, studio, rankings, books."""

from typing import Any

import httpx
import pytest

from largesse import ledger
from largesse.identity import Role
from largesse.services import Services
from largesse.types import new_id, now
from tests.fixtures_identity import MakeUser, SignedIn
from tests.ledger.world import World
from tests.topups.till import Till

COINS, GIVEN = 350, 199
_GIFTS = ("paper-crane", "paper-crane", "rose")  # 99 + 99 + 1


class Scene:
    """A buyer who gave half of what he bought to a creator."""

    def __init__(self, till: Till, services: Services, creator: SignedIn, other: SignedIn) -> None:
        self.till = till
        self.services = services
        self.creator = creator
        self.other = other
        self.order: dict[str, Any] = {}
        self.stream: dict[str, Any] = {}

    async def begin(self) -> None:
        self.order = await self.till.pay(await self.till.order(COINS))
        self.stream = await self._post("/v1/streams", self.creator, {"title": "Evening piano"})
        for slug in _GIFTS:
            await self.give(self.till.buyer, slug)
        theirs = Till(self.till.client, self.other)
        await theirs.pay(await theirs.order(70))
        await self.give(self.other, "rose")

    async def give(self, person: SignedIn, slug: str) -> None:
        await self._post(
            f"/v1/streams/{self.stream['id']}/gifts",
            person,
            {"id": str(new_id()), "gift": slug, "count": 1},
        )

    async def _post(self, path: str, person: SignedIn, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.till.client.post(path, json=body, headers=person.headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def get(self, path: str, person: SignedIn) -> dict[str, Any]:
        answer = await self.till.client.get(path, headers=person.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def studio(self) -> dict[str, Any]:
        """The creator's figures: diamonds pending, coins of the day and of the stream, and what the month reversed."""
        earned = await self.get("/v1/creator/earnings", self.creator)
        month = await self.get(f"/v1/creator/statements/{now():%Y-%m}", self.creator)
        return {
            "pending": earned["pending_milli_diamonds"],
            "day": earned["days"][-1]["coins"],
            "stream": [row["coins"] for row in earned["streams"]],
            "reversed": month["reversed_milli_diamonds"],
            "closing": month["closing"]["pending_milli_diamonds"],
        }

    async def ranking(self) -> list[int]:
        path = f"/v1/streams/{self.stream['id']}/supporters"
        return [row["coins"] for row in (await self.get(path, self.creator))["items"]]

    async def statement(self) -> dict[str, Any]:
        """The buyer's wallet at the end of the month so far."""
        path = f"/v1/wallet/statements/{now():%Y-%m}"
        closing: dict[str, Any] = (await self.get(path, self.till.buyer))["closing"]
        return closing

    async def check(self) -> None:
        async with self.services.db.read() as conn:
            assert (await ledger.check(conn)).problems == []


@pytest.fixture
async def scene(
    client: httpx.AsyncClient, services: Services, till: Till, users: MakeUser
) -> Scene:
    creator = await users("Nora", roles={Role.CREATOR}, followers=1000, gifting=True)
    return Scene(till, services, creator, await users("Otto"))


async def test_pending_diamonds_of_exactly_the_disputed_coins_go_and_come_back(
    scene: Scene,
) -> None:
    """The shipped rule: recipients' pending diamonds first, so the buyer owes nothing."""
    await scene.begin()
    before = await scene.studio()
    assert (before["pending"], before["day"], before["reversed"]) == (100_000, 200, 0)
    assert await scene.ranking() == [GIVEN, 1]
    disputed = await scene.till.pay(scene.order, "dispute")
    assert disputed["state"] == "disputed"
    wallet = await scene.till.wallet()
    assert (wallet["coins_total"], wallet["coins_owed"], wallet["frozen"]) == (0, 0, False)
    after = await scene.studio()
    assert (after["pending"], after["closing"]) == (500, 500)
    assert (after["day"], after["stream"]) == (1, [1])
    assert await scene.ranking() == [1]
    assert (await scene.statement())["coins_paid"] == 0
    await scene.check()
    won = await scene.till.pay(scene.order, "dispute_won")
    assert won["state"] == "credited"
    assert (await scene.till.wallet())["coins_total"] == COINS - GIVEN
    assert await scene.ranking() == [GIVEN, 1]
    restored = await scene.studio()
    assert {**restored, "reversed": 0} == before
    assert (await scene.statement())["coins_paid"] == COINS - GIVEN
    await scene.check()


async def test_by_the_rule_that_buyers_owe_the_debt_is_paid_from_the_next_top_up(
    scene: Scene,
) -> None:
    await World(scene.services.db).set_steps("owe")
    await scene.begin()
    before = await scene.studio()
    await scene.till.pay(scene.order, "dispute")
    wallet = await scene.till.wallet()
    assert (wallet["coins_total"], wallet["coins_owed"], wallet["frozen"]) == (0, GIVEN, True)
    assert await scene.studio() == before, "the creator keeps what the buyer owes"
    assert await scene.ranking() == [GIVEN, 1]
    assert (await scene.statement())["coins_owed"] == GIVEN
    await scene.check()
    await scene.till.pay(await scene.till.order(70))
    wallet = await scene.till.wallet()
    assert (wallet["coins_total"], wallet["coins_owed"], wallet["frozen"]) == (0, GIVEN - 70, True)
    await scene.till.pay(await scene.till.order(350))
    wallet = await scene.till.wallet()
    assert (wallet["coins_total"], wallet["coins_owed"], wallet["frozen"]) == (221, 0, False)
    await scene.check()
    won = await scene.till.pay(scene.order, "dispute_won")
    assert won["state"] == "credited"
    wallet = await scene.till.wallet()
    assert (wallet["coins_total"], wallet["coins_owed"]) == (COINS - GIVEN + 70 + 350, 0)
    await scene.check()
