"""Why a goal is refused.

AppError
├── Forbidden      NotYourRoom
├── NotFound       GoalNotFound, RoomUnknown
├── Conflict       GoalClosed, TooManyGoals
└── Unprocessable  GoalInvalid
"""

from largesse.errors import Conflict, Forbidden, NotFound, ValidationFailed


class GoalNotFound(NotFound):
    """There is no such goal in this stream."""

    code = "goal_not_found"


class GoalClosed(Conflict):
    """This goal was reached or cancelled, or its stream has ended."""

    code = "goal_closed"


class TooManyGoals(Conflict):
    """So many goals are open that no other can be set; cancel one first."""

    code = "too_many_goals"


class GoalInvalid(ValidationFailed):
    """Some fields of the goal are wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(errors=[{"field": field, "message": message}])


class RoomUnknown(NotFound):
    """There is no such stream."""

    code = "stream_not_found"


class NotYourRoom(Forbidden):
    """Only its creator sets goals in a stream."""

    code = "not_your_stream"
