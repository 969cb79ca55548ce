"""Limits on overlays that an operator may set."""

from typing import Annotated

from pydantic import Field

from largesse.figures import Amount, Figures, FigureSet, Small


class OverlayFigures(Figures):
    """Limits on overlays."""

    overlays_max: Small
    tests_max_per_min: Amount
    decision_days: Annotated[int, Field(strict=True, ge=2, le=3_650)]
    """Alerts may be decided about until a day after their stream."""


FIGURES = FigureSet("overlays", "limits on overlays", OverlayFigures, "overlay_rule")
