"""A buyer at the till: places orders and makes the sandbox play outcomes, over HTTP."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.fixtures_identity import SignedIn


@dataclass
class Till:
    """One buyer's view of the top-up API."""

    client: httpx.AsyncClient
    buyer: SignedIn

    async def packages(self, country: str = "US", channel: str = "web") -> list[dict[str, Any]]:
        answer = await self.client.get(
            "/v1/coin-packages", params={"country": country, "channel": channel}
        )
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def request(self, coins: int = 350, country: str = "US") -> dict[str, Any]:
        """The body of an order for a package of so many coins."""
        (package,) = [item for item in await self.packages(country) if item["coins"] == coins]
        return {"package_id": package["id"], "provider": "sandbox", "country": country}

    async def post_order(self, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        headers = dict(self.buyer.headers)
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.client.post("/v1/orders", json=body, headers=headers)

    async def order(self, coins: int = 350) -> dict[str, Any]:
        """A new order, waiting for payment."""
        answer = await self.post_order(await self.request(coins))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def play(self, order: dict[str, Any], outcome: str) -> httpx.Response:
        return await self.client.post(
            f"/v1/sandbox/orders/{order['id']}/pay",
            json={"outcome": outcome},
            headers=self.buyer.headers,
        )

    async def pay(self, order: dict[str, Any], outcome: str = "succeed") -> dict[str, Any]:
        """Play an outcome that fits, and answer with the order after it."""
        answer = await self.play(order, outcome)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def show(self, order: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/orders/{order['id']}", headers=self.buyer.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def wallet(self) -> dict[str, Any]:
        answer = await self.client.get("/v1/wallet", headers=self.buyer.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def reasons(order: dict[str, Any]) -> list[str]:
    """The reasons in an order's history."""
    return [line["reason"] for line in order["history"]]
