"""A room's state, made of a start read from the database and every event since."""

from collections import deque
from dataclasses import dataclass
from heapq import nsmallest
from typing import NamedTuple
from uuid import UUID

from largesse.identity import Person
from largesse.realtime.limits import RECENT_EVENTS_MAX
from largesse.realtime.protocol import (
    Event,
    GiftEvent,
    LoggedEvent,
    RoomKind,
    RoomLife,
    RoomState,
    StreamEndEvent,
    Supporter,
)


class Giving(NamedTuple):
    """What somebody gave in the room; of equals, who gave first stands higher."""

    coins: int
    first_seq: int


@dataclass(frozen=True, slots=True)
class RoomStart:
    """A room as one consistent read found it."""

    id: UUID
    kind: RoomKind
    title: str
    creator: Person
    state: RoomLife
    gifting: bool
    seq: int
    giving: dict[UUID, Giving]
    """What each sender gave so far."""
    names: dict[UUID, Person]
    """Those on the first places."""
    supporters_max: int
    """How many places are shown."""
    recent: list[LoggedEvent]


class _Place(NamedTuple):
    person: Person
    giving: Giving


def _order(place: _Place) -> tuple[int, int]:
    return -place.giving.coins, place.giving.first_seq


class Projection:
    """Applies events in order; asks nobody."""

    def __init__(self, start: RoomStart) -> None:
        self.id = start.id
        self.kind = start.kind
        self.title = start.title
        self.creator = start.creator
        self.state: RoomLife = start.state
        self.gifting = start.gifting
        self._giving = dict(start.giving)
        self._places_max = start.supporters_max
        self._top = sorted(
            (_Place(person, start.giving[id_]) for id_, person in start.names.items()), key=_order
        )
        self._gave: dict[UUID, Person] = {}
        self._recent: deque[LoggedEvent] = deque(start.recent, maxlen=RECENT_EVENTS_MAX)

    def apply(self, event: LoggedEvent) -> None:
        self._recent.append(event)
        if isinstance(event, GiftEvent):
            self._add(event)
        elif isinstance(event, StreamEndEvent):
            self.state = "ended"
            self.gifting = False

    def _add(self, gift: GiftEvent) -> None:
        sender = gift.sender
        coins, first_seq = self._giving.get(sender.id) or (0, gift.seq)
        self._giving[sender.id] = Giving(coins + gift.coins, first_seq)
        self._gave[sender.id] = sender

    def supporters(self) -> list[Supporter]:
        """Totals only grow, so nobody enters the shown places but those who gave since the last look."""
        if self._gave:
            people = {place.person.id: place.person for place in self._top} | self._gave
            places = (_Place(person, self._giving[id_]) for id_, person in people.items())
            self._top = nsmallest(self._places_max, places, key=_order)
            self._gave = {}
        return [
            Supporter(rank=rank, user=place.person, coins=place.giving.coins)
            for rank, place in enumerate(self._top, start=1)
        ]

    def room_state(self, viewers: int) -> RoomState:
        return RoomState(
            id=self.id,
            kind=self.kind,
            title=self.title,
            creator=self.creator,
            state=self.state,
            gifting=self.gifting,
            viewers=viewers,
            supporters=self.supporters(),
            recent=[Event(root=event) for event in self._recent],
        )
