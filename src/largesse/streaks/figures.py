"""When streaks end: figures that an operator may set."""

from typing import Annotated

from pydantic import Field

from largesse.figures import Figures, FigureSet, Seconds


class StreakFigures(Figures):
    """When streaks end."""

    timeout_ms: Annotated[int, Field(strict=True, ge=100, le=60_000)]
    """Without a gift for so long."""
    length_max_s: Seconds
    kept_s: Seconds
    """Rows of streaks that ended."""


FIGURES = FigureSet("streaks", "when streaks end", StreakFigures, "streak_rule")
