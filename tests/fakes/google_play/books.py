"""What was bought, paid, refunded and voided."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import time
from typing import Any

Json = dict[str, Any]
DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3}


class Refused(Exception):
    """What Google answers instead of doing it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def money(amount_minor: int, currency: str) -> Json:
    """As Google writes it: parts that are zero are left out."""
    scale = 10 ** DIGITS.get(currency, 2)
    units, rest = divmod(amount_minor, scale)
    told: Json = {"currencyCode": currency}
    if units:
        told["units"] = str(units)
    if rest:
        told["nanos"] = rest * (10**9 // scale)
    return told


@dataclass
class Sale:
    """One purchase with its order."""

    token: str
    purchase: Json
    order: Json | None
    amount_minor: int
    currency: str
    product: str
    consumed_times: int = 0
    refunds: int = 0


@dataclass
class Books:
    """By token; the newest purchase of a shop's order first found."""

    sales: dict[str, Sale] = field(default_factory=dict)
    voided: list[Json] = field(default_factory=list)

    def buy(self, wish: Json) -> Sale:
        """A buyer starts a purchase in the app: pending until it is paid."""
        product, quantity = wish.get("product", "coins_350"), wish.get("quantity", 1)
        offer = {
            "quantity": quantity,
            "refundableQuantity": quantity,
            "consumptionState": "CONSUMPTION_STATE_YET_TO_BE_CONSUMED",
        }
        purchase: Json = {
            "kind": "androidpublisher#productPurchaseV2",
            "productLineItem": [{"productId": product, "productOfferDetails": offer}],
            "purchaseStateContext": {"purchaseState": "PENDING"},
            "regionCode": wish.get("country", "US"),
            "acknowledgementState": "ACKNOWLEDGEMENT_STATE_PENDING",
        }
        if wish.get("order_id"):
            purchase["obfuscatedExternalProfileId"] = wish["order_id"]
            purchase["obfuscatedExternalAccountId"] = "a-digest-of-the-user"
        if wish.get("test"):
            purchase["testPurchaseContext"] = {"fopType": "TEST"}
        token = f"fake.{secrets.token_urlsafe(90)}"
        sale = Sale(
            token,
            purchase,
            None,
            wish.get("amount_minor", 370),
            wish.get("currency", "USD"),
            product,
        )
        self.sales[token] = sale
        return sale

    def find(self, wish: Json) -> Sale:
        """By token, or the newest of a shop's order."""
        if "token" in wish:
            return self.by_token(wish["token"])
        for sale in reversed(self.sales.values()):
            if sale.purchase.get("obfuscatedExternalProfileId") == wish["order_id"]:
                return sale
        raise Refused(404, "no such sale")

    def by_token(self, token: str) -> Sale:
        if token not in self.sales:
            raise Refused(404, "purchaseTokenNotFound")
        return self.sales[token]

    def by_name(self, name: str) -> Sale:
        for sale in self.sales.values():
            if sale.order is not None and sale.order["orderId"] == name:
                return sale
        raise Refused(404, "orderNotFound")

    def pay(self, sale: Sale) -> None:
        """The money is taken."""
        if sale.order is not None:
            return
        groups = [secrets.randbelow(9000) + 1000 for _ in range(4)]
        name = f"GPA.{'-'.join(str(group) for group in groups)}0"
        sale.purchase["orderId"] = name
        sale.purchase["purchaseStateContext"]["purchaseState"] = "PURCHASED"
        sale.purchase["purchaseCompletionTime"] = stamp()
        total = money(sale.amount_minor, sale.currency)
        sale.order = {
            "orderId": name,
            "purchaseToken": sale.token,
            "state": "PROCESSED",
            "createTime": stamp(),
            "lastEventTime": stamp(),
            "buyerAddress": {"buyerCountry": sale.purchase["regionCode"]},
            "total": total,
            "tax": {"currencyCode": sale.currency},
            "orderDetails": {"taxInclusive": True},
            "lineItems": [{"productId": sale.product, "total": total}],
            "orderHistory": {"processedEvent": {"eventTime": stamp()}},
        }

    def cancel(self, sale: Sale) -> None:
        """A payment that was pending did not come."""
        sale.purchase["purchaseStateContext"]["purchaseState"] = "CANCELLED"

    def paid_order(self, sale: Sale) -> Json:
        if sale.order is None:
            raise Refused(400, "the order was not paid")
        return sale.order

    def refund(self, sale: Sale, reason: str, voided_reason: int, *, listed: bool = True) -> None:
        """All of it, or what is left of it."""
        order = self.paid_order(sale)
        if order["state"] == "REFUNDED":
            raise Refused(400, "orderAlreadyRefunded")
        sale.refunds += 1
        order["state"] = "REFUNDED"
        order["orderHistory"]["refundEvent"] = {
            "eventTime": stamp(),
            "refundReason": reason,
            "refundDetails": {"total": order["total"]},
        }
        sale.purchase["purchaseStateContext"]["purchaseState"] = "CANCELLED"
        if listed:
            self.void(sale, voided_reason)

    def refund_part(self, sale: Sale, amount_minor: int, state: str) -> None:
        """By the console; developers' servers cannot."""
        order = self.paid_order(sale)
        if state == "PROCESSED_SUCCESSFULLY":
            order["state"] = "PARTIALLY_REFUNDED"
        order["orderHistory"].setdefault("partialRefundEvents", []).append(
            {
                "createTime": stamp(),
                "state": state,
                "refundDetails": {"total": money(amount_minor, sale.currency)},
            }
        )

    def void(self, sale: Sale, reason: int, quantity: int | None = None) -> None:
        """Put it on the list of voided purchases."""
        at = str(int(time() * 1000))
        line: Json = {
            "kind": "androidpublisher#voidedPurchase",
            "purchaseToken": sale.token,
            "purchaseTimeMillis": at,
            "voidedTimeMillis": at,
            "orderId": sale.purchase["orderId"],
            "voidedSource": 2,
            "voidedReason": reason,
        }
        self.voided.append(line if quantity is None else {**line, "voidedQuantity": quantity})

    def consume(self, product: str, token: str) -> None:
        sale = self.by_token(token)
        (line,) = sale.purchase["productLineItem"]
        offer = line["productOfferDetails"]
        bought = sale.purchase["purchaseStateContext"]["purchaseState"] == "PURCHASED"
        if line["productId"] != product or not bought:
            raise Refused(400, "productNotOwnedByUser")
        if offer["consumptionState"] == "CONSUMPTION_STATE_CONSUMED":
            raise Refused(400, "productNotOwnedByUser")
        sale.consumed_times += 1
        offer["consumptionState"] = "CONSUMPTION_STATE_CONSUMED"
        sale.purchase["acknowledgementState"] = "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED"
