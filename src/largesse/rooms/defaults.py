"""Loads the shipped figures of streams."""

from importlib.resources import files

from largesse.db import Connection, ReadConnection
from largesse.rooms import door_queries
from largesse.rooms.figures import FIGURES
from largesse.rooms.model import StreamRule
from largesse.types import now


async def load_defaults(conn: Connection) -> None:
    """Fill the empty table of rules from the package's data."""
    if await door_queries.rule_at(conn, now()) is None:
        text = (files("largesse.rooms") / "data" / "streams.json").read_text(encoding="utf-8")
        data = FIGURES.shipped(text)
        valid_from = data.pop("valid_from")
        await door_queries.insert_rule(conn, valid_from, StreamRule(**data))


async def stream_rule(conn: ReadConnection) -> StreamRule:
    """The figures that hold now."""
    rule = await door_queries.rule_at(conn, now())
    assert rule is not None, "the shipped figures hold from the beginning"
    return rule
