"""Goals in a room's log."""

from typing import Any
from uuid import UUID

from largesse.ledger import RoomEventRow
from largesse.realtime import EventReader, Goal, GoalEvent, Naming
from largesse.types import derived_id

GOAL = "goal"
_GOAL = "goal"
"""Texts at the top of a row are emptied when its author is erased; the goal stays, under it."""


def stored(goal: Goal) -> dict[str, Any]:
    """A goal as the log keeps it."""
    return {_GOAL: goal.model_dump(mode="json")}


def goal_event(row: RoomEventRow) -> GoalEvent:
    """A goal as it was when it was set, reached or cancelled."""
    return GoalEvent(
        type="goal", seq=row.seq, at=row.created_at, goal=Goal.model_validate(row.data[_GOAL])
    )


def event_id(goal_id: UUID, what: str) -> UUID:
    """The event's id follows from the goal's: whoever writes it, it is written once."""
    return derived_id(goal_id, what.encode())


def _read(row: RoomEventRow, _: Naming) -> GoalEvent:
    return goal_event(row)


READERS = {GOAL: EventReader(_read)}
