"""What the pretend PayPal knows: orders, captures, refunds and disputes, as its API shows them."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
_numbers = itertools.count(1)


class Refused(Exception):
    """What the API answers with a 4xx: a name, and the issue for 422."""

    def __init__(self, status: int, name: str, issue: str = "") -> None:
        super().__init__(name)
        self.status, self.name, self.issue = status, name, issue


def unprocessable(issue: str) -> Refused:
    return Refused(422, "UNPROCESSABLE_ENTITY", issue)


def not_found() -> Refused:
    return Refused(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")


def new_name(prefix: str) -> str:
    """An id in PayPal's style: capitals and digits."""
    return f"{prefix}{next(_numbers):014d}"


def stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Books:
    """Orders by PayPal's id; the rest hangs on them."""

    base: str = ""
    orders: dict[str, Json] = field(default_factory=dict)
    disputes: dict[str, Json] = field(default_factory=dict)
    refuse_capture: dict[str, str] = field(default_factory=dict)
    """Issues with which the next captures of orders are refused."""
    unblocked: set[str] = field(default_factory=set)
    """Orders that may be captured with an invoice number that was paid: as where the account does not block these."""

    def order(self, name: str) -> Json:
        if name not in self.orders:
            raise not_found()
        return self.orders[name]

    def order_by_custom_id(self, custom_id: str) -> Json:
        """The newest order that a shop gave this id."""
        for order in reversed(list(self.orders.values())):
            if order["purchase_units"][0].get("custom_id") == custom_id:
                return order
        raise not_found()

    def create(self, wish: Json) -> Json:
        name = new_name("5O")
        unit = {**wish["purchase_units"][0], "reference_id": "default"}
        pay = f"{self.base}/checkoutnow?token={name}"
        self.orders[name] = {
            "id": name,
            "intent": wish["intent"],
            "status": "PAYER_ACTION_REQUIRED",
            "purchase_units": [unit],
            "create_time": stamp(),
            "links": [
                {"href": f"{self.base}/v2/checkout/orders/{name}", "rel": "self", "method": "GET"},
                {"href": pay, "rel": "payer-action", "method": "GET"},
            ],
        }
        return self.orders[name]

    def approve(self, order: Json, country: str | None = None) -> None:
        """By an account of its own, whose address is in this country."""
        if order["status"] not in ("PAYER_ACTION_REQUIRED", "APPROVED"):
            raise unprocessable("ORDER_ALREADY_CAPTURED")
        order["status"] = "APPROVED"
        if country is not None or "payer" not in order:
            payer_id = f"PAYER{order['id'][-8:]}"
            address = {"country_code": country or "US"}
            order["payer"] = {"payer_id": payer_id, "address": address}
        order["update_time"] = f"{stamp()[:-1]}.{next(_numbers):06d}Z"

    def capture(self, order: Json, status: str = "COMPLETED") -> Json:
        """Take the money of an approved order."""
        if order["status"] == "COMPLETED":
            raise unprocessable("ORDER_ALREADY_CAPTURED")
        if order["status"] != "APPROVED":
            raise unprocessable("ORDER_NOT_APPROVED")
        issue = self.refuse_capture.pop(order["id"], None)
        if issue is not None:
            raise unprocessable(issue)
        invoice = order["purchase_units"][0].get("invoice_id")
        if (
            invoice is not None
            and order["id"] not in self.unblocked
            and any(
                other["purchase_units"][0].get("invoice_id") == invoice and paid(other) is not None
                for other in self.orders.values()
            )
        ):
            raise unprocessable("DUPLICATE_INVOICE_ID")
        order["status"] = "COMPLETED"
        return self.add_capture(order, status)

    def add_capture(self, order: Json, status: str) -> Json:
        unit, name = order["purchase_units"][0], new_name("3C")
        capture = {
            "id": name,
            "status": status,
            "amount": dict(unit["amount"]),
            "final_capture": True,
            "custom_id": unit.get("custom_id"),
            "invoice_id": unit.get("invoice_id"),
            "create_time": stamp(),
            "supplementary_data": {"related_ids": {"order_id": order["id"]}},
            "links": [
                self._link(f"payments/captures/{name}", "self"),
                self._link(f"checkout/orders/{order['id']}", "up"),
            ],
        }
        payments(order).setdefault("captures", []).append(capture)
        return capture

    def find_capture(self, name: str) -> tuple[Json, Json]:
        """A capture with its order."""
        for order in self.orders.values():
            for capture in payments(order).get("captures", []):
                if capture["id"] == name:
                    return order, capture
        raise not_found()

    def refund(self, name: str, amount: Json | None, status: str = "COMPLETED") -> Json:
        order, capture = self.find_capture(name)
        if capture["status"] == "REFUNDED":
            raise unprocessable("CAPTURE_FULLY_REFUNDED")
        if capture["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED"):
            raise unprocessable("INVALID_CAPTURE_STATUS")
        left = Decimal(capture["amount"]["value"]) - self._refunded(order, name)
        amount = amount or {**capture["amount"], "value": str(left)}
        if amount["currency_code"] != capture["amount"]["currency_code"]:
            raise unprocessable("CURRENCY_MISMATCH")
        if not 0 < Decimal(amount["value"]) <= left:
            raise unprocessable("REFUND_AMOUNT_EXCEEDED")
        own = new_name("1R")
        refund = {
            "id": own,
            "status": status,
            "amount": dict(amount),
            "create_time": stamp(),
            "links": [
                self._link(f"payments/refunds/{own}", "self"),
                self._link(f"payments/captures/{name}", "up"),
            ],
        }
        payments(order).setdefault("refunds", []).append(refund)
        self._show_refunds(order, capture)
        return refund

    def settle_refund(self, order: Json, status: str) -> None:
        """Let the newest refund of an order end."""
        payments(order)["refunds"][-1]["status"] = status
        self._show_refunds(order, payments(order)["captures"][-1])

    def dispute(self, order: Json, wish: Json) -> Json:
        """Open or change the one dispute of an order's payment."""
        capture = paid(order)
        assert capture is not None, "only what was paid is disputed"
        known = [one for one in self.disputes.values() if one["custom"] == order["id"]]
        dispute = known[0] if known else self._new_dispute(order, capture)
        if "outcome" in wish:
            dispute["status"] = "RESOLVED"
            dispute["dispute_outcome"] = {"outcome_code": wish["outcome"]}
        else:
            dispute["status"] = wish.get("status", "UNDER_REVIEW")
        dispute["dispute_life_cycle_stage"] = wish.get("stage", dispute["dispute_life_cycle_stage"])
        if "value" in wish:
            dispute["dispute_amount"] = {**capture["amount"], "value": wish["value"]}
        return dispute

    def _new_dispute(self, order: Json, capture: Json) -> Json:
        name = new_name("PP-D-")
        self.disputes[name] = {
            "dispute_id": name,
            "custom": order["id"],
            "create_time": stamp(),
            "disputed_transactions": [{"seller_transaction_id": capture["id"]}],
            "dispute_amount": dict(capture["amount"]),
            "dispute_life_cycle_stage": "CHARGEBACK",
            "status": "OPEN",
        }
        return self.disputes[name]

    def _refunded(self, order: Json, capture: str) -> Decimal:
        up = self._link(f"payments/captures/{capture}", "up")
        refunds = payments(order).get("refunds", [])
        given = [
            one
            for one in refunds
            if up in one["links"] and one["status"] in ("COMPLETED", "PENDING")
        ]
        return sum((Decimal(one["amount"]["value"]) for one in given), Decimal(0))

    def _show_refunds(self, order: Json, capture: Json) -> None:
        refunded = self._refunded(order, capture["id"])
        whole = refunded == Decimal(capture["amount"]["value"])
        part = "PARTIALLY_REFUNDED" if refunded else "COMPLETED"
        capture["status"] = "REFUNDED" if whole else part

    def _link(self, path: str, rel: str) -> Json:
        return {"href": f"{self.base}/v2/{path}", "rel": rel, "method": "GET"}


def payments(order: Json) -> Json:
    found: Json = order["purchase_units"][0].setdefault("payments", {})
    return found


def paid(order: Json) -> Json | None:
    """The capture that took the money."""
    taken = ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")
    for capture in payments(order).get("captures", []):
        if capture["status"] in taken:
            found: Json = capture
            return found
    return None
