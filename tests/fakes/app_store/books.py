"""What the fake App Store knows: offers, purchases, refunds."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

Json = dict[str, Any]
BUNDLE_ID = "com.example.largesse"
APP_APPLE_ID = 1234567890
ENVIRONMENT = "Production"


class Refused(Exception):
    """As Apple refuses: a status and an error code."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


def now_ms() -> int:
    return int(time.time() * 1000)


@dataclass
class Books:
    """Transactions by the account token (the shop's order), and by their own id."""

    offers: dict[str, Json] = field(default_factory=dict)
    bought: dict[str, Json] = field(default_factory=dict)
    consumption: dict[str, Json] = field(default_factory=dict)
    last_id: int = 2_000_000_000_000_000

    def offer(self, order_id: str, **terms: Any) -> None:
        """What the buyer will be charged for which product: product_id, price_milli, currency, storefront."""
        self.offers[order_id] = terms

    def buy(self, order_id: str) -> Json:
        """The buyer pays; once per order."""
        if order_id not in self.bought:
            self.bought[order_id] = self.transaction(order_id)
        return self.bought[order_id]

    def transaction(self, order_id: str) -> Json:
        """A new transaction on the terms offered."""
        terms = self.offers[order_id]
        self.last_id += 1
        at = now_ms()
        return {
            "transactionId": str(self.last_id),
            "originalTransactionId": str(self.last_id),
            "bundleId": BUNDLE_ID,
            "productId": terms["product_id"],
            "purchaseDate": at,
            "originalPurchaseDate": at,
            "quantity": 1,
            "type": "Consumable",
            "appAccountToken": order_id,
            "inAppOwnershipType": "PURCHASED",
            "environment": ENVIRONMENT,
            "transactionReason": "PURCHASE",
            "storefront": terms.get("storefront", "USA"),
            "storefrontId": "143441",
            "price": terms["price_milli"],
            "currency": terms["currency"],
            "appTransactionId": str(uuid4().int % 10**18),
        }

    def refund(self, order_id: str, percentage: int) -> None:
        """Apple gives money back; the percentage in thousandths."""
        whole = percentage == 100_000
        self.buy(order_id).update(
            revocationDate=now_ms(),
            revocationReason=0,
            revocationType="REFUND_FULL" if whole else "REFUND_PRORATED",
            revocationPercentage=percentage,
        )

    def reverse_refund(self, order_id: str) -> None:
        """The buyer disputed nothing after all: Apple takes the money again."""
        for name in list(self.bought[order_id]):
            if name.startswith("revocation"):
                del self.bought[order_id][name]

    def by_transaction(self, name: str) -> Json:
        """Raises Refused as Apple does for an id that cannot be or is not known."""
        if not (name.isascii() and name.isdigit() and len(name) <= 20):
            raise Refused(400, 4000006)
        for transaction in self.bought.values():
            if transaction["transactionId"] == name:
                return transaction
        raise Refused(404, 4040010)
