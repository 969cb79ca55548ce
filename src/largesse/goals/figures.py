"""Limits on goals that an operator may set."""

from typing import Annotated

from pydantic import Field

from largesse.figures import Coins, Figures, FigureSet, Small
from largesse.goals.schemas import PARTS_READ_MAX


class GoalFigures(Figures):
    """Limits on goals."""

    open_max: Small
    """At once, of one stream."""
    parts_max: Annotated[int, Field(strict=True, ge=1, le=PARTS_READ_MAX)]
    title_characters_max: Small
    target_max: Coins
    """Of one part: coins, or gifts."""


FIGURES = FigureSet("goals", "limits on goals", GoalFigures, "goal_rule")
