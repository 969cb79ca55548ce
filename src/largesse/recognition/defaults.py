"""Loads the shipped figures."""

import json
from importlib.resources import files

from largesse.db import Connection
from largesse.recognition import queries


async def load_defaults(conn: Connection) -> None:
    """The figures of data/rules.json, where none hold from their moment on."""
    text = (files("largesse.recognition") / "data" / "rules.json").read_text(encoding="utf-8")
    await queries.insert_rule(conn, json.loads(text))
