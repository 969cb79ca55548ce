"""Rows are locked in the order of the sorted arrays: the plans walk them, whatever the statistics say."""

import re

import pytest

from largesse.db import Database
from largesse.ledger.arrays import bigints, integers, uuids
from largesse.ledger.queries import batches
from largesse.types import new_id, now

IDS = sorted(new_id().bytes for _ in range(50))
PARAMS = {
    "month": 24_000,
    "at": now(),
    "senders": uuids(IDS),
    "coins": bigints([1] * 50),
    "firsts": integers(range(1, 51)),
    "lasts": integers(range(1, 51)),
    "rooms": uuids(IDS),
}


@pytest.mark.parametrize("people", [0, 60, 5_000])
async def test_balances_and_rooms_are_visited_in_the_order_of_their_ids(
    db: Database, people: int
) -> None:
    async with db.transaction() as conn:
        await conn.execute(
            "INSERT INTO balance (owner_id, code) SELECT gen_random_uuid(), 1 FROM generate_series(1, %s)",
            (people,),
        )
        await conn.execute(
            "INSERT INTO room (id, recipient_id)"
            " SELECT gen_random_uuid(), gen_random_uuid() FROM generate_series(1, %s)",
            (people,),
        )
    conn = await db.connect()
    await batches.prepare_session(conn)
    if people:
        await conn.execute("ANALYZE balance, room")
    cursor = await conn.execute("EXPLAIN " + batches._TAKE, PARAMS)
    plan = "\n".join(row[0] for row in await cursor.fetchall())
    await conn.close()
    # Whichever side is the outer one, it is walked in the order of the ids: a sorted array, or the primary key.
    assert not re.search("Hash Join|Merge Join|Seq Scan|Bitmap", plan)
    assert len(re.findall("Nested Loop", plan)) == 3
    assert "Index Scan using balance_pkey on balance b" in plan
    assert "Index Scan using room_pkey on room r" in plan
    assert "Sort Key: room_id" in plan
