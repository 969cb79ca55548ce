"""Limits on goals that an operator may set."""

from largesse.figures import Coins, Figures, FigureSet, Small


class GoalFigures(Figures):
    """Limits on goals."""

    open_max: Small
    """At once, of one stream."""
    parts_max: Small
    title_characters_max: Small
    target_max: Coins
    """Of one part: coins, or gifts."""


FIGURES = FigureSet("goals", "limits on goals", GoalFigures, "goal_rule")
