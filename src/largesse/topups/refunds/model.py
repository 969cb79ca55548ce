"""Refunds that we make, and the rules about them, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class RefundReason(StrEnum):
    """Why a payment is given back."""

    REQUESTED = "requested"  # its buyer gives back unused coins
    SECOND_PAYMENT = "second_payment"  # its order was paid before
    NOT_ACCEPTED = (
        "not_accepted"  # it was held, and an operator returns it; its coins were never credited
    )


class Progress(StrEnum):
    """How far a refund is."""

    QUEUED = "queued"  # the provider is to be asked (again, with the same key)
    PENDING = "pending"  # the provider says that it is under way
    UNSURE = "unsure"  # asked for too long without an answer: not asked again, only looked up
    DONE = "done"
    FAILED = "failed"  # for good


OPEN = frozenset({Progress.QUEUED, Progress.PENDING, Progress.UNSURE})
"""It is not certain yet what becomes of the refund."""


class Failure(StrEnum):
    """Why a refund failed, or why nobody knows. Stable: support reads it."""

    REFUSED = "refused"  # the provider will not do it
    FAILED_LATER = "failed_later"  # the provider took it on, or did it, and says now that it failed
    UNANSWERED = "unanswered"  # the provider never answered while its memory of our key was sure


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund by us. `amount_minor` is of `currency`; coins are those taken out of the wallet for it."""

    user_id: UUID
    id: UUID
    order_id: UUID
    provider: str
    transaction_id: str
    reason: RefundReason
    amount_minor: int
    currency: str
    coins: int
    coins_bonus: int
    state: Progress
    created_at: datetime
    updated_at: datetime
    failure: Failure | None = None
    reversal_id: str | None = None
    idempotency_key: str | None = None
    tries: int = 0
    try_at: datetime | None = None
    asked_at: datetime | None = None

    @property
    def cause_id(self) -> str:
        """Its one name in the ledger, whoever tells of it first: the provider or we."""
        return f"{self.transaction_id}:{self.id}"


@dataclass(frozen=True, slots=True)
class RefundPolicy:
    """Which unused coins the buyers of a country may give back."""

    country: str
    channel: str
    valid_from: datetime
    days: int | None
    """After the purchase; None: not offered."""
    coins_unused_min: int
    part: bool
    """False: only a purchase of which nothing was spent."""
