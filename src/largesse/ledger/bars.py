"""Who may not give to whom, decided while the sender's balance is locked: whoever commits second obeys the first.

Whoever bars somebody, or lifts it, counts it in that balance (`change_bars`). A batch reads the count with the balance,
so gifts of those whom nobody ever barred cost nothing. In the same way a room counts how often its rules for words
changed (`change_rules`).
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeAlias
from uuid import UUID

from largesse.db import ReadConnection
from largesse.errors import AppError
from largesse.ledger.errors import Withdrawn
from largesse.ledger.model import GiftRequest
from largesse.ledger.pipeline import Pipeline
from largesse.ledger.plan import Item
from largesse.ledger.sealing import Taken

KNOWN_MAX = 10_000

Pair: TypeAlias = tuple[UUID, UUID]
"""Who gives, and to whom."""


class Bar(Protocol):
    """What a recipient has against a sender."""

    def refusal(self, message: str | None) -> AppError | None:
        """Why a gift with this message does not go through; None: it does."""
        ...

    def is_of_the_moment(self, message: str | None) -> bool:
        """Whether it may be over by itself: then it is asked about again for every batch with such a message."""
        ...


ReadBars: TypeAlias = Callable[[ReadConnection, Sequence[Pair]], Awaitable[Mapping[Pair, Bar]]]
"""The bars of pairs; of whom nothing holds is missing."""


class BarBook:
    """Bars as they were at a count: while that is the same, so are they, but for those that are over with time."""

    def __init__(self, read: ReadBars | None) -> None:
        """`read` is None where nobody is ever barred."""
        self._read = read
        self._known: OrderedDict[Pair, tuple[int, Bar | None]] = OrderedDict()

    async def refusals(self, pipe: Pipeline, taken: Taken) -> dict[Item, AppError]:
        """The gifts of a batch that must not be written. Its transaction holds the balances of their senders, and their
        rooms. Withdrawn: the room has other rules for messages by now, whoever sent it looks again."""
        refused: dict[Item, AppError] = {item: Withdrawn() for item in taken.outdated()}
        if self._read is None or not taken.barred:
            return refused
        asked = [
            (bars, _pair(item.request), item) for bars, items in taken.barred for item in items
        ]
        unknown = {
            pair: bars
            for bars, pair, item in asked
            if not self._knows(pair, bars, item.request.message)
        }
        if unknown:
            found = await self._read(await pipe.plain(), list(unknown))
            for pair, bars in unknown.items():
                self._known[pair] = bars, found.get(pair)
        for _, pair, item in asked:
            bar = self._known[pair][1]
            if bar is not None and (refusal := bar.refusal(item.request.message)) is not None:
                refused[item] = refusal
        while len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)
        return refused

    def forget(self) -> None:
        """The connection was lost: a database that takes the place of another may not have its last counts."""
        self._known.clear()

    def _knows(self, pair: Pair, bars: int, message: str | None) -> bool:
        known = self._known.get(pair)
        if known is None or known[0] != bars:
            return False
        return known[1] is None or not known[1].is_of_the_moment(message)


def _pair(request: GiftRequest) -> Pair:
    return request.sender_id, request.recipient_id
