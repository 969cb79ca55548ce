"""What buyers, banks and bad luck do, under `/_control/`; answers are JSON."""

import hashlib
import hmac
import json
import time

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.fakes.stripe.api import shown
from tests.fakes.stripe.books import Books, Object, Refused
from tests.fakes.stripe.trouble import Trouble

API_VERSION = "2025-09-30.clover"


class Control:
    """Steers the books."""

    def __init__(self, books: Books, trouble: Trouble, secret: str) -> None:
        self._books = books
        self._trouble = trouble
        self._secret = secret

    def routes(self) -> list[Route]:
        return [Route("/_control/{what}", self.do, methods=["POST"])]

    async def do(self, request: Request) -> JSONResponse:
        wish: Object = await request.json()
        done = getattr(self, f"do_{request.path_params['what']}")(**wish)
        return JSONResponse(done)

    def do_pay(self, order_id: str, country: str | None = "US") -> Object:
        session = self._books.session_of_order(order_id)
        self._books.succeed(session, country)
        return shown(session)

    def do_begin(self, order_id: str) -> Object:
        """A slow method: the page is complete, the money is under way."""
        session = self._books.session_of_order(order_id)
        self._books.begin(session)
        return shown(session)

    def do_decline(self, order_id: str) -> Object:
        session = self._books.session_of_order(order_id)
        self._books.decline(session)
        return shown(session)

    def do_refuse_card(self, order_id: str) -> Object:
        session = self._books.session_of_order(order_id)
        self._books.refuse_card(session)
        return shown(session)

    def do_abandon(self, order_id: str) -> Object:
        session = self._books.session_of_order(order_id)
        self._books.expire(session)
        return shown(session)

    def do_refund(
        self, order_id: str, amount: int | None = None, status: str = "succeeded"
    ) -> Object:
        """By the operator in the dashboard: without metadata."""
        return self._books.refund(self._books.intent_of_order(order_id), amount, {}, status)

    def do_set_refund(self, order_id: str, status: str) -> Object:
        """The newest refund of an order goes through, or comes back."""
        refund = self._newest(self._books.refunds, order_id)
        refund["status"] = status
        return refund

    def do_dispute(self, order_id: str, amount: int | None = None, inquiry: bool = False) -> Object:
        intent = self._books.intent_of_order(order_id)
        return self._books.dispute(intent, amount, inquiry=inquiry)

    def do_close_dispute(self, order_id: str, won: bool) -> Object:
        dispute = self._newest(self._books.disputes, order_id)
        self._books.close_dispute(dispute, won=won)
        return dispute

    def do_state(self, order_id: str) -> Object:
        """What there is of an order."""
        session = self._books.session_of_order(order_id)
        intent_id = session["payment_intent"]
        return {
            "session": shown(session),
            "intent": self._books.intents.get(intent_id),
            "refunds": [r for r in self._books.refunds if r["payment_intent"] == intent_id],
            "disputes": [d for d in self._books.disputes if d["payment_intent"] == intent_id],
        }

    def do_search_lags(self, lags: bool) -> Object:
        """Stripe's search does not know the newest payments."""
        self._books.search_lags = lags
        return {}

    def do_trouble(self, kind: str, count: int = 1, skip: int = 0, delay_s: float = 0.0) -> Object:
        self._trouble.plan(kind, count, skip, delay_s)
        return {}

    def do_event(
        self, order_id: str, type: str, change: Object | None = None, livemode: bool = False
    ) -> Object:
        """A new event about an order's newest object of its kind, signed now."""
        made = {**self._object(order_id, type), **(change or {})}
        event = {
            "id": self._books.new_id("evt_"),
            "object": "event",
            "api_version": API_VERSION,
            "created": int(time.time()),
            "data": {"object": made},
            "livemode": livemode,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": type,
        }
        return self.do_sign(json.dumps(event))

    def do_sign(self, body: str, at: int | None = None, secret: str | None = None) -> Object:
        """A body with the header that goes with it."""
        sent_at = int(time.time()) if at is None else at
        payload = f"{sent_at}.{body}".encode()
        digest = hmac.new((secret or self._secret).encode(), payload, hashlib.sha256).hexdigest()
        return {"body": body, "signature": f"t={sent_at},v1={digest},v0={'0' * 64}"}

    def _object(self, order_id: str, type: str) -> Object:
        session = shown(self._books.session_of_order(order_id))
        as_it_was: dict[str, Object] = {
            "checkout.session.async_payment_failed": {"payment_status": "unpaid"},
            "checkout.session.expired": {"status": "expired", "payment_status": "unpaid"},
        }
        if type.startswith("checkout.session."):
            return {**session, **as_it_was.get(type, {})}
        if type.startswith("payment_intent."):
            return self._books.intent_of_order(order_id)
        if type == "charge.refunded":
            return self._charge(self._books.intent_of_order(order_id))
        if type.startswith("charge.dispute."):
            return self._newest(self._books.disputes, order_id)
        return self._newest(self._books.refunds, order_id)

    def _charge(self, intent: Object) -> Object:
        refunded = [r["amount"] for r in self._books.refunds if r["payment_intent"] == intent["id"]]
        return {
            "id": intent["latest_charge"],
            "object": "charge",
            "amount": intent["amount"],
            "amount_refunded": sum(refunded),
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "metadata": intent["metadata"],
            "refunded": sum(refunded) == intent["amount"],
        }

    def _newest(self, items: list[Object], order_id: str) -> Object:
        intent = self._books.intent_of_order(order_id)
        for item in reversed(items):
            if item["payment_intent"] == intent["id"]:
                return item
        raise Refused("there is none", status=404)
