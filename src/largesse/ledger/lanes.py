"""The lease of a lane: one writer each. What makes a stolen lane harmless is the key of `batch`."""

import math
import time
from uuid import uuid4

from largesse.db import Connection
from largesse.ledger.plan import Head
from largesse.ledger.queries import lanes as queries

LEASE_S = 30
HEARTBEAT_S = 8.0


class Lease:
    """The lane a writer holds, and where its chain ends."""

    def __init__(self) -> None:
        self.holder_id = uuid4()
        self.head: Head | None = None
        self._renewed_at = 0.0

    async def secure(self, conn: Connection) -> Head:
        """The head of a lane that is ours: renews the lease when it is due, takes another lane when it was lost."""
        if self.head is None:
            await self._claim(conn)
        elif self.due():
            await self.refresh(conn)
        assert self.head is not None
        return self.head

    def due(self) -> bool:
        """It is time to renew: a batch must not go ahead of that."""
        return time.monotonic() - self._renewed_at > HEARTBEAT_S

    async def refresh(self, conn: Connection) -> Head:
        """Ask the database again whether the lane is ours and where it ends."""
        lane = self.head.lane if self.head is not None else None
        renewed_at = time.monotonic()
        if lane is not None and await queries.renew_lane(conn, lane, self.holder_id, LEASE_S):
            self.head = await queries.lane_head(conn, lane)
            self._renewed_at = renewed_at
        else:
            await self._claim(conn)
        assert self.head is not None
        return self.head

    def advance(self, no: int, hash: bytes) -> None:
        """Our batch is committed; the next one follows it."""
        assert self.head is not None
        self.head = Head(self.head.lane, no, hash)

    def mistrust(self) -> None:
        """Our next number turned out to be used: ask again before the next batch."""
        self._renewed_at = -math.inf

    async def release(self, conn: Connection) -> None:
        """Give the lane back."""
        if self.head is not None:
            await queries.release_lane(conn, self.head.lane, self.holder_id)
            self.head = None

    async def _claim(self, conn: Connection) -> None:
        self.head = None
        lane: int | None = None
        renewed_at = time.monotonic()
        while lane is None:
            lane = await queries.claim_lane(conn, self.holder_id, LEASE_S)
            lane = lane or await queries.add_lane(conn, self.holder_id, LEASE_S)
        self.head = await queries.lane_head(conn, lane)
        self._renewed_at = renewed_at
