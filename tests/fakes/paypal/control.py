"""Plays the buyer, the bank and bad luck: `POST /_control/<what>` with a wish in JSON."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.paypal.api import Api, Trouble
from tests.fakes.paypal.books import Books, Json, Refused, paid, payments, stamp
from tests.fakes.paypal.signing import Signer


class Control:
    """Each public name is a thing that can happen to the order with `order_id` (the shop's id)."""

    def __init__(self, api: Api, signer: Signer) -> None:
        self._api, self._books, self._signer = api, api.books, signer
        self._acts: dict[str, Callable[[Json], Any]] = {
            "approve": self.approve, "capture": self.capture, "decline": self.decline,
            "refuse_capture": self.refuse_capture, "abandon": self.abandon,
            "forget": self.forget, "unblock": self.unblock, "edit": self.edit, "refund": self.refund,
            "settle_refund": self.settle_refund, "dispute": self.dispute, "show": self.show,
            "trouble": self.trouble, "end_tokens": self.end_tokens, "calls": self.calls,
            "sign": self.sign, "notify": self.notify,
        }  # fmt: skip

    def routes(self) -> list[Route]:
        return [Route("/_control/{act}", self.act, methods=["POST"])]

    async def act(self, request: Request) -> Response:
        wish = json.loads(await request.body() or b"{}")
        try:
            return JSONResponse(self._acts[request.path_params["act"]](wish))
        except Refused as refused:
            return JSONResponse({"issue": refused.issue or refused.name}, refused.status)

    def _order(self, wish: Json) -> Json:
        return self._books.order_by_custom_id(wish["order_id"])

    def approve(self, wish: Json) -> None:
        """The buyer says yes; nobody took the money yet."""
        self._books.approve(self._order(wish), wish.get("country"))

    def capture(self, wish: Json) -> None:
        """The money is taken; a status other than COMPLETED says how far."""
        order = self._order(wish)
        self._books.capture(order, wish.get("status", "COMPLETED"))

    def decline(self, wish: Json) -> None:
        """An attempt to take the money was refused (once); the order stays open for another."""
        order = self._order(wish)
        known = payments(order).get("captures", [])
        if all(one["status"] != "DECLINED" for one in known):
            self._books.add_capture(order, "DECLINED")
            known = payments(order)["captures"]
            known.insert(0, known.pop())  # it came before what is there

    def refuse_capture(self, wish: Json) -> None:
        """The next capture is refused for this reason."""
        self._books.refuse_capture[self._order(wish)["id"]] = wish["issue"]

    def abandon(self, wish: Json) -> None:
        self._order(wish)["status"] = "VOIDED"

    def forget(self, wish: Json) -> None:
        """An order that nobody approved is gone after some hours."""
        del self._books.orders[self._order(wish)["id"]]

    def unblock(self, wish: Json) -> None:
        """The order's invoice number may be paid again."""
        self._books.unblocked.add(self._order(wish)["id"])

    def edit(self, wish: Json) -> None:
        """Change fields of the order's unit or of its newest capture: what a shop could not."""
        order = self._order(wish)
        order["purchase_units"][0].update(wish.get("unit", {}))
        if "capture" in wish:
            payments(order)["captures"][-1].update(wish["capture"])
        if "refund" in wish:
            payments(order)["refunds"][-1].update(wish["refund"])

    def _paid(self, wish: Json) -> tuple[Json, Json]:
        order = self._order(wish)
        if order["status"] == "APPROVED":
            self._books.capture(order)
        capture = paid(order)
        assert capture is not None, "not paid"
        return order, capture

    def refund(self, wish: Json) -> str:
        """The shop's owner gives money back on PayPal's site."""
        _, capture = self._paid(wish)
        part = {**capture["amount"], "value": wish["value"]} if "value" in wish else None
        name: str = self._books.refund(capture["id"], part, wish.get("status", "COMPLETED"))["id"]
        return name

    def settle_refund(self, wish: Json) -> None:
        self._books.settle_refund(self._order(wish), wish["status"])

    def dispute(self, wish: Json) -> str:
        order, _ = self._paid(wish)
        name: str = self._books.dispute(order, wish)["dispute_id"]
        return name

    def show(self, wish: Json) -> Json:
        return self._order(wish)

    def trouble(self, wish: Json) -> None:
        count = wish.pop("count", 1)
        self._api.troubles[:] = [Trouble(**wish) for _ in range(count)]

    def end_tokens(self, wish: Json) -> None:
        self._api.tokens.clear()

    def calls(self, wish: Json) -> list[str]:
        """What was called since this was asked last."""
        calls, self._api.calls[:] = list(self._api.calls), []
        return calls

    def sign(self, wish: Json) -> Json:
        """A delivery of any body."""
        body = wish.pop("body")
        return {"body": body, "headers": self._signer.headers(body.encode(), **wish)}

    def notify(self, wish: Json) -> Json:
        """A new delivery of an event about an order; `signed` holds options of `sign`."""
        kind = wish["type"]
        body = {
            "id": f"WH-{uuid4().hex[:17].upper()}",
            "event_version": "1.0",
            "create_time": stamp(),
            "event_type": kind,
            "resource": _resource(self._books, self._order(wish), kind),
        }
        return self.sign({"body": json.dumps(body), **wish.get("signed", {})})


def _resource(books: Books, order: Json, kind: str) -> Any:
    if kind == "CHECKOUT.PAYMENT-APPROVAL.REVERSED":
        return {"order_id": order["id"], "purchase_units": order["purchase_units"]}
    if kind.startswith("CHECKOUT.ORDER."):
        return order
    if kind in ("PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED", "PAYMENT.REFUND.FAILED"):
        return payments(order)["refunds"][-1]
    if kind in ("PAYMENT.CAPTURE.DENIED", "PAYMENT.CAPTURE.DECLINED"):
        return payments(order)["captures"][0]
    if kind.startswith("PAYMENT.CAPTURE."):
        return payments(order)["captures"][-1]
    if kind.startswith("CUSTOMER.DISPUTE."):
        return next(one for one in books.disputes.values() if one["custom"] == order["id"])
    return {"id": "SOMETHING-ELSE"}
