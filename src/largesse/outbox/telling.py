"""A follower that tells how far rooms have come, whoever committed it, also when that process is dead by now."""

import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from uuid import UUID

from largesse.db import Connection, Database
from largesse.outbox.followers import Follower, running_followers
from largesse.outbox.queries.room_heads import room_heads, start_at_end
from largesse.outbox.rows import Stretch

TELLER = "room_teller"

TellHead = Callable[[UUID, int], None]
"""(room_id, seq): the log of a room reaches this number. Told once or more."""


@contextlib.asynccontextmanager
async def running_teller(db: Database, tell: TellHead) -> AsyncIterator[None]:
    """Tell of each batch of gifts within about a second, beside the block. Several processes share the lanes."""
    async with db.transaction() as conn:
        await start_at_end(conn, TELLER)
    async with running_followers(db, [Follower(TELLER, partial(_tell, tell))]):
        yield


async def _tell(tell: TellHead, conn: Connection, stretch: Stretch) -> None:
    for room_id, seq in (await room_heads(conn, stretch)).items():
        tell(room_id, seq)
