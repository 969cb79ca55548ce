"""The sandbox's own books: what the pretend bank knows of each checkout, and what can become of it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class PaymentState(StrEnum):
    OPEN = "open"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    ABANDONED = "abandoned"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


PAID_STATES = frozenset({PaymentState.SUCCEEDED, PaymentState.REFUNDED, PaymentState.DISPUTED})
"""The money was taken (and in two of them given back)."""

_S = PaymentState
SOURCES: dict[PaymentState, frozenset[PaymentState]] = {
    _S.SUCCEEDED: frozenset({_S.OPEN, _S.DECLINED, _S.SUCCEEDED}),
    _S.DECLINED: frozenset({_S.OPEN, _S.DECLINED}),
    _S.ABANDONED: frozenset({_S.OPEN, _S.DECLINED, _S.ABANDONED}),
    _S.REFUNDED: frozenset({_S.SUCCEEDED, _S.REFUNDED}),
    _S.DISPUTED: frozenset({_S.SUCCEEDED, _S.DISPUTED}),
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
