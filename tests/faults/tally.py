"""What a run's clients were told: the side of the books that the judge holds against the database."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Wish:
    """A gift somebody wants to give."""

    id: UUID
    sender_id: UUID
    token: str
    stream_id: UUID
    recipient_id: UUID
    gift: str
    count: int
    coins: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: acknowledged with a number, or refused with a code; not `definite`: ask again."""

    code: str | None = None
    seq: int = 0
    coins: int = 0
    milli_diamonds: int = 0
    definite: bool = True


REFUSALS = frozenset(
    {
        "insufficient_coins",
        "budget_exceeded",
        "wallet_frozen",
        "room_closed",
        "gifts_not_enabled",
        "idempotency_conflict",
    }
)
"""Answers that settle a gift: it was not given under this id, and will not be."""
ASK_AGAIN = frozenset({"busy", "outcome_unknown", "unavailable", "too_fast"})
"""Answers that settle nothing."""


@dataclass
class Tally:
    """Everything that was sent, and what came of it."""

    sent: dict[UUID, Wish] = field(default_factory=dict)
    acknowledged: dict[UUID, Answer] = field(default_factory=dict)
    refused: dict[UUID, str] = field(default_factory=dict)
    credited: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    """Orders that were said to be credited: the buyer and the coins."""
    ordered: set[UUID] = field(default_factory=set)
    """Orders that were made and whose payment was asked for."""
    retries: int = 0
    repeats: int = 0
    """Gifts sent again though they were settled, or to two servers at once."""
    conflicts: int = 0
    """Other gifts tried under a used id."""
    surprises: list[str] = field(default_factory=list)
    """Answers that no fault excuses."""
    faults: Counter[str] = field(default_factory=Counter)
    """Faults after which gifts were acknowledged again, by kind."""

    def settle(self, wish: Wish, answer: Answer) -> None:
        """Note the final answer to a wish; a second one must be the same."""
        assert answer.definite
        if answer.code is not None:
            if wish.id in self.acknowledged:
                self.surprise(f"gift {wish.id} was acknowledged, then refused: {answer.code}")
            self.refused[wish.id] = answer.code
            return
        if wish.id in self.refused:
            self.surprise(f"gift {wish.id} was refused, then acknowledged")
        first = self.acknowledged.setdefault(wish.id, answer)
        if first != answer:
            self.surprise(f"gift {wish.id} was answered with {first}, then with {answer}")
        if answer.coins != wish.coins:
            self.surprise(f"gift {wish.id} of {wish.coins} coins was answered with {answer.coins}")

    def surprise(self, what: str) -> None:
        self.surprises.append(what)

    def unsettled(self) -> int:
        """Gifts whose senders are still asking."""
        return len(self.sent.keys() - self.acknowledged.keys() - self.refused.keys())
