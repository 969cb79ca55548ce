"""A room's state, made of a start read from the database and every event since."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from largesse.identity import Person
from largesse.realtime.events import (
    Event,
    LoggedEvent,
    Playback,
    StreamEndEvent,
    StreamUpdateEvent,
    Supporter,
)
from largesse.realtime.parts import (
    Board,
    BoardStart,
    Goals,
    GoalsStart,
    Ranking,
    RankingStart,
    Recount,
    Streaks,
    StreaksStart,
)
from largesse.realtime.protocol import RoomKind, RoomLife, RoomState, Visibility
from largesse.realtime.steady import SteadyClock
from largesse.types import now


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
    ranking: RankingStart
    board: BoardStart
    streaks: StreaksStart = field(default_factory=StreaksStart)
    goals: GoalsStart = field(default_factory=GoalsStart)
    playback: Playback | None = None
    visibility: Visibility = "public"
    at: datetime = field(default_factory=now)
    """When that was, by the database's clock."""


class Projection:
    """Applies events in order; asks nobody."""

    def __init__(self, start: RoomStart) -> None:
        self.clock = SteadyClock(start.at)
        self.id = start.id
        self.kind = start.kind
        self.title = start.title
        self.creator = start.creator
        self.state: RoomLife = start.state
        self.gifting = start.gifting
        self.playback = start.playback
        self.visibility: Visibility = start.visibility
        self.ranking = Ranking(start.ranking)
        self.board = Board(start.board)
        self.streaks = Streaks(start.streaks)
        self.goals = Goals(start.goals)

    def settle(self, event: LoggedEvent) -> LoggedEvent:
        """The event as viewers see it, by what came before."""
        return self.ranking.settle(self.streaks.settle(event))

    def apply(self, event: LoggedEvent) -> None:
        self.board.apply(event)
        self.ranking.apply(event)
        self.streaks.apply(event)
        self.goals.apply(event)
        if isinstance(event, StreamUpdateEvent):
            self.title = event.title
            self.playback = event.playback
        if isinstance(event, StreamEndEvent):
            self.state = "ended"
            self.gifting = False

    def recount(self, told: Recount) -> None:
        """Refunds or disputes took from the room's gifts, or gave back."""
        self.ranking.recount(told)
        self.goals.recount(told.of_goals, told.last_goals)

    def supporters(self) -> list[Supporter]:
        """Who gave most."""
        return self.ranking.supporters()

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
            recent=[Event(root=event) for event in self.board.recent()],
            streaks=self.streaks.open(),
            pinned=self.board.show_pinned(self.clock.now()),
            pinned_max=self.board.pinned_max,
            pin=self.board.pin,
            goals=self.goals.all(),
            chat_rules=self.board.chat_rules,
            playback=self.playback,
        )
