"""Refunds and disputes, partial or whole, in any order of arrival, and what cancels them. See docs/money.md.

Facts are kept first; then the order is brought to what its facts come to. Every step is in the caller's transaction and
holds lane 0 and the wallet until its COMMIT.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from largesse.db import Connection
from largesse.ledger import bonus, waterfall
from largesse.ledger.errors import LotNotFound, ReversalAmountInvalid
from largesse.ledger.model import Entry, Reversed
from largesse.ledger.pieces import Axis
from largesse.ledger.posting import post
from largesse.ledger.queries import pieces as piece_queries
from largesse.ledger.queries import reversals as queries
from largesse.ledger.queries.discounts import insert_discount
from largesse.ledger.queries.lanes import lock_shared_lane
from largesse.ledger.queries.pieces import LotPiece
from largesse.ledger.queries.reversals import GiftChange, ReversalRow, ReversibleGift
from largesse.ledger.queries.transfers import Coins, lock_coins, store_coins
from largesse.ledger.reversal_entry import Effect, entry_transfers
from largesse.ledger.waterfall import (
    Cause,
    Decision,
    Interval,
    Part,
    Piece,
    ReversalKind,
    Settled,
    Source,
)
from largesse.types import now

RESTORED = "restored"
"""Kind of the entries that give back what a cancelled refund or dispute had taken."""


@dataclass(frozen=True, slots=True)
class _Case:
    """An order whose reversal is looked at, with its owner's coins, locked."""

    conn: Connection
    lots: Sequence[LotPiece]
    coins: Coins
    at: datetime

    @property
    def order(self) -> LotPiece:
        """The purchase's own row."""
        return self.lots[0]

    @property
    def key(self) -> tuple[UUID, UUID]:
        return self.order.owner_id, self.order.order_id


async def record_reversal(
    conn: Connection,
    *,
    owner_id: UUID,
    order_id: UUID,
    cause_id: str,
    kind: ReversalKind,
    amount_minor: int | None = None,
    at: datetime | None = None,
) -> Reversed:
    """A refund or dispute took back a part of an order's price (None: all of it). Told again it changes nothing; told
    with another amount, the larger one holds; after its cancellation it takes nothing.

    Raises LotNotFound for an order that was not credited, ReversalAmountInvalid for an amount that is not above 0.
    """
    case = await _open(conn, owner_id, order_id, at)
    gross_minor = case.order.gross_minor
    amount_minor = gross_minor if amount_minor is None else min(amount_minor, gross_minor)
    if amount_minor <= 0:
        raise ReversalAmountInvalid
    before = await queries.causes(conn, owner_id, order_id)
    await queries.open_cause(
        conn, owner_id, order_id, cause_id, kind=kind, amount_minor=amount_minor, at=case.at
    )
    entry_id = uuid5(order_id, f"{cause_id}:{kind}:{amount_minor}")
    return await _settle(case, before, entry_id, kind)


async def cancel_reversal(
    conn: Connection,
    *,
    owner_id: UUID,
    order_id: UUID,
    cause_id: str,
    at: datetime | None = None,
) -> Reversed:
    """A refund failed, or a dispute was won: what it took comes back. It may be told before the reversal itself.

    Raises LotNotFound for an order that was not credited.
    """
    case = await _open(conn, owner_id, order_id, at)
    before = await queries.causes(conn, owner_id, order_id)
    await queries.cancel_cause(conn, owner_id, order_id, cause_id, at=case.at)
    return await _settle(case, before, uuid5(order_id, f"{cause_id}:cancelled"), RESTORED)


async def _open(conn: Connection, owner_id: UUID, order_id: UUID, at: datetime | None) -> _Case:
    await lock_shared_lane(conn)
    coins = await lock_coins(conn, owner_id)
    lots = await piece_queries.order_lots(conn, owner_id, order_id)
    if not lots:
        raise LotNotFound
    return _Case(conn, lots, coins, at or now())


async def _settle(case: _Case, known: Sequence[Cause], entry_id: UUID, kind: str) -> Reversed:
    """Bring an order to what its causes come to."""
    conn, order = case.conn, case.order
    causes = await queries.causes(conn, *case.key)
    grave = waterfall.gravest_kind(causes)
    steps = await queries.rule_steps(conn, grave, order.created_at)
    before = await queries.find_reversal(conn, *case.key) or ReversalRow(0, 0, steps)
    after = replace(
        before, amount_minor=waterfall.applied_minor(causes, order.gross_minor), steps=steps
    )
    parts = await queries.parts(conn, *case.key)
    decision, gifts = await _decide(case, before, after, parts)
    if after.amount_minor != before.amount_minor or decision.taken or decision.given_back:
        await queries.store_parts(conn, *case.key, parts, decision.parts)
        after = await _apply(case, entry_id, kind, before, after, decision, gifts)
    await queries.store_reversal(conn, *case.key, after)
    return Reversed(
        amount_minor=after.amount_minor,
        whole=after.amount_minor == order.gross_minor,
        disputed=grave == "chargeback",
        coins_removed=_total(decision.parts, Settled.REMOVED),
        coins_of_gifts=_total(decision.parts, Settled.DIAMONDS),
        coins_owed=_total(decision.parts, Settled.OWED),
        coins_borne=_total(decision.parts, Settled.BORNE),
        coins_bonus=after.coins_bonus,
        duplicate=causes == list(known),
    )


async def _decide(
    case: _Case, before: ReversalRow, after: ReversalRow, parts: Sequence[Part]
) -> tuple[Decision, dict[UUID, ReversibleGift]]:
    """What is taken or given back, and the gifts concerned."""
    order, owner_id = case.order, case.order.owner_id
    decision = Decision(list(parts))
    target = waterfall.share_of(order.coins_bought, after.amount_minor, order.gross_minor)
    held = sum(part.coins for part in parts)
    gifts: dict[UUID, ReversibleGift] = {}
    if target < held:
        waterfall.give_back(decision, held - target)
    touched = parts if after.steps != before.steps else decision.given_back
    ids = [part.gift_id for part in touched if part.gift_id is not None]
    if ids:
        gifts |= {gift.id: gift for gift in await queries.gifts_by_id(case.conn, owner_id, ids)}
    if after.steps != before.steps:
        waterfall.settle_given(decision, after.steps, _pending(gifts))
    if target > held:
        spans = [
            Interval(lot.start, lot.start + lot.spent(case.coins.turnover)) for lot in case.lots
        ]
        taken = [_interval(part) for part in parts if part.source is not Source.UNUSED]
        pieces = _unused(case) + await _repaid(case, spans, taken)
        if sum(piece.coins for piece in pieces) < target - held:
            given = await queries.gifts_between(case.conn, owner_id, spans)
            gifts |= {gift.id: gift for gift in given}
            whole = [queries.gift_piece(gift) for gift in given]
            whole += [
                Piece(Source.GIVEN, span.start, span.end - span.start)
                for span in await piece_queries.archived_spans(case.conn, owner_id)
            ]
            pieces += waterfall.without(waterfall.overlaps(whole, spans), taken)
        waterfall.take(decision, target - held, pieces, after.steps, _pending(gifts))
    return decision, gifts


def _unused(case: _Case) -> list[Piece]:
    """Unspent coins of the order by their places among those bought, the last first."""
    pieces: list[Piece] = []
    for lot in case.lots:
        spent = lot.spent(case.coins.turnover)
        if spent < lot.coins:
            pieces.append(Piece(Source.UNUSED, lot.position + spent, lot.coins - spent))
    return sorted(pieces, key=lambda piece: piece.start, reverse=True)


async def _repaid(case: _Case, spans: Sequence[Interval], taken: Sequence[Interval]) -> list[Piece]:
    """Coins of the order that paid back what was owed."""
    repayments = await piece_queries.repayments(case.conn, case.order.owner_id)
    whole = [Piece(Source.REPAID, span.start, span.end - span.start) for span in repayments]
    return waterfall.without(waterfall.overlaps(whole, spans), taken)


async def _apply(
    case: _Case,
    entry_id: UUID,
    kind: str,
    before: ReversalRow,
    after: ReversalRow,
    decision: Decision,
    gifts: dict[UUID, ReversibleGift],
) -> ReversalRow:
    """Move coins, diamonds and money as decided; answers with the reversal as it is then."""
    conn, order, coins = case.conn, case.order, case.coins
    axis = await _move_unused(case, entry_id, decision)
    owed = _total(decision.taken, Settled.OWED) - _total(decision.given_back, Settled.OWED)
    returned = max(0, -owed - coins.owed)
    if returned:
        await axis.return_repaid(returned)
    open_owed = max(0, coins.owed + owed)
    repaid = min(open_owed, axis.end - axis.turnover)
    if repaid:
        await axis.repay(repaid)
    bonus_taken = await bonus.settle(
        conn,
        case.lots,
        coins,
        taken=before.coins_bonus,
        amount_minor=after.amount_minor,
        piece_id=uuid5(entry_id, "bonus"),
        start=axis.end,
        at=case.at,
    )
    effect = Effect(
        order=order,
        amount_minor=after.amount_minor - before.amount_minor,
        amount_before_minor=before.amount_minor,
        axis=axis,
        owed=owed,
        returned=returned,
        repaid=repaid,
        bonus=bonus_taken - before.coins_bonus,
        gifts=_gift_changes(decision, gifts),
    )
    transfers = entry_transfers(effect)
    await _post(conn, effect, Entry(order.owner_id, entry_id, kind, transfers, order.id))
    left = coins.amount - _total(decision.taken, Settled.REMOVED)
    hold_days = max([coins.hold_days if left else 0, *axis.holds])
    frozen = open_owed > repaid or (coins.frozen and coins.owed == 0)
    await store_coins(conn, order.owner_id, repaid=repaid, hold_days=hold_days, frozen=frozen)
    return replace(after, coins_bonus=bonus_taken)


async def _move_unused(case: _Case, entry_id: UUID, decision: Decision) -> Axis:
    """Take unused coins off the axis, or put them back at its end."""
    coins, order = case.coins, case.order
    end = coins.amount + coins.turnover
    axis = Axis(case.conn, order.owner_id, entry_id, case.at, coins.turnover, end)
    for part in decision.taken:
        if part.source is Source.UNUSED:
            await axis.remove(case.lots, part)
    for part in decision.given_back:
        if part.source is Source.UNUSED:
            await axis.restore(order, part)
    return axis


async def _post(conn: Connection, effect: Effect, entry: Entry) -> None:
    """Write the entry and the logs that name its batch."""
    at, axis = effect.axis.at, effect.axis
    head = await post(conn, [entry], at) if entry.transfers else await lock_shared_lane(conn)
    await piece_queries.insert_changes(
        conn, entry.owner_id, entry.entry_id, axis.changes, head=head, at=at
    )
    await queries.insert_gift_changes(
        conn, entry.owner_id, entry.entry_id, effect.gifts, head=head, at=at
    )
    keys = entry.owner_id, entry.entry_id, effect.order.order_id
    await insert_discount(conn, keys, effect.order.currency, -effect.discount_minor, at=at)


def _gift_changes(decision: Decision, gifts: dict[UUID, ReversibleGift]) -> list[GiftChange]:
    """Coins of each gift whose diamonds go or come back."""
    changes: list[GiftChange] = []
    for state, parts in (("reversed", decision.taken), ("restored", decision.given_back)):
        coins: dict[UUID, int] = {}
        for part in parts:
            if part.settled is Settled.DIAMONDS and part.gift_id is not None:
                coins[part.gift_id] = coins.get(part.gift_id, 0) + part.coins
        changes += [GiftChange(gifts[id], state, count) for id, count in sorted(coins.items())]
    return changes


def _pending(gifts: dict[UUID, ReversibleGift]) -> dict[UUID, bool]:
    return {gift.id: gift.pending for gift in gifts.values()}


def _interval(part: Part) -> Interval:
    return Interval(part.start, part.start + part.coins)


def _total(parts: Sequence[Part], settled: Settled) -> int:
    return sum(part.coins for part in parts if part.settled is settled)
