"""What coins buy in a chat: tiers of paid messages, tiers and marks of cheers, and the limits on one of either."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from largesse.gifts import GiftKind
from largesse.ledger import Bracket

PAID: tuple[GiftKind, ...] = ("paid_message", "paid_message_held")
HELD: GiftKind = "paid_message_held"
CHEER: GiftKind = "cheer"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PaidTier:
    """What a paid message of at least `coins_min` may be, and how it is shown."""

    tier: int
    coins_min: int
    pin_s: int
    characters_max: int
    """As people count them (graphemes); 0: no text."""
    emoji_max: int
    color: str


@dataclass(frozen=True, slots=True)
class CheerTier:
    """How cheers of at least `coins_min` are shown."""

    tier: int
    coins_min: int
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class CheerMark:
    """A word that costs coins when a number follows it at once, as in `cheer100`."""

    name: str
    alt: str


@dataclass(frozen=True, slots=True)
class Limits:
    """On one message, and on how many are on top of a chat."""

    valid_from: datetime
    paid_coins_max: int
    cheer_coins_max: int
    cheer_characters_max: int
    pinned_max: int
    """A stream keeps that of its start."""


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """Sets of rows, each of which holds from a moment until the next one does."""

    sets: Mapping[datetime, Sequence[T]]

    def at(self, moment: datetime) -> Sequence[T]:
        """The set that holds at a moment; the first also before its own."""
        began = [start for start in self.sets if start <= moment]
        return self.sets[max(began) if began else min(self.sets)]


@dataclass(frozen=True, slots=True)
class Tiers:
    """Every tier and mark that ever held, or will: what an event shows follows from its coins and its moment."""

    paid: Dated[PaidTier]
    cheers: Dated[CheerTier]
    marks: Dated[CheerMark]

    def shown_paid_tier(self, coins: int, moment: datetime) -> PaidTier:
        """The tier of a message that was taken: the lowest, when dearer tiers began to hold while it was on its way."""
        return self.paid_tier(coins, moment) or self.paid.at(moment)[0]

    def shown_cheer_tier(self, coins: int, moment: datetime) -> CheerTier:
        """The tier of a cheer that was taken."""
        return self.cheer_tier(coins, moment) or self.cheers.at(moment)[0]

    def paid_tier(self, coins: int, moment: datetime) -> PaidTier | None:
        """What so many coins bought at a moment; None: too few for any tier."""
        return highest(self.paid.at(moment), coins)

    def cheer_tier(self, coins: int, moment: datetime) -> CheerTier | None:
        """How a cheer of so many coins looks; None: too few for any tier."""
        return highest(self.cheers.at(moment), coins)

    def on_top(self, moment: datetime) -> list[Bracket]:
        """When, and with how many coins, messages were given that can still be on top, each by the tier of its time."""
        starts = sorted(self.paid.sets)
        return [
            bracket
            for place, start in enumerate(starts)
            for bracket in _on_top(
                self.paid.sets[start],
                start if place else None,
                starts[place + 1] if place + 1 < len(starts) else None,
                moment,
            )
        ]


@dataclass(frozen=True, slots=True)
class MessageRules:
    """All of it as of one reading."""

    tiers: Tiers
    limits: Dated[Limits]

    def limits_at(self, moment: datetime) -> Limits:
        return self.limits.at(moment)[0]


def _on_top(
    tiers: Sequence[PaidTier], start: datetime | None, end: datetime | None, moment: datetime
) -> Iterator[Bracket]:
    """Of tiers that held between two moments (none: ever before, ever since); below the lowest its own."""
    for place, (tier, above) in enumerate(zip_longest(tiers, tiers[1:])):
        since = moment - timedelta(seconds=tier.pin_s)
        if tier.pin_s and (end is None or since < end):
            yield Bracket(
                since=since if start is None else max(since, start),
                until=end,
                coins_min=tier.coins_min if place else 0,
                coins_end=above.coins_min if above else None,
            )


Tier = TypeVar("Tier", PaidTier, CheerTier)


def highest(tiers: Sequence[Tier], coins: int) -> Tier | None:
    """The highest tier that so many coins reach; they come lowest first."""
    reached = None
    for tier in tiers:
        if tier.coins_min > coins:
            break
        reached = tier
    return reached


class MessageWish(Protocol):
    """A message that somebody asks to pay for, by whatever way: a POST or a socket's message."""

    @property
    def id(self) -> UUID:
        """Made by the client: the idempotency key."""
        ...

    @property
    def text(self) -> str: ...

    @property
    def coins(self) -> int: ...
