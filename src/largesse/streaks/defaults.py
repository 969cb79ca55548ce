"""Loads the shipped figures."""

from importlib.resources import files

from largesse.db import Connection
from largesse.streaks import queries
from largesse.streaks.figures import FIGURES


async def load_defaults(conn: Connection) -> None:
    """The figures of data/rules.json, where none hold from their moment on."""
    text = (files("largesse.streaks") / "data" / "rules.json").read_text(encoding="utf-8")
    await queries.insert_rule(conn, FIGURES.shipped(text))
