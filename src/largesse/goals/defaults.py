"""Loads the shipped limits."""

from importlib.resources import files

from largesse.db import Connection
from largesse.goals import queries
from largesse.goals.figures import FIGURES


async def load_defaults(conn: Connection) -> None:
    """The limits of data/rules.json, where none hold from their moment on."""
    text = (files("largesse.goals") / "data" / "rules.json").read_text(encoding="utf-8")
    await queries.insert_rule(conn, FIGURES.shipped(text))
