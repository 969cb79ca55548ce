"""A buyer: orders coins, pays at the sandbox, and asks until the order is credited."""

import asyncio
import random
from typing import Any
from uuid import UUID

from largesse.types import new_id
from tests.faults.clients import HttpClient
from tests.faults.stage import Viewer
from tests.faults.tally import ASK_AGAIN, Tally

_ASK_S = 0.3
_OUTCOMES = ("succeed", "succeed", "succeed_twice")
_SETTLED_ALREADY = "order_not_payable"
"""Paid before, as a lost answer has it; then the provider, the worker or the sweep brings it home."""


async def buy(http: HttpClient, buyer: Viewer, tally: Tally, chance: random.Random) -> None:
    """One order, settled: its coins are credited."""
    ask = _Asker(http, buyer, tally)
    packages = await ask("GET", "/coin-packages?country=US&channel=web")
    package = min(packages["items"], key=lambda item: int(item["coins"]))
    wish = {"package_id": package["id"], "provider": "sandbox", "country": "US"}
    order = await ask("POST", "/orders", wish, **{"Idempotency-Key": str(new_id())})
    order_id = UUID(order["id"])
    tally.ordered.add(order_id)
    outcome = {"outcome": chance.choice(_OUTCOMES)}
    while order["state"] != "credited":
        await ask("POST", f"/sandbox/orders/{order_id}/pay", outcome)
        order = await ask("GET", f"/orders/{order_id}")
        await asyncio.sleep(_ASK_S)
    tally.credited[order_id] = (buyer.id, order["coins"] + order["coins_bonus"])


class _Asker:
    """Asks one server until there is an answer that is not "later"."""

    def __init__(self, http: HttpClient, buyer: Viewer, tally: Tally) -> None:
        self._http = http
        self._buyer = buyer
        self._tally = tally

    async def __call__(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> dict[str, Any]:
        while True:
            status, told = await self._http.ask(method, path, self._buyer.token, body, **headers)
            if status in (200, 201) or (status and told["code"] == _SETTLED_ALREADY):
                return told
            if status and told["code"] not in ASK_AGAIN:
                self._tally.surprise(f"{method} {path} answered {status} {told['code']}")
            self._tally.retries += 1
            await asyncio.sleep(_ASK_S)
