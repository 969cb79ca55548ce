"""Tiers, marks and limits, held in this process for a moment."""

import asyncio
import time

from largesse.db import Database
from largesse.messages import queries
from largesse.messages.model import MessageRules

FRESH_S = 2.0
"""How old what we hold may be: new tiers should be set at least this long before they hold."""


class MessageDesk:
    """One per process."""

    def __init__(self, db: Database, *, fresh_s: float = FRESH_S) -> None:
        self._db = db
        self._fresh_s = fresh_s
        self._lock = asyncio.Lock()
        self._read_at_s = float("-inf")
        self.known: MessageRules | None = None
        """What was read last, however long ago: what the past allowed never changes."""

    async def rules(self) -> MessageRules:
        """The rules as they were at most `fresh_s` ago."""
        if (rules := self._fresh()) is not None:
            return rules
        async with self._lock:
            if (rules := self._fresh()) is None:
                read_at_s = time.monotonic()
                async with self._db.read() as conn:
                    rules = await queries.message_rules(conn)
                self.known, self._read_at_s = rules, read_at_s
        return rules

    def _fresh(self) -> MessageRules | None:
        return self.known if time.monotonic() - self._read_at_s < self._fresh_s else None
