"""Plays the buyer, the bank, Pub/Sub and bad luck: `POST /_control/<what>` with a wish in JSON."""

import base64
import json
from collections.abc import Callable
from time import time
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.google_play.api import Api, Trouble
from tests.fakes.google_play.books import Json, Refused, Sale
from tests.fakes.google_play.process import AUDIENCE, PACKAGE, PUSHER
from tests.fakes.google_play.signing import Pusher

_OTHER, _CHARGEBACK = 0, 7


class Control:
    """Each public name is a thing that can happen to the purchase of the shop's `order_id`, or the one of a `token`."""

    def __init__(self, api: Api, pusher: Pusher) -> None:
        self._api, self._books, self._pusher = api, api.books, pusher
        self._acts: dict[str, Callable[[Json], Any]] = {
            "buy": self.buy, "pay": self.pay, "cancel": self.cancel, "refund": self.refund,
            "refund_part": self.refund_part, "dispute": self.dispute, "void": self.void,
            "forget_voided": self.forget_voided,
            "edit": self.edit, "show": self.show, "consumed": self.consumed,
            "trouble": self.trouble, "end_tokens": self.end_tokens, "calls": self.calls,
            "rotate": self.rotate, "page_size": self.page_size,
            "push": self.push, "notify": self.notify,
        }  # fmt: skip

    def routes(self) -> list[Route]:
        return [Route("/_control/{act}", self.act, methods=["POST"])]

    async def act(self, request: Request) -> Response:
        wish = json.loads(await request.body() or b"{}")
        try:
            return JSONResponse(self._acts[request.path_params["act"]](wish))
        except Refused as refused:
            return JSONResponse({"reason": refused.reason}, refused.status)

    def _sale(self, wish: Json) -> Sale:
        return self._books.find(wish)

    def buy(self, wish: Json) -> str:
        """A purchase that waits for its payment; answers the token that the app gets."""
        return self._books.buy(wish).token

    def pay(self, wish: Json) -> None:
        self._books.pay(self._sale(wish))

    def cancel(self, wish: Json) -> None:
        self._books.cancel(self._sale(wish))

    def refund(self, wish: Json) -> None:
        """Somebody at the console, or Google, gives the rest back; `listed` False: without revoking."""
        self._books.refund(self._sale(wish), "OTHER", _OTHER, listed=wish.get("listed", True))

    def refund_part(self, wish: Json) -> None:
        state = wish.get("state", "PROCESSED_SUCCESSFULLY")
        self._books.refund_part(self._sale(wish), wish["amount_minor"], state)

    def dispute(self, wish: Json) -> None:
        """The buyer's bank takes the money back."""
        self._books.refund(self._sale(wish), "CHARGEBACK", _CHARGEBACK)

    def void(self, wish: Json) -> None:
        """On the list, while the order does not show it yet."""
        self._books.void(self._sale(wish), wish.get("reason", _OTHER), wish.get("quantity"))

    def forget_voided(self, wish: Json) -> None:
        """The list is empty, as after thirty days."""
        self._books.voided.clear()

    def edit(self, wish: Json) -> None:
        """Change fields of the purchase or of its order: what a shop could not."""
        sale = self._sale(wish)
        sale.purchase.update(wish.get("purchase", {}))
        if sale.order is not None:
            sale.order.update(wish.get("order", {}))

    def show(self, wish: Json) -> Json:
        sale = self._sale(wish)
        return {"token": sale.token, "purchase": sale.purchase, "order": sale.order}

    def consumed(self, wish: Json) -> Json:
        sale = self._sale(wish)
        return {"times": sale.consumed_times, "refunds": sale.refunds}

    def trouble(self, wish: Json) -> None:
        count = wish.pop("count", 1)
        self._api.troubles[:] = [Trouble(**wish) for _ in range(count)]

    def end_tokens(self, wish: Json) -> None:
        self._api.accounts.tokens.clear()

    def calls(self, wish: Json) -> list[str]:
        """What was called since this was asked last."""
        calls, self._api.calls[:] = list(self._api.calls), []
        return calls

    def rotate(self, wish: Json) -> None:
        self._pusher.rotate()

    def page_size(self, wish: Json) -> None:
        self._api.page_size = wish["size"]

    def push(self, wish: Json) -> Json:
        """A message with any data, as Pub/Sub delivers it; `claims` and `key` change its token."""
        at = int(time())
        claims = {
            "aud": AUDIENCE, "azp": "113774264463038321964", "email": PUSHER,
            "email_verified": True, "exp": at + 3600, "iat": at,
            "iss": "https://accounts.google.com", "sub": "113774264463038321964",
            **wish.get("claims", {}),
        }  # fmt: skip
        told = {name: value for name, value in claims.items() if value is not None}
        name = wish.get("id", uuid4().hex)
        data = base64.b64encode(json.dumps(wish["data"]).encode()).decode()
        message = {"data": data, "messageId": name, "message_id": name, "attributes": {}}
        body = {"message": message, "subscription": "projects/example-project/subscriptions/play"}
        token = self._pusher.token(told, key=wish.get("key"), alg=wish.get("alg", "RS256"))
        return {"body": json.dumps(body), "headers": {"authorization": f"Bearer {token}"}}

    def notify(self, wish: Json) -> Json:
        """A message about a purchase: `purchased`, `canceled` or `voided`."""
        sale, kind = self._sale(wish), wish["type"]
        about: Json = {"version": "1.0", "purchaseToken": sale.token}
        if kind == "voided":
            about |= {"orderId": sale.purchase["orderId"], "productType": 2, "refundType": 1}
            told = {"voidedPurchaseNotification": about}
        else:
            about |= {"notificationType": 1 if kind == "purchased" else 2, "sku": sale.product}
            told = {"oneTimeProductNotification": about}
        data = {"version": "1.0", "packageName": PACKAGE, "eventTimeMillis": "0", **told}
        return self.push({"data": data, **wish.get("push", {})})
