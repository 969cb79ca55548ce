"""Figures of live rooms that an operator may change: each holds from a moment on, and is never edited in place."""

from largesse.figures.cli import rules_app
from largesse.figures.model import (
    Amount,
    Characters,
    Coins,
    Colour,
    Days,
    Figures,
    FigureSet,
    RowsOf,
    Seconds,
    Small,
    holding,
)

__all__ = [
    "Amount",
    "Characters",
    "Coins",
    "Colour",
    "Days",
    "FigureSet",
    "Figures",
    "RowsOf",
    "Seconds",
    "Small",
    "holding",
    "rules_app",
]
