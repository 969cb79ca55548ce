"""The sandbox's own books: what the pretend bank knows of each checkout, and what can become of it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from largesse.topups.providers import Payer


class PaymentState(StrEnum):
    OPEN = "open"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    ABANDONED = "abandoned"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    WON = "won"  # disputed, and the dispute was won


_S = PaymentState
PAID_STATES = frozenset({_S.SUCCEEDED, _S.REFUNDED, _S.DISPUTED, _S.WON})
"""The money was taken (and in some of them given back)."""
REFUNDABLE_STATES = frozenset({_S.SUCCEEDED, _S.WON})

SOURCES: dict[PaymentState, frozenset[PaymentState]] = {
    _S.SUCCEEDED: frozenset({_S.OPEN, _S.DECLINED, _S.SUCCEEDED}),
    _S.DECLINED: frozenset({_S.OPEN, _S.DECLINED}),
    _S.ABANDONED: frozenset({_S.OPEN, _S.DECLINED, _S.ABANDONED}),
    _S.REFUNDED: frozenset({_S.SUCCEEDED, _S.WON, _S.REFUNDED}),
    _S.DISPUTED: frozenset({_S.SUCCEEDED, _S.DISPUTED}),
    _S.WON: frozenset({_S.DISPUTED, _S.WON}),
}
"""From where a state can be reached; staying in it counts."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One checkout of the sandbox."""

    id: UUID
    order_id: UUID
    amount_minor: int
    currency: str
    description: str
    return_url: str
    state: PaymentState
    transaction_id: str | None
    country: str | None = None
    """Paid in, as the shop said."""
    payer_country: str | None = None
    payer_fingerprint: str | None = None

    @property
    def payer(self) -> Payer:
        """Who paid, as far as a card said it."""
        return Payer(self.payer_country, self.payer_fingerprint)


@dataclass(frozen=True, slots=True)
class Refund:
    """A part of a payment that was given back, or all of it."""

    id: str
    """The idempotency key it was asked for with."""
    amount_minor: int
