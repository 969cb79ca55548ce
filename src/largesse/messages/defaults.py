"""Loads the shipped tiers, marks and limits."""

import json
from datetime import datetime
from importlib.resources import files
from typing import Any

from largesse.db import Connection
from largesse.messages import queries


async def load_defaults(conn: Connection) -> None:
    """Fill the empty tables from the package's data."""
    if not await queries.is_empty(conn):
        return
    text = (files("largesse.messages") / "data" / "rules.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    valid_from = datetime.fromisoformat(data["valid_from"])

    def rows(name: str) -> list[dict[str, Any]]:
        return [
            {**row, "valid_from": valid_from, "no": no}
            for no, row in enumerate(data[name], start=1)
        ]

    await queries.insert_limits(conn, {**data, "valid_from": valid_from})
    await queries.insert_paid_tiers(conn, rows("paid_message_tiers"))
    await queries.insert_cheer_tiers(conn, rows("cheer_tiers"))
    await queries.insert_marks(conn, rows("cheer_marks"))
