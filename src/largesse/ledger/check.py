"""Invariants."""

from largesse.db import ReadConnection
from largesse.ledger.model import CheckReport


async def check(conn: ReadConnection) -> CheckReport:
    """Verify every invariant of docs/money.md."""
    raise NotImplementedError
