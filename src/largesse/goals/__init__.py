"""Goals of a stream, with targets per gift."""

from largesse.goals.archived import MONTHS
from largesse.goals.defaults import load_defaults
from largesse.goals.events import READERS
from largesse.goals.figures import FIGURES
from largesse.goals.keeping import Keeping
from largesse.goals.reaching import Reaching
from largesse.goals.reading import standing
from largesse.goals.schemas import NewGoal, NewGoalPart
from largesse.goals.service import cancel_goal, close_goals, set_goal

__all__ = [
    "FIGURES",
    "MONTHS",
    "READERS",
    "Keeping",
    "NewGoal",
    "NewGoalPart",
    "Reaching",
    "cancel_goal",
    "close_goals",
    "load_defaults",
    "set_goal",
    "standing",
]
