"""What reading the journal answers with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bracket:
    """Gifts of a time and for so many coins."""

    since: datetime
    until: datetime | None
    """Before it."""
    coins_min: int
    coins_end: int | None
    """Fewer than these."""


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A stored gift."""

    id: UUID
    sender_id: UUID
    recipient_id: UUID
    room_id: UUID
    seq: int
    gift_type_no: int
    count: int
    coins_paid: int
    coins_bonus: int
    spent_before: int
    milli_diamonds: int
    share_id: int
    hold_days: int
    streak_id: UUID | None
    message: str | None
    created_at: datetime
    lane: int
    batch_no: int
    anonymous: bool
    """Only its sender and operators may learn who gave it."""
    first_ever: bool
    """The first that its sender gave under his name, to whomever."""
    message_erased: bool = False
    """It had a message that is not kept any more; read by `stored_gifts` alone."""

    @property
    def coins(self) -> int:
        return self.coins_paid + self.coins_bonus

    def may_have_said(self, message: str | None) -> bool:
        """Whether this is its message, or could be the one that was erased."""
        return message is not None if self.message_erased else message == self.message


@dataclass(frozen=True, slots=True)
class RoomRow:
    """Who receives in a room, whether it takes events and gifts, and its last number."""

    id: UUID
    recipient_id: UUID
    open: bool
    gifting: bool
    last_seq: int


@dataclass(frozen=True, slots=True)
class RoomEventRow:
    """An event of a room that is not a gift."""

    room_id: UUID
    seq: int
    type: str
    id: UUID
    user_id: UUID | None
    data: dict[str, Any]
    created_at: datetime
    duplicate: bool = False
    """The same id was appended earlier; this is that event."""


@dataclass(frozen=True, slots=True)
class LotRow:
    """The coins of one purchase; `coins` is what is left of it after what was taken back unused."""

    owner_id: UUID
    id: UUID
    start: int
    coins: int
    coins_bought: int
    coins_bonus: int
    coins_spent: int
    currency: str
    gross_minor: int
    tax_minor: int
    fee_minor: int
    provider: str
    channel: str
    hold_days: int
    created_at: datetime

    @property
    def coins_left(self) -> int:
        return self.coins - self.coins_spent

    @property
    def coins_refunded(self) -> int:
        return self.coins_bought - self.coins


@dataclass(frozen=True, slots=True)
class WalletEvent:
    """One line of a wallet's history; coins are signed."""

    id: UUID
    kind: str
    """gift, or the kind of the entry: top_up, refund, chargeback ..."""
    at: datetime
    coins_paid: int
    coins_bonus: int
    balance_after: int
    order_id: UUID | None
    gift: GiftRow | None


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """Some rows of a list, and the cursor that continues it (None: the end)."""

    items: list[T]
    next_cursor: str | None
    archived_until: datetime | None = None
    """What is not younger lies in the archive; None: the list is whole."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An invariant of docs/money.md that does not hold, and where."""

    invariant: int
    place: str
    detail: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    entries: int
    batches: int
    lots: int
    problems: list[Problem]
