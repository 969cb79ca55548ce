"""Loads the shipped limits, and says which overlays a creator starts with."""

from importlib.resources import files

from largesse.db import Connection
from largesse.overlays import queries
from largesse.overlays.figures import FIGURES
from largesse.realtime import OverlayKind

NAMES: dict[OverlayKind, str] = {
    "alerts": "Alert box",
    "goal": "Goal",
    "supporters": "Top supporters",
    "ticker": "Ticker",
    "chat": "Chat",
}
"""One of each, in this order; also what an overlay is called when nobody says otherwise."""


async def load_defaults(conn: Connection) -> None:
    """Set the limits of the package where there are none."""
    text = (files("largesse.overlays") / "data" / "rules.json").read_text(encoding="utf-8")
    await queries.insert_rule(conn, FIGURES.shipped(text))
