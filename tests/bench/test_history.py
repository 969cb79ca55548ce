"""The long history of the benchmark is one that could have happened: the ledger's check says so when the test ends."""

import asyncio

from bench.history_load import load
from largesse import outbox
from largesse.db import Database
from largesse.types import now
from tests.outbox import naive

GIFTS = 12_000


async def test_a_loaded_history_is_sound_and_reads_as_its_rows_add_up(db: Database) -> None:
    history = await asyncio.to_thread(load, db.url, GIFTS, now=now())
    async with db.read() as conn:
        rows = await naive.gifts(conn)
    assert len(rows) == GIFTS
    assert {given.row.sender_id for given in rows} <= set(history.viewers)
    assert len({given.row.created_at.month for given in rows}) == 6
    await outbox.catch_up(db)
    await naive.assert_readers_are_right(db)
