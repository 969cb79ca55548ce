"""The gifts of one sender, newest first, out of a journal of any size.

An index on (sender_id, created_at) would slow every batch down, so this order is made from the key (sender_id, id),
whose ids tell when they were made. A row was created within `SLACK` of the time in its id (gifts with other clocks are
refused), so a page is found in two steps: the rows with the highest ids say how far back the page reaches at most; then
every row whose id may belong there is sorted by (created_at, id). The window is the page's own time and two days more,
in one or two partitions. Ids that tell no time lie in the default partition, and are sorted as a whole.
"""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.ledger.cursors import NEWEST, Place
from largesse.ledger.id_times import SLACK, id_from
from largesse.ledger.queries.gifts import GIFT_COLUMNS
from largesse.ledger.rows import GiftRow

_TIMED = 7
_BEFORE: LiteralString = "sender_id = %(sender_id)s AND (created_at, id) < (%(at)s, %(id)s)"
_MONTHS: LiteralString = "id < %(highest)s AND tableoid <> 'gift_rest'::regclass"

_REACH: LiteralString = f"""
SELECT min(created_at), min(id::text)::uuid
  FROM (SELECT created_at, id FROM gift WHERE {_BEFORE} AND {_MONTHS}
         ORDER BY id DESC LIMIT %(limit)s) newest
"""
_PAGE: LiteralString = f"""
SELECT {GIFT_COLUMNS} FROM (
  (SELECT {GIFT_COLUMNS} FROM gift WHERE {_BEFORE} AND {_MONTHS} AND id >= %(lowest)s
    ORDER BY created_at DESC, id DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT {GIFT_COLUMNS} FROM gift_rest WHERE {_BEFORE}
    ORDER BY created_at DESC, id DESC LIMIT %(limit)s)) gift
 ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""


async def gifts_sent(
    conn: ReadConnection, sender_id: UUID, place: Place, limit: int
) -> list[GiftRow]:
    """At most `limit` gifts after a place, by (created_at, id) from new to old; reads one snapshot (`db.read()`)."""
    params: dict[str, Any] = {
        "sender_id": sender_id,
        "at": place.at,
        "id": place.id,
        "limit": limit,
        "highest": _highest(place),
    }
    cursor = await conn.execute(_REACH, params)
    row = await cursor.fetchone()
    reach: tuple[datetime, UUID] | None = row if row and row[0] is not None else None
    params["lowest"] = min(id_from(reach[0] - SLACK), reach[1]) if reach else NEWEST.id
    async with conn.cursor(row_factory=class_row(GiftRow)) as rows:
        await rows.execute(_PAGE, params)
        return await rows.fetchall()


def _highest(place: Place) -> UUID:
    """Above every id of a row after the place."""
    if place == NEWEST:
        return NEWEST.id
    highest = id_from(place.at + SLACK)
    return max(highest, place.id) if place.id.version == _TIMED else highest
