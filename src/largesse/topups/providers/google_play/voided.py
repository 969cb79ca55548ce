"""Purchases that Google lists as voided: refunded, charged back, or never acknowledged. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from largesse.topups.providers.google_play.objects import (
    count,
    is_order_name,
    list_of,
    part,
    token_of,
)

LISTED_FOR = timedelta(days=30)
"""How far back Google's list goes."""
_CHARGEBACK = 7
"""Of voidedReason: 0 other, 1 remorse, 2 not received, 3 defective, 4 accidental, 5 fraud, 6 friendly fraud,
7 chargeback, 8 unacknowledged."""
_PAGE_MAX = 1000


@dataclass(frozen=True, slots=True)
class Void:
    """One line of the list."""

    token: str
    order_name: str | None
    chargeback: bool
    quantity: int | None
    """How many of several were given back; None: all."""

    def is_whole(self, bought: int) -> bool:
        """Whether all of a purchase was given back."""
        return self.quantity is None or self.quantity >= bought


def page_query(since: datetime, until: datetime, page: str | None) -> dict[str, str]:
    """The query for one page of the list; Google ignores the times where a page is named."""
    query = {
        "startTime": str(_milliseconds(since)),
        "endTime": str(_milliseconds(until)),
        "maxResults": str(_PAGE_MAX),
        "type": "0",  # purchases only, no subscriptions
        "includeQuantityBasedPartialRefund": "true",
    }
    return query if page is None else {**query, "token": page}


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def read_page(raw: dict[str, Any]) -> tuple[list[Void], str | None]:
    """The lines of a page, and the name of the next. Raises ValueError, KeyError or TypeError."""
    voids = [_read(line) for line in list_of(raw, "voidedPurchases")]
    following = part(raw, "tokenPagination").get("nextPageToken")
    return voids, following if isinstance(following, str) and following else None


def _read(line: dict[str, Any]) -> Void:
    order_name = line.get("orderId")
    return Void(
        token=token_of(line["purchaseToken"]),
        order_name=order_name if is_order_name(order_name) else None,
        chargeback=count(line, "voidedReason", 0) == _CHARGEBACK,
        quantity=count(line, "voidedQuantity", 0) or None,
    )
