"""What the fake Stripe knows: its objects in the shape of its newest API version, and what becomes of them."""

import itertools
import time
from typing import Any

Object = dict[str, Any]


class Refused(Exception):
    """Stripe's answer to what it does not do."""

    def __init__(self, message: str, *, status: int = 400, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Books:
    """The objects of one account in test mode. Lists are oldest first."""

    def __init__(self) -> None:
        self.sessions: dict[str, Object] = {}
        self.intents: dict[str, Object] = {}
        self.refunds: list[Object] = []
        self.disputes: list[Object] = []
        self.charges: dict[str, Object] = {}
        self.search_lags = False
        self._numbers = itertools.count(1)

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):024d}"

    def session_of_order(self, order_id: str) -> Object:
        """The newest page of an order."""
        for session in reversed(self.sessions.values()):
            if session["client_reference_id"] == order_id:
                return session
        raise Refused("no page of this order", status=404)

    def intent_of_order(self, order_id: str) -> Object:
        intent_id = self.session_of_order(order_id)["payment_intent"]
        if intent_id is None:
            raise Refused("nothing was paid", status=404)
        return self.intents[intent_id]

    def begin(self, session: Object) -> Object:
        """The payment intent of a page; Stripe makes it when the buyer confirms."""
        if session["status"] == "expired":
            raise Refused("the page is closed")
        if session["payment_intent"] is not None:
            return self.intents[session["payment_intent"]]
        intent: Object = {
            "id": self.new_id("pi_"),
            "object": "payment_intent",
            "amount": session["amount_total"],
            "amount_received": 0,
            "currency": session["currency"],
            "created": int(time.time()),
            "metadata": dict(session["_intent_metadata"]),
            "status": "processing",
            "latest_charge": None,
            "last_payment_error": None,
            "livemode": False,
        }
        self.intents[intent["id"]] = intent
        session.update(payment_intent=intent["id"], status="complete", url=None)
        return intent

    def succeed(self, session: Object, country: str | None = "US") -> None:
        """By a card of this country, of which every payment has its own."""
        intent = self.begin(session)
        if intent["status"] != "succeeded":
            charge = self._charge(intent, country)
            intent.update(
                status="succeeded",
                amount_received=intent["amount"],
                latest_charge=charge["id"],
                last_payment_error=None,
            )
        session["payment_status"] = "paid"

    def _charge(self, intent: Object, country: str | None) -> Object:
        charge: Object = {
            "id": self.new_id("ch_"),
            "object": "charge",
            "amount": intent["amount"],
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "metadata": intent["metadata"],
            "status": "succeeded",
            "payment_method_details": {
                "type": "card",
                "card": {
                    "brand": "visa",
                    "country": country,
                    "fingerprint": f"fp{intent['id'][-14:]}",
                    "last4": "4242",
                    "wallet": None,
                },
            },
        }
        self.charges[charge["id"]] = charge
        return charge

    def expanded(self, intent: Object) -> Object:
        """With its newest charge in place of the charge's id."""
        return {**intent, "latest_charge": self.charges.get(intent["latest_charge"])}

    def decline(self, session: Object) -> None:
        """A slow method of payment came to nothing."""
        intent = self.begin(session)
        if intent["status"] == "succeeded":
            raise Refused("it is paid")
        intent.update(status="requires_payment_method", last_payment_error={"type": "card_error"})

    def refuse_card(self, session: Object) -> None:
        """A card was refused; the page stays open for another one."""
        self.decline(session)
        session.update(status="open", url="http://127.0.0.1/again")

    def expire(self, session: Object) -> None:
        if session["status"] == "complete":
            raise Refused("the page is complete")
        session.update(status="expired", url=None)

    def refund(self, intent: Object, amount: int | None, metadata: Object, status: str) -> Object:
        alive = [r for r in self.refunds if r["payment_intent"] == intent["id"]]
        left = intent["amount_received"] - sum(
            r["amount"] for r in alive if r["status"] not in ("failed", "canceled")
        )
        wanted = left if amount is None else amount
        if left <= 0:
            raise Refused("it is refunded already", code="charge_already_refunded")
        if not 0 < wanted <= left:
            raise Refused("more than is left of the charge")
        if any(
            d["payment_intent"] == intent["id"] and d["status"] == "lost" for d in self.disputes
        ):
            raise Refused("it was charged back", code="charge_disputed")
        refund = {
            "id": self.new_id("re_"),
            "object": "refund",
            "amount": wanted,
            "currency": intent["currency"],
            "charge": intent["latest_charge"],
            "payment_intent": intent["id"],
            "created": int(time.time()),
            "metadata": metadata,
            "status": status,
        }
        self.refunds.append(refund)
        return refund

    def dispute(self, intent: Object, amount: int | None, *, inquiry: bool) -> Object:
        if intent["status"] != "succeeded":
            raise Refused("nothing was paid")
        dispute: Object = {
            "id": self.new_id("du_"),
            "object": "dispute",
            "amount": intent["amount_received"] if amount is None else amount,
            "currency": intent["currency"],
            "charge": intent["latest_charge"],
            "payment_intent": intent["id"],
            "created": int(time.time()),
            "metadata": {},
            "balance_transactions": [],
            "status": "warning_needs_response" if inquiry else "needs_response",
            "livemode": False,
        }
        self.disputes.append(dispute)
        if not inquiry:
            self._move(dispute, -dispute["amount"])
        return dispute

    def close_dispute(self, dispute: Object, *, won: bool) -> None:
        if dispute["status"] != "needs_response":
            raise Refused("the dispute is closed")
        dispute["status"] = "won" if won else "lost"
        if won:
            self._move(dispute, dispute["amount"])

    def _move(self, dispute: Object, amount: int) -> None:
        dispute["balance_transactions"].append(
            {
                "id": self.new_id("txn_"),
                "object": "balance_transaction",
                "amount": amount,
                "currency": dispute["currency"],
                "created": int(time.time()),
                "reporting_category": "dispute" if amount < 0 else "dispute_reversal",
            }
        )
