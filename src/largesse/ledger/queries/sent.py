"""The gifts of one sender, newest first, out of a journal of any size.

An index on (sender_id, created_at) would slow every batch down, so this order is made from the key (sender_id, id),
whose ids tell when they were made. A row was created within `SLACK` of the time in its id (gifts with other clocks are
refused), so a page is found in two steps: as many rows with high ids say how far back the page reaches at most; then
every row whose id may belong there is sorted by (created_at, id). The window is the page's own time and two days more,
in one or two partitions. Ids that tell no time lie in the default partition, and are sorted as a whole.
"""

from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.ledger.cursors import NEWEST, Place
from largesse.ledger.id_times import SLACK, id_from
from largesse.ledger.queries.gifts import GIFT_COLUMNS
from largesse.ledger.rows import GiftRow
from largesse.types import now

_TIMED = 7
_LOWEST = UUID(int=0)
_AFTER: LiteralString = "sender_id = %(sender_id)s AND (created_at, id) < (%(at)s, %(id)s)"

_REACH: LiteralString = f"""
SELECT count(*), min(created_at), min(id::text)::uuid
  FROM (SELECT created_at, id FROM gift WHERE {_AFTER} AND id < %(present)s
         ORDER BY id DESC LIMIT %(limit)s) newest
"""
_PAGE: LiteralString = f"""
SELECT {GIFT_COLUMNS} FROM (
  (SELECT {GIFT_COLUMNS} FROM gift
    WHERE {_AFTER} AND id >= %(lowest)s AND id < %(highest)s AND tableoid <> 'gift_rest'::regclass
    ORDER BY created_at DESC, id DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT {GIFT_COLUMNS} FROM gift_rest WHERE {_AFTER}
    ORDER BY created_at DESC, id DESC LIMIT %(limit)s)) gift
 ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""


async def gifts_sent(
    conn: ReadConnection, sender_id: UUID, place: Place, limit: int
) -> list[GiftRow]:
    """At most `limit` gifts after a place, by (created_at, id) from new to old; reads one snapshot (`db.read()`)."""
    highest = _highest(place)
    params: dict[str, Any] = {
        "sender_id": sender_id,
        "at": place.at,
        "id": place.id,
        "limit": limit,
        "highest": highest,
        "present": min(highest, id_from(now() + SLACK)),  # ids that tell no time lie mostly above
    }
    cursor = await conn.execute(_REACH, params)
    row = await cursor.fetchone()
    assert row is not None
    count, oldest, lowest = row
    params["lowest"] = _LOWEST if count < limit else min(id_from(oldest - SLACK), lowest)
    async with conn.cursor(row_factory=class_row(GiftRow)) as rows:
        await rows.execute(_PAGE, params)
        return await rows.fetchall()


def _highest(place: Place) -> UUID:
    """Above every id of a row after the place."""
    if place == NEWEST:
        return NEWEST.id
    highest = id_from(place.at + SLACK)
    return max(highest, place.id) if place.id.version == _TIMED else highest
