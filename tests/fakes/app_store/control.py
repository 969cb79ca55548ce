"""Plays the buyer, Apple's support and bad luck: `POST /_control/<what>` with a wish in JSON."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.app_store.api import Api, Trouble
from tests.fakes.app_store.books import APP_APPLE_ID, BUNDLE_ID, ENVIRONMENT, Json, now_ms


class Control:
    """Each public name is a thing that can happen to the purchase of `order_id` (the account token)."""

    def __init__(self, api: Api) -> None:
        self._api, self._books, self._signer = api, api.books, api.signer
        self._acts: dict[str, Callable[[Json], Any]] = {
            "offer": self.offer, "buy": self.buy, "buy_again": self.buy_again, "edit": self.edit,
            "price": self.price,
            "refund": self.refund, "reverse_refund": self.reverse_refund, "proof": self.proof,
            "notify": self.notify, "sign": self.sign, "consumption": self.consumption,
            "trouble": self.trouble, "calls": self.calls,
        }  # fmt: skip

    def routes(self) -> list[Route]:
        return [Route("/_control/{act}", self.act, methods=["POST"])]

    async def act(self, request: Request) -> Response:
        wish = json.loads(await request.body() or b"{}")
        return JSONResponse(self._acts[request.path_params["act"]](wish))

    def offer(self, wish: Json) -> None:
        self._books.offer(**wish)

    def buy(self, wish: Json) -> str:
        """Pay; answers the transaction's id."""
        name: str = self._books.buy(wish["order_id"])["transactionId"]
        return name

    def buy_again(self, wish: Json) -> str:
        """Pay a second time with the same account token; the first purchase is no longer the one shown."""
        self._books.bought[f"earlier {uuid4()}"] = self._books.bought.pop(wish["order_id"])
        return self.buy(wish)

    def edit(self, wish: Json) -> None:
        """Change fields of the transaction; null takes one away."""
        transaction = self._books.buy(wish.pop("order_id"))
        transaction.update(wish)
        for name in [name for name, value in wish.items() if value is None]:
            del transaction[name]

    def price(self, wish: Json) -> int:
        """What was charged, in thousandths."""
        charged: int = self._books.buy(wish["order_id"])["price"]
        return charged

    def refund(self, wish: Json) -> None:
        self._books.refund(wish["order_id"], wish.get("percentage", 100_000))

    def reverse_refund(self, wish: Json) -> None:
        self._books.reverse_refund(wish["order_id"])

    def proof(self, wish: Json) -> str:
        """The signed transaction as the app gets it."""
        transaction = self._books.buy(wish["order_id"])
        signed_at_ms = now_ms() - int(wish.get("age_s", 0) * 1000)
        signed = {**transaction, "signedDate": signed_at_ms, **wish.get("change", {})}
        return self._signer.sign(signed, wish.get("chain", "good"))

    def notify(self, wish: Json) -> str:
        """A new delivery's body; `data` and `payload` change the notification, `chain` who signs it."""
        signed_at_ms = now_ms() - int(wish.get("age_s", 0) * 1000)
        data: Json = {
            "appAppleId": APP_APPLE_ID,
            "bundleId": BUNDLE_ID,
            "bundleVersion": "7",
            "environment": ENVIRONMENT,
        }
        if "order_id" in wish:
            transaction = {
                **self._books.buy(wish["order_id"]),
                "signedDate": signed_at_ms,
                **wish.get("transaction", {}),
            }
            chain = wish.get("transaction_chain", "good")
            data["signedTransactionInfo"] = self._signer.sign(transaction, chain)
        payload = {
            "notificationType": wish["type"],
            "notificationUUID": str(uuid4()),
            "version": "2.0",
            "signedDate": signed_at_ms,
            "data": {**data, **wish.get("data", {})},
            **wish.get("payload", {}),
        }
        return self.sign({"payload": payload, "chain": wish.get("chain", "good")})

    def sign(self, wish: Json) -> str:
        """A delivery's body of any payload."""
        signed = self._signer.sign(wish["payload"], wish.get("chain", "good"))
        return json.dumps({"signedPayload": signed})

    def consumption(self, wish: Json) -> Json | None:
        """What the shop told about a transaction."""
        return self._books.consumption.get(self._books.buy(wish["order_id"])["transactionId"])

    def trouble(self, wish: Json) -> None:
        count = wish.pop("count", 1)
        self._api.troubles[:] = [Trouble(**wish) for _ in range(count)]

    def calls(self, wish: Json) -> list[str]:
        """What was called since this was asked last."""
        calls, self._api.calls[:] = list(self._api.calls), []
        return calls
