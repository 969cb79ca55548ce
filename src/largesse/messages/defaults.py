"""Loads the shipped tiers, marks and limits."""

from importlib.resources import files
from typing import Any

from largesse.db import Connection
from largesse.messages import queries
from largesse.messages.figures import FIGURES


async def load_defaults(conn: Connection) -> None:
    """Fill the empty tables from the package's data."""
    if not await queries.is_empty(conn):
        return
    text = (files("largesse.messages") / "data" / "rules.json").read_text(encoding="utf-8")
    data = FIGURES.shipped(text)
    valid_from = data["valid_from"]

    def rows(name: str) -> list[dict[str, Any]]:
        return [
            {**row, "valid_from": valid_from, "no": no}
            for no, row in enumerate(data[name], start=1)
        ]

    await queries.insert_limits(conn, data)
    await queries.insert_paid_tiers(conn, rows("paid_message_tiers"))
    await queries.insert_cheer_tiers(conn, rows("cheer_tiers"))
    await queries.insert_marks(conn, rows("cheer_marks"))
