"""A creator who is live, and a viewer with coins."""

from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest

from largesse import ledger
from largesse.db import Database
from largesse.identity import Role
from largesse.ledger import TopUp
from largesse.types import new_id
from tests.fixtures_identity import MakeUser, SignedIn


@pytest.fixture
async def nora(users: MakeUser) -> SignedIn:
    """A creator who takes gifts."""
    return await users("Nora", roles={Role.CREATOR}, followers=1000, gifting=True)


@pytest.fixture
async def vera(users: MakeUser, db: Database) -> SignedIn:
    """A viewer with 1,000 coins bought by card."""
    viewer = await users("Vera")
    top_up = TopUp(
        owner_id=viewer.id,
        order_id=new_id(),
        coins=1000,
        coins_bonus=0,
        currency="USD",
        gross_minor=1057,
        tax_minor=0,
        fee_minor=30,
        provider="sandbox",
        channel="web",
        hold_days=21,
    )
    async with db.transaction() as conn:
        await ledger.credit_top_up(conn, top_up)
    return viewer


@dataclass(frozen=True)
class Stage:
    """Opens rooms and gives gifts over HTTP."""

    client: httpx.AsyncClient
    creator: SignedIn

    async def stream(self, title: str) -> str:
        response = await self.client.post(
            "/v1/streams", json={"title": title}, headers=self.creator.headers
        )
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def end(self, stream_id: str) -> None:
        url = f"/v1/streams/{stream_id}/end"
        assert (await self.client.post(url, headers=self.creator.headers)).status_code == 200

    async def post(self, caption: str) -> str:
        response = await self.client.post(
            "/v1/posts", json={"caption": caption}, headers=self.creator.headers
        )
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def give(
        self, giver: SignedIn, place: str, gift: str, count: int = 1
    ) -> tuple[UUID, httpx.Response]:
        gift_id = new_id()
        body = {"id": str(gift_id), "gift": gift, "count": count}
        response = await self.client.post(f"/v1/{place}/gifts", json=body, headers=giver.headers)
        return gift_id, response


@pytest.fixture
def stage(client: httpx.AsyncClient, nora: SignedIn) -> Stage:
    return Stage(client, nora)
