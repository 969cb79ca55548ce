"""One batch's work: what is still to be decided about its gifts, and what is decided already."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from largesse.errors import IdempotencyConflict
from largesse.ledger.model import GiftEntry, GiftRequest, WalletState
from largesse.ledger.pipeline import Answer
from largesse.ledger.plan import Item, Plan
from largesse.ledger.rows import GiftRow
from largesse.ledger.sealing import Sealed

Outcome: TypeAlias = GiftEntry | BaseException


class Work:
    """What is still to be decided about a batch, and what is decided already."""

    def __init__(self, items: Sequence[Item], doubts: Sequence[Sealed] = ()) -> None:
        self.pending = dict.fromkeys(items)
        self.outcomes: list[tuple[Item, Outcome]] = []
        self.stored: list[tuple[Item, GiftRow]] = []
        self.doubts = list(doubts)
        """Batches whose COMMIT was sent and not answered."""

    def refuse(self, item: Item, error: BaseException) -> None:
        del self.pending[item]
        self.outcomes.append((item, error))

    def recognise(self, item: Item, row: GiftRow) -> None:
        """The id is in the journal already: the same gift again, or another one under its id."""
        if not same_content(item.request, row):
            self.refuse(item, IdempotencyConflict())
            return
        del self.pending[item]
        self.stored.append((item, row))

    def committed(self, sealed: Sealed) -> None:
        for item, entry in zip(sealed.items, sealed.entries, strict=True):
            if item in self.pending:
                del self.pending[item]
                self.outcomes.append((item, entry))


class Ahead:
    """A batch whose first round trip went out with the COMMIT of the one before."""

    def __init__(self, plan: Plan, at: datetime, answers: list[Answer]) -> None:
        self.plan = plan
        self.at = at
        self.answers = answers

    def decides(self, work: Work) -> bool:
        """Whether it is about these gifts, all of them."""
        return len(self.plan.items) == len(work.pending) and all(
            item in work.pending for item in self.plan.items
        )


def same_content(request: GiftRequest, row: GiftRow) -> bool:
    """Whether a retry asks for what was written; rates may have changed in between, the wish may not."""
    return (
        request.recipient_id == row.recipient_id
        and request.room_id == row.room_id
        and request.gift_type_no == row.gift_type_no
        and request.count == row.count
        and request.coins == row.coins
        and request.streak_id == row.streak_id
        and row.may_have_said(request.message)
        and request.anonymous == row.anonymous
    )


def key_of(item: Item) -> tuple[UUID, UUID]:
    return item.request.sender_id, item.request.id


def duplicate_entry(item: Item, row: GiftRow, wallets: dict[UUID, WalletState]) -> GiftEntry:
    request = replace(
        item.request,
        share_id=row.share_id,
        milli_diamonds=row.milli_diamonds,
        message=row.message,
    )
    return GiftEntry(
        request, row.seq, row.coins_paid, row.coins_bonus, row.spent_before, row.hold_days,
        row.created_at, row.lane, row.batch_no, wallets[row.sender_id], True, row.first_ever,
    )  # fmt: skip
