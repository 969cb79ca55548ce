"""What coins of a purchase are worth, by where they lie in it.

The first `k` coins bought are worth `floor(amount x k / coins_bought)`; what lies between two places is the difference.
So the parts of a purchase add up to it exactly, and no part depends on one that is not known yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


def value_between(amount_minor: int, coins_bought: int, first: int, last: int) -> int:
    """The part of a purchase's amount (net, tax, fee) that falls on its coins [first, last), in minor units."""
    return amount_minor * last // coins_bought - amount_minor * first // coins_bought


@dataclass(frozen=True, slots=True)
class PricedLot:
    """A row of a purchase: coins [position, position + coins) of those bought, from `start` on the owner's axis."""

    owner_id: UUID
    id: UUID
    order_id: UUID
    start: int
    coins: int
    position: int
    coins_bought: int
    currency: str
    gross_minor: int
    tax_minor: int
    fee_minor: int
    provider: str
    channel: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LotPart:
    """Coins that a lot gave, and what they cost in its currency."""

    lot: PricedLot
    coins: int
    net_minor: int
    tax_minor: int
    fee_minor: int
    """Of the net: what the provider or store kept."""

    @property
    def gross_minor(self) -> int:
        """The sum of its parts, rather than rounded by itself: so no part is ever below zero."""
        return self.net_minor + self.tax_minor


def lot_parts(lots: Iterable[PricedLot], start: int, coins: int) -> list[LotPart]:
    """What each lot gave of the coins [start, start + coins) of its owner's axis, first bought first."""
    parts: list[LotPart] = []
    for lot in sorted(lots, key=lambda lot: lot.start):
        first, last = max(start, lot.start), min(start + coins, lot.start + lot.coins)
        if first < last:
            place = first - lot.start + lot.position
            amounts = (lot.gross_minor - lot.tax_minor, lot.tax_minor, lot.fee_minor)
            worth = (
                value_between(amount, lot.coins_bought, place, place + last - first)
                for amount in amounts
            )
            parts.append(LotPart(lot, last - first, *worth))
    return parts
