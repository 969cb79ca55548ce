"""Loads the shipped rules and limits of chats."""

from importlib.resources import files

from largesse.db import Connection
from largesse.moderation import queries
from largesse.moderation.figures import FIGURES


async def load_defaults(conn: Connection) -> None:
    """Fill the empty table from the package's data."""
    text = (files("largesse.moderation") / "data" / "chat.json").read_text(encoding="utf-8")
    await queries.insert_default(conn, FIGURES.shipped(text))
