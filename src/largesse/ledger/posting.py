"""Transfers."""

from collections.abc import Sequence

from largesse.db import Connection
from largesse.ledger.model import Entry


async def post(conn: Connection, entries: Sequence[Entry]) -> None:
    """Write entries in the caller's transaction."""
    raise NotImplementedError
