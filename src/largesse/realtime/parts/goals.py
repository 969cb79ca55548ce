"""The goals of a stream and how far they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from largesse.realtime.events import GiftEvent, Goal, GoalEvent, LoggedEvent, StreamEndEvent
from largesse.realtime.said import CheerEvent, PaidMessageEvent


@dataclass(frozen=True, slots=True)
class GoalsStart:
    """The goals as one consistent read found them."""

    goals: Sequence[Goal] = ()
    """With what is left of their progress after refunds and disputes."""
    taken: Mapping[UUID, int] = field(default_factory=dict)
    """By part: what those had taken from open goals by then."""


class Goals:
    """Follows from goals, gifts, paid messages and cheers in the log."""

    def __init__(self, start: GoalsStart) -> None:
        self._goals = {goal.id: goal for goal in start.goals}
        self._progress = {part.id: part.progress for goal in start.goals for part in goal.parts}
        self._taken_before = start.taken
        self._taken: Mapping[UUID, int] = start.taken
        self._frozen = False

    def apply(self, event: LoggedEvent) -> None:
        """Count what was given, or take a goal as it was set, reached or cancelled."""
        if isinstance(event, GoalEvent):
            self._take(event.goal)
        elif isinstance(event, StreamEndEvent):
            self._freeze(self.all())
        elif (
            self._goals
            and not self._frozen
            and isinstance(event, GiftEvent | PaidMessageEvent | CheerEvent)
        ):
            self._count(event)

    def _freeze(self, goals: Sequence[Goal]) -> None:
        """The stream has ended: goals stay as they are."""
        if not self._frozen:
            self._goals = {goal.id: goal for goal in goals}
            self._frozen = True

    def _take(self, goal: Goal) -> None:
        if goal.state == "cancelled":
            self._goals.pop(goal.id, None)
            return
        self._goals[goal.id] = goal
        for part in goal.parts:
            self._progress[part.id] = part.progress

    def _count(self, event: GiftEvent | PaidMessageEvent | CheerEvent) -> None:
        gift_id = event.gift.id if isinstance(event, GiftEvent) else None
        for goal in self._goals.values():
            if goal.state != "open":
                continue
            for part in goal.parts:
                if part.gift is None:
                    self._progress[part.id] += event.coins
                elif isinstance(event, GiftEvent) and part.gift.id == gift_id:
                    self._progress[part.id] += event.count

    def recount(self, taken: Mapping[UUID, int], last: Sequence[Goal] | None) -> None:
        """What refunds and disputes have taken from open goals by now, by part. `last`: as the end froze the goals,
        which knew of refunds that we had not heard of."""
        if last is not None:
            self._frozen = False
            self._freeze(last)
        elif not self._frozen:
            self._taken = taken

    def all(self) -> list[Goal]:
        """Open and reached ones in the order in which they were set."""
        return [self._now(goal) for goal in self._goals.values()]

    @property
    def open(self) -> bool:
        """Some are to be reached yet."""
        return any(goal.state == "open" for goal in self._goals.values())

    @property
    def due(self) -> bool:
        """One that is open has all it wants."""
        return any(
            goal.state == "open" and all(part.progress >= part.target for part in goal.parts)
            for goal in self.all()
        )

    def _now(self, goal: Goal) -> Goal:
        if goal.state != "open" or self._frozen:
            return goal
        parts = [
            part.model_copy(update={"progress": max(0, self._net(part.id))}) for part in goal.parts
        ]
        return goal.model_copy(update={"parts": parts})

    def _net(self, part_id: UUID) -> int:
        lost = self._taken.get(part_id, 0) - self._taken_before.get(part_id, 0)
        return self._progress[part_id] - lost
