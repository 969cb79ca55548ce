"""A room's state, made of a start read from the database and every event since."""

from collections import deque
from dataclasses import dataclass
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
    coins_by_sender: dict[UUID, int]
    supporters: list[tuple[Person, int]]
    """The first places, with names."""
    supporters_max: int
    """How many places are shown."""
    recent: list[LoggedEvent]


def _place(entry: tuple[Person, int]) -> tuple[int, UUID]:
    person, coins = entry
    return -coins, person.id


class Projection:
    """Applies events in order; asks nobody."""

    def __init__(self, start: RoomStart) -> None:
        self.id = start.id
        self.kind = start.kind
        self.title = start.title
        self.creator = start.creator
        self.state: RoomLife = start.state
        self.gifting = start.gifting
        self._coins = dict(start.coins_by_sender)
        self._places_max = start.supporters_max
        self._top = sorted(start.supporters, key=_place)[: start.supporters_max]
        self._recent: deque[LoggedEvent] = deque(start.recent, maxlen=RECENT_EVENTS_MAX)

    def apply(self, event: LoggedEvent) -> None:
        self._recent.append(event)
        if isinstance(event, GiftEvent):
            self._add_coins(event.sender, event.coins)
        elif isinstance(event, StreamEndEvent):
            self.state = "ended"
            self.gifting = False

    def _add_coins(self, sender: Person, coins: int) -> None:
        """Totals only grow, so nobody but the sender can enter the shown places."""
        total = self._coins.get(sender.id, 0) + coins
        self._coins[sender.id] = total
        others = [entry for entry in self._top if entry[0].id != sender.id]
        self._top = sorted([*others, (sender, total)], key=_place)[: self._places_max]

    def supporters(self) -> list[Supporter]:
        return [
            Supporter(rank=rank, user=person, coins=coins)
            for rank, (person, coins) in enumerate(self._top, start=1)
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
