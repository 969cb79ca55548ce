"""Which coins a reversal takes, which it gives back, and who bears them: pure decisions. docs/money.md explains them.

What was taken of an order is a stack of parts: coins nobody was given lie at its bottom, given ones on top. More is
put on top, less is taken off it, so only how much is reversed decides what is, not the way there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID

ReversalKind = Literal["refund", "chargeback"]


class Source(StrEnum):
    """Where coins of an order were when they were taken."""

    UNUSED = "unused"
    REPAID = "repaid"  # they paid back what their owner owed for another order
    GIVEN = "given"


class Settled(StrEnum):
    """What taking coins meant."""

    REMOVED = "removed"  # they left the wallet
    DIAMONDS = "diamonds"  # their gift lost its diamonds
    OWED = "owed"  # their owner owes them
    BORNE = "borne"  # the platform bears them


class Step(StrEnum):
    """What an operator's rule may try for given coins; the platform bears what is left."""

    REVERSE_DIAMONDS = "reverse_diamonds"
    OWE = "owe"


@dataclass(frozen=True, slots=True)
class Cause:
    """A refund or dispute of an order as we were told, so far. `kind` is None until it is heard of."""

    id: str
    kind: ReversalKind | None
    amount_minor: int | None
    cancelled: bool

    @property
    def active(self) -> bool:
        return self.kind is not None and not self.cancelled


@dataclass(frozen=True, slots=True)
class Piece:
    """Coins that could be taken, the last one first: a place among the coins bought when unused, else on the axis."""

    source: Source
    start: int
    coins: int
    gift_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Coins that were taken, and what that meant."""

    source: Source
    settled: Settled
    start: int
    coins: int
    gift_id: UUID | None = None


@dataclass(slots=True)
class Decision:
    """The stack as it becomes, and what changes."""

    parts: list[Part]
    taken: list[Part] = field(default_factory=list)
    given_back: list[Part] = field(default_factory=list)


class Interval(NamedTuple):
    start: int
    end: int


def applied_minor(causes: Iterable[Cause], gross_minor: int) -> int:
    """How much of an order its causes reverse together."""
    return min(gross_minor, sum(cause.amount_minor or 0 for cause in causes if cause.active))


def gravest_kind(causes: Iterable[Cause]) -> ReversalKind:
    """The kind whose rule holds for all of an order: a chargeback outranks a refund."""
    disputed = any(cause.active and cause.kind == "chargeback" for cause in causes)
    return "chargeback" if disputed else "refund"


def share_of(coins: int, amount_minor: int, gross_minor: int) -> int:
    """The coins that fall on a part of the gross, rounded down; all of them on the whole."""
    return coins * amount_minor // gross_minor if gross_minor else coins


def settle_given(
    decision: Decision, steps: Sequence[Step], pending: Mapping[UUID, bool]
) -> Decision:
    """Settle given coins by other steps, where these could not have meant the same."""
    parts: list[Part] = []
    for part in decision.parts:
        changed = _settled_again(part, steps, pending)
        if changed != part:
            decision.given_back.append(part)
            decision.taken.append(changed)
        parts.append(changed)
    decision.parts = parts
    return decision


def take(
    decision: Decision,
    coins: int,
    pieces: Iterable[Piece],
    steps: Sequence[Step],
    pending: Mapping[UUID, bool],
) -> Decision:
    """Take so many coins more, the first pieces first."""
    for piece in pieces:
        count = min(coins, piece.coins)
        if count:
            part = Part(
                piece.source,
                _settled(piece.source, piece.gift_id, steps, pending),
                piece.start + piece.coins - count,
                count,
                piece.gift_id,
            )
            decision.parts.append(part)
            decision.taken.append(part)
            coins -= count
    assert coins == 0, "an order has the coins that were bought with it"
    return decision


def give_back(decision: Decision, coins: int) -> Decision:
    """Undo so many coins, the last taken first."""
    while coins:
        part = decision.parts.pop()
        count = min(coins, part.coins)
        if count < part.coins:
            kept = replace(part, start=part.start + count, coins=part.coins - count)
            decision.parts.append(kept)
        decision.given_back.append(replace(part, coins=count))
        coins -= count
    return decision


def without(pieces: Iterable[Piece], gone: Iterable[Interval]) -> list[Piece]:
    """What is left of pieces, from the highest place down, once intervals are cut out of them."""
    cuts = sorted(gone, reverse=True)
    left: list[Piece] = []
    first = 0
    for piece in sorted(pieces, key=lambda each: each.start, reverse=True):
        end = piece.start + piece.coins
        while first < len(cuts) and cuts[first].start >= end:
            first += 1
        for cut in cuts[first:]:
            if cut.end <= piece.start:
                break
            if cut.end < end:
                left.append(replace(piece, start=cut.end, coins=end - cut.end))
            end = min(end, cut.start)
        if end > piece.start:
            left.append(replace(piece, coins=end - piece.start))
    return left


def overlaps(pieces: Iterable[Piece], spans: Iterable[Interval]) -> list[Piece]:
    """The parts of pieces that lie in some intervals."""
    spans = list(spans)
    found: list[Piece] = []
    for piece in pieces:
        for span in spans:
            start, end = max(piece.start, span.start), min(piece.start + piece.coins, span.end)
            if end > start:
                found.append(replace(piece, start=start, coins=end - start))
    return found


def _settled(
    source: Source, gift_id: UUID | None, steps: Sequence[Step], pending: Mapping[UUID, bool]
) -> Settled:
    if source is Source.UNUSED:
        return Settled.REMOVED
    if source is Source.REPAID:  # nobody was given them: the debt they paid is open again
        return Settled.OWED
    for step in steps:
        if step is Step.OWE:
            return Settled.OWED
        if gift_id is not None and pending.get(gift_id, False):
            return Settled.DIAMONDS
    return Settled.BORNE


def _settled_again(part: Part, steps: Sequence[Step], pending: Mapping[UUID, bool]) -> Part:
    if part.source is not Source.GIVEN:
        return part
    if part.settled is Settled.DIAMONDS and _prefers_diamonds(steps):
        return part
    return replace(part, settled=_settled(part.source, part.gift_id, steps, pending))


def _prefers_diamonds(steps: Sequence[Step]) -> bool:
    return bool(steps) and steps[0] is Step.REVERSE_DIAMONDS
