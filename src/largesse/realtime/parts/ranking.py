"""Who gave most."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import NamedTuple
from uuid import UUID

from largesse.identity import ANONYMOUS, Person
from largesse.realtime.events import GiftEvent, Goal, LoggedEvent, Supporter
from largesse.realtime.said import CheerEvent, PaidMessageEvent


class Giving(NamedTuple):
    """What somebody gave in the room; of equals, who gave first stands higher."""

    coins: int
    first_seq: int


@dataclass(frozen=True, slots=True)
class RankingStart:
    """The ranking as one consistent read found it."""

    giving: dict[UUID, Giving]
    """What each sender gave so far under his name; also those whose gifts were all reversed."""
    names: dict[UUID, Person]
    """Those on the first places."""
    places_max: int
    """How many places are shown."""
    taken: Mapping[UUID, int] = field(default_factory=dict)
    """Coins of each sender's gifts that refunds and disputes had taken from `giving` by then."""
    others: Collection[UUID] = ()
    """Senders whom `giving` leaves out because they are too many."""


@dataclass(frozen=True, slots=True)
class Recount:
    """What refunds and disputes have taken from a room's gifts by now, and who is on its first places after that."""

    taken: Mapping[UUID, int]
    """Of anonymous gifts under the nil id: no place in the ranking is theirs."""
    first: Sequence[tuple[Person, int]]
    """With the number of their first gift."""
    of_goals: Mapping[UUID, int] = field(default_factory=dict)
    """What is taken from open goals, by part."""
    last_goals: Sequence[Goal] | None = None
    """The goals as the end of the stream froze them, once it ended."""


class _Place(NamedTuple):
    person: Person
    giving: Giving


def _order(place: _Place) -> tuple[int, int]:
    return -place.giving.coins, place.giving.first_seq


class Ranking:
    """Supporters by coins given in the room. What was given anonymously counts for nobody."""

    def __init__(self, start: RankingStart) -> None:
        self._giving = dict(start.giving)
        self._places_max = start.places_max
        self._top = sorted(
            (_Place(person, start.giving[id_]) for id_, person in start.names.items()), key=_order
        )
        self._others = start.others
        self._gave: dict[UUID, Person] = {}
        self._taken_before = start.taken
        self.taken: Mapping[UUID, int] = start.taken

    def settle(self, event: LoggedEvent) -> LoggedEvent:
        """The event with what its place in the log says of it: the first gift of somebody in this room is one."""
        if not isinstance(event, GiftEvent) or event.first is not None:
            return event
        sender_id = event.sender.id
        if sender_id in self._giving or sender_id == ANONYMOUS.id or sender_id in self._others:
            return event
        return event.model_copy(update={"first": "room"})

    def apply(self, event: LoggedEvent) -> None:
        if isinstance(event, GiftEvent | PaidMessageEvent | CheerEvent):
            sender = event.sender
            if sender.id == ANONYMOUS.id:
                return
            coins, first_seq = self._giving.get(sender.id) or (0, event.seq)
            self._giving[sender.id] = Giving(coins + event.coins, first_seq)
            self._gave[sender.id] = sender

    def recount(self, told: Recount) -> None:
        """Take from totals what was reversed since the start, or give it back. Those who gave are counted by events:
        whichever of a gift and its reversal is heard first, both count once."""
        self.taken = told.taken
        for person, first_seq in told.first:
            self._giving.setdefault(person.id, Giving(0, first_seq))
            self._gave.setdefault(person.id, person)
        self._rank()

    def supporters(self) -> list[Supporter]:
        """Nobody enters the shown places but those who gave since the last look, or were named by a recount."""
        if self._gave:
            self._rank()
        return [
            Supporter(rank=rank, user=place.person, coins=place.giving.coins)
            for rank, place in enumerate(self._top, start=1)
        ]

    def _rank(self) -> None:
        people = {place.person.id: place.person for place in self._top} | self._gave
        places = (_Place(person, self._net(id_)) for id_, person in people.items())
        kept = (place for place in places if place.giving.coins > 0)
        self._top = nsmallest(self._places_max, kept, key=_order)
        self._gave = {}

    def _net(self, sender_id: UUID) -> Giving:
        coins, first_seq = self._giving[sender_id]
        taken = self.taken.get(sender_id, 0) - self._taken_before.get(sender_id, 0)
        return Giving(coins - taken, first_seq)
