"""Goals in a room's log."""

from uuid import UUID, uuid5

from largesse.ledger import RoomEventRow
from largesse.realtime import EventReader, Goal, GoalEvent, Naming

GOAL = "goal"


def goal_event(row: RoomEventRow) -> GoalEvent:
    """A goal as it was when it was set, reached or cancelled."""
    return GoalEvent(
        type="goal", seq=row.seq, at=row.created_at, goal=Goal.model_validate(row.data)
    )


def event_id(goal_id: UUID, what: str) -> UUID:
    """The event's id follows from the goal's: whoever writes it, it is written once."""
    return uuid5(goal_id, what)


def _read(row: RoomEventRow, _: Naming) -> GoalEvent:
    return goal_event(row)


READERS = {GOAL: EventReader(_read)}
