"""Loads the shipped limits."""

import json
from importlib.resources import files

from largesse.db import Connection
from largesse.goals import queries


async def load_defaults(conn: Connection) -> None:
    """The limits of data/rules.json, where none hold from their moment on."""
    text = (files("largesse.goals") / "data" / "rules.json").read_text(encoding="utf-8")
    await queries.insert_rule(conn, json.loads(text))
