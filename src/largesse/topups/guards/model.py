"""What guards look at: rules, what is known of an order, and what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Subject(StrEnum):
    """Whose earlier orders a rule counts."""

    PERSON = "person"
    DEVICE = "device"
    ADDRESS = "address"
    CARD = "card"  # or the account paid with: known only after the payment


class Measure(StrEnum):
    """What a rule counts, this order included."""

    COINS = "coins"  # bought; coins on top are not counted
    ORDERS = "orders"
    BUYERS = "buyers"  # different people
    FAILURES = "failures"  # payments refused in a row, before this order
    DISPUTES = "disputes"  # of earlier payments, also those that were won
    ORDER_COINS = "order_coins"  # of this order
    OWED_COINS = "owed_coins"  # by the buyer's account
    FOREIGN_COINS = "foreign_coins"  # of this order, where the payer is of another country


class Action(StrEnum):
    REFUSE = "refuse"  # before payment
    HOLD = "hold"  # after payment
    OFF = "off"


@dataclass(frozen=True, slots=True)
class GuardRule:
    """What a measure may come to at most: more of it is a breach."""

    name: str
    subject: Subject
    measure: Measure
    amount: int
    window_s: int | None
    account_age_max_days: int | None
    action: Action

    @property
    def window(self) -> timedelta:
        """How far back it looks."""
        return timedelta(seconds=self.window_s or 0)


@dataclass(frozen=True, slots=True)
class Periods:
    """How long a hold may wait, and how long digests stay on orders."""

    hold_due_h: int
    visitor_keep_days: int
    payer_keep_days: int


class Fate(StrEnum):
    """What became of an earlier order, as far as guards care."""

    OPEN = "open"
    PAID = "paid"
    DECLINED = "declined"
    CLOSED = "closed"  # expired, or left by the buyer


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier order. `at` is when it was paid, of an unpaid one when it was made."""

    user_id: UUID
    at: datetime
    coins: int
    fate: Fate
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """An order to be judged, and what is known around it. Subjects that are not known are not judged."""

    user_id: UUID
    at: datetime
    coins: int
    account_created_at: datetime | None
    past: Mapping[Subject, Sequence[Past]]
    owed_coins: int = 0
    payer_is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that an order goes beyond, and by how much. `ends_at`: from when on it would pass; None: not foreseen."""

    rule: GuardRule
    value: int
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldReason:
    """Why a payment is held, as kept: figures, nobody's address, device or card."""

    rule: str
    subject: Subject
    measure: Measure
    value: int
    amount: int
    window_s: int | None
    account_age_max_days: int | None


@dataclass(frozen=True, slots=True)
class OrderHold:
    """A payment that is, or was, looked at."""

    order_id: UUID
    user_id: UUID
    reasons: tuple[HoldReason, ...]
    created_at: datetime
    decision: str | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
