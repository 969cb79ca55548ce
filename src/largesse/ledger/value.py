"""What coins of a lot are worth, by where they lie in it.

The first `k` coins of a lot are worth `floor(amount x k / coins_bought)`; what lies between two places is the
difference. So the parts of a lot add up to it exactly, and no part depends on one that is not known yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from largesse.ledger.rows import LotRow


def value_between(amount_minor: int, coins_bought: int, first: int, last: int) -> int:
    """The part of a lot's amount (net, tax, fee) that falls on its coins [first, last), in minor units."""
    return amount_minor * last // coins_bought - amount_minor * first // coins_bought


@dataclass(frozen=True, slots=True)
class LotPart:
    """Coins that a lot gave, and what they cost in its currency."""

    lot: LotRow
    coins: int
    net_minor: int
    tax_minor: int
    fee_minor: int
    """Of the net: what the provider or store kept."""

    @property
    def gross_minor(self) -> int:
        """The sum of its parts, rather than rounded by itself: so no part is ever below zero."""
        return self.net_minor + self.tax_minor


def lot_parts(lots: Iterable[LotRow], start: int, coins: int) -> list[LotPart]:
    """What each lot gave of the coins [start, start + coins) of its owner's axis, first bought first."""
    parts: list[LotPart] = []
    for lot in sorted(lots, key=lambda lot: lot.start):
        first = max(start, lot.start) - lot.start
        last = min(start + coins, lot.start + lot.coins) - lot.start
        if first < last:
            amounts = (lot.gross_minor - lot.tax_minor, lot.tax_minor, lot.fee_minor)
            worth = (value_between(amount, lot.coins_bought, first, last) for amount in amounts)
            parts.append(LotPart(lot, last - first, *worth))
    return parts
