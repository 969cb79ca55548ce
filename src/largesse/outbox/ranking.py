"""Ranking a creator's supporters of a range of days that ends with today.

Where few gave, their days are added up at each question. Where very many did, the sums are kept, in order, for the
range that is asked for again and again, and made anew when its first day moves on.
"""

from datetime import date
from uuid import UUID

import psycopg
from psycopg import errors as pg

from largesse.db import Connection, Database, ReadConnection
from largesse.outbox.queries import ranking, rooms

ROWS_MIN = 20_000
"""Rows by day and supporter: fewer are added up in some milliseconds."""
PAUSE_S = 600
"""A window rests so long after it moved: processes whose clocks differ by a day do not pull it to and fro."""
KEPT_S = 3 * 86_400
"""Windows that nobody asked for since then are forgotten."""


async def top_supporters(
    conn: ReadConnection, recipient_id: UUID, since: date, limit: int
) -> dict[UUID, int]:
    """Who gave most to a creator under his name from a day (UTC) on, in order, and their coins, less what was reversed
    of those gifts."""
    if await ranking.window(conn, recipient_id) == since:
        return await ranking.top(conn, recipient_id, since, limit)
    return await rooms.top_supporters(conn, recipient_id, since, limit)


async def keep_ranking(db: Database, recipient_id: UUID, since: date) -> None:
    """Have the supporters of a creator from a day on summed up, if they are very many: who asks for them again and
    again asks for this before. Answers are the same with it and without."""
    async with db.read() as conn:
        before = await ranking.window(conn, recipient_id)
        if before == since or await ranking.is_settled(conn, recipient_id, PAUSE_S):
            return
        if before is None and not await ranking.has_rows(conn, recipient_id, since, ROWS_MIN):
            return
    try:
        await _move(db, recipient_id, since)
    except pg.LockNotAvailable:
        return  # the next question tries again


async def _move(db: Database, recipient_id: UUID, since: date) -> None:
    """In steps, so that followers wait for none that takes long; should this be killed, the next question goes on."""
    async with db.transaction() as conn:
        if not await ranking.claim(conn, recipient_id):
            return
        before = await ranking.window(conn, recipient_id)
        if before == since:
            return
        if before is not None:
            await ranking.lock(conn)
            await ranking.end(conn, recipient_id)
    await _empty(db, recipient_id)
    async with db.transaction() as conn:
        free = await _claim_free(conn, recipient_id)
        if not free or await ranking.has_sums(conn, recipient_id):
            return  # somebody else was here meanwhile: the next question tries again
        summed = await ranking.sum_up(conn, recipient_id, since)
        await ranking.lock(conn)
        if not await ranking.begin(conn, recipient_id, since, summed):
            raise psycopg.Rollback  # the next question tries again


async def _empty(db: Database, recipient_id: UUID) -> None:
    async with db.transaction() as conn:
        if await _claim_free(conn, recipient_id):
            await ranking.empty(conn, recipient_id)


async def _claim_free(conn: Connection, recipient_id: UUID) -> bool:
    """Nobody else makes a window for this creator, who has none."""
    return (
        await ranking.claim(conn, recipient_id) and await ranking.window(conn, recipient_id) is None
    )


async def forget_rankings(db: Database) -> int:
    """Forget the sums that nobody asked for during the last days; of how many creators."""
    async with db.read() as conn:
        creators = await ranking.unmoved(conn, KEPT_S)
    for recipient_id in creators:
        async with db.transaction() as conn:
            await ranking.lock(conn)
            await ranking.end(conn, recipient_id)
        await _empty(db, recipient_id)
    return len(creators)
