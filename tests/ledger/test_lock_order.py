"""Rows are locked in the order of the sorted arrays: the plans walk them, whatever the statistics say."""

import re

import pytest

from largesse.db import Database
from largesse.ledger.queries import batches
from largesse.types import new_id

IDS = "{" + ",".join(sorted(str(new_id()) for _ in range(50))) + "}"
ONES = "{" + ",".join("1" for _ in range(50)) + "}"
PLACES = "{" + ",".join(str(place) for place in range(1, 51)) + "}"
NAMED = "{" + ",".join("true" for _ in range(50)) + "}"
STATEMENTS = {
    f"gifts_pay(24000, now(), '{IDS}', '{ONES}', '{PLACES}', '{NAMED}')": "balance_pkey on balance b",
    f"gifts_seat('{IDS}', '{ONES}')": "room_pkey on room r",
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
    conn = await (await batches.open_session(await db.connect())).plain()
    if people:
        await conn.execute("ANALYZE balance, room")
    for statement, walked in STATEMENTS.items():
        cursor = await conn.execute(f"EXPLAIN EXECUTE {statement}")
        plan = "\n".join(row[0] for row in await cursor.fetchall())
        # Whichever side is the outer one, it is walked in the order of the ids: a sorted array, or the primary key.
        assert not re.search("Hash Join|Merge Join|Seq Scan|Bitmap|Sort", plan)
        assert "Nested Loop" in plan
        assert f"Index Scan using {walked}" in plan
    await conn.close()
