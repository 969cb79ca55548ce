"""Which lot paid for which gift: intersections of intervals, so that no row per use is ever written.

A viewer's coins lie on one axis. A lot covers `[start, start + coins)` of the coins ever bought, a gift covers
`[spent_before, spent_before + coins_paid)` of the coins ever spent; the first bought is the first spent, so what the
two have in common is what the lot paid for the gift.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID


class Span(NamedTuple):
    """A lot's place on the axis."""

    lot_id: UUID
    start: int
    coins: int

    def common(self, start: int, coins: int) -> int:
        """How many coins it shares with another interval."""
        return max(0, min(self.start + self.coins, start + coins) - max(self.start, start))


class Use(NamedTuple):
    """Coins that a lot gave."""

    lot_id: UUID
    coins: int


def paid_by(spans: Iterable[Span], spent_before: int, coins_paid: int) -> list[Use]:
    """The lots that paid for a gift, first bought first."""
    uses = (
        Use(span.lot_id, span.common(spent_before, coins_paid))
        for span in sorted(spans, key=_start)
    )
    return [use for use in uses if use.coins]


def spent_of(span: Span, turnover: int) -> int:
    """How much of a lot is spent once its owner has spent `turnover` paid coins in all."""
    return span.common(0, turnover)


def without_unused(spans: Iterable[Span], lot_id: UUID, turnover: int) -> list[Span]:
    """The axis after the unused part of a lot was refunded: what comes after it, wholly unspent, moves up."""
    spans = list(spans)
    refunded = next(span for span in spans if span.lot_id == lot_id)
    unused = refunded.coins - spent_of(refunded, turnover)
    return [
        span._replace(coins=span.coins - unused)
        if span.lot_id == lot_id
        else span._replace(start=span.start - (unused if span.start > refunded.start else 0))
        for span in spans
    ]


def _start(span: Span) -> int:
    return span.start
