"""Coins that leave purchases, or come back to them, other than by gifts: on the owner's axis and in the log of changes.

The caller holds the wallet, posts the transfers, and then stores the log.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from largesse.db import Connection
from largesse.ledger.queries import pieces as queries
from largesse.ledger.queries.pieces import ChangeKind, LotChange, LotPiece
from largesse.ledger.value import value_between
from largesse.ledger.waterfall import Interval, Part, Piece, Source, overlaps, without


@dataclass(slots=True)
class Axis:
    """One owner's paid coins while they change: where the spent ones end, and where the last one does."""

    conn: Connection
    owner_id: UUID
    entry_id: UUID
    at: datetime
    turnover: int
    end: int
    changes: list[LotChange] = field(default_factory=list)
    values: dict[ChangeKind, Counter[str]] = field(default_factory=dict)
    """Net value of the coins that changed, in minor units per currency."""
    holds: list[int] = field(default_factory=list)
    """Hold days of coins that came back."""

    async def remove(self, lots: Sequence[LotPiece], part: Part) -> None:
        """Unused coins leave the tail of the row they lie in; what lies behind moves up."""
        (lot,) = (lot for lot in lots if _has_tail(lot, part, self.turnover))
        await queries.shrink(self.conn, self.owner_id, lot.id, part.coins)
        self.end -= part.coins
        self._log("removed", lot, part.start, part.coins)

    async def restore(self, order: LotPiece, part: Part) -> None:
        """Removed coins come back at the end of the axis."""
        await self._append("restored", order, part.start, part.coins)

    async def repay(self, coins: int) -> None:
        """The next unspent coins are used up to pay back what is owed."""
        span = Interval(self.turnover, self.turnover + coins)
        for lot, start, count in await self._split(span):
            self._log("repaid", lot, lot.position + start - lot.start, count)
        await queries.insert_repayment(self.conn, self.owner_id, span.start, coins)
        self.turnover += coins

    async def return_repaid(self, coins: int) -> None:
        """Coins that paid back come back, the last repaid first; not those that were themselves taken by a reversal."""
        taken = await queries.repaid_parts(self.conn, self.owner_id)
        for row in without(await self._repayments(), ()):
            for piece in without([row], taken):
                count = min(coins, piece.coins)
                if count:
                    end = piece.start + piece.coins
                    await self._return(Interval(end - count, end))
                    coins -= count
        assert coins == 0, "what was paid back is on the axis"

    async def _repayments(self) -> list[Piece]:
        spans = await queries.repayments(self.conn, self.owner_id)
        return [Piece(Source.REPAID, span.start, span.end - span.start) for span in spans]

    async def _return(self, span: Interval) -> None:
        for lot, start, count in await self._split(span):
            await queries.count_returned(self.conn, self.owner_id, lot.id, count)
            await self._append("returned", lot, lot.position + start - lot.start, count)
        await queries.cut_repayment(self.conn, self.owner_id, span)

    async def _split(self, span: Interval) -> list[tuple[LotPiece, int, int]]:
        """The rows that a span of the axis lies in: where it begins in each, and how many coins."""
        found: list[tuple[LotPiece, int, int]] = []
        for lot in await queries.lots_between(self.conn, self.owner_id, span):
            whole = Piece(Source.REPAID, lot.start, lot.coins)
            found += [(lot, each.start, each.coins) for each in overlaps([whole], [span])]
        return found

    async def _append(self, change: ChangeKind, like: LotPiece, position: int, coins: int) -> None:
        """A new row of a purchase at the end of the axis."""
        await queries.insert_piece(
            self.conn,
            like,
            id=uuid5(self.entry_id, f"lot:{len(self.changes)}"),
            start=self.end,
            coins=coins,
            position=position,
            at=self.at,
        )
        self.end += coins
        self.holds.append(like.hold_days)
        self._log(change, like, position, coins)

    def _log(self, change: ChangeKind, lot: LotPiece, position: int, coins: int) -> None:
        self.changes.append(LotChange(lot.order_id, change, position, coins))
        value = value_between(lot.net_minor, lot.coins_bought, position, position + coins)
        self.values.setdefault(change, Counter())[lot.currency] += value


def _has_tail(lot: LotPiece, part: Part, turnover: int) -> bool:
    """Whether these are the last coins of a row, and unspent."""
    last = lot.position + lot.coins == part.start + part.coins
    return last and lot.coins - lot.spent(turnover) >= part.coins
