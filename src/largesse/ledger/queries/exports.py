"""The journal block by block, for exports; and where each lane stands, for heads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from largesse.db import ReadConnection

Row = tuple[Any, ...]
Range = tuple[int, int]

_TIME: LiteralString = "(extract(epoch FROM created_at) * 1000000)::bigint"
_GIFTS: LiteralString = f"""
SELECT batch_no, uuid_send(sender_id), uuid_send(id), uuid_send(recipient_id), uuid_send(room_id), seq,
       coins_paid, coins_bonus, spent_before, milli_diamonds, {_TIME}, count, gift_type_no, share_id,
       hold_days, uuid_send(streak_id),
       CASE WHEN %(texts)s OR message_digest IS NULL THEN message END, message_digest,
       CASE WHEN %(texts)s THEN message_salt END, anonymous
  FROM gift WHERE lane = %(lane)s AND batch_no BETWEEN %(first)s AND %(last)s ORDER BY batch_no, sender_id, id
"""
_TRANSFERS: LiteralString = f"""
SELECT batch_no, uuid_send(owner_id), uuid_send(entry_id), line, uuid_send(from_id), from_code,
       uuid_send(to_id), to_code, amount, {_TIME}, uuid_send(reference_id), kind, asset
  FROM transfer WHERE lane = %s AND batch_no BETWEEN %s AND %s ORDER BY batch_no, owner_id, entry_id, line
"""


@dataclass(frozen=True, slots=True)
class LaneHead:
    """The last batch of a lane."""

    lane: int
    no: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class LaneFound:
    """A lane of an export or of the database, to be compared with a head."""

    lane: int
    first_no: int
    prev_hash: bytes
    last_no: int
    last_time: int
    """Microseconds since 1970-01-01 UTC."""
    hash: bytes | None
    """Of the batch that the head names; None where there is none."""


async def snapshot_time(conn: ReadConnection) -> datetime:
    """When the snapshot's transaction began."""
    cursor = await conn.execute("SELECT now()")
    row = await cursor.fetchone()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]


async def lane_ranges(conn: ReadConnection) -> dict[int, Range]:
    """The first and the last batch of every lane."""
    cursor = await conn.execute("SELECT lane, min(no), max(no) FROM batch GROUP BY lane")
    return {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}


async def archived_ends(conn: ReadConnection) -> dict[int, int]:
    """By lane, the last batch that the exports of archived months have: batches up to it may lack gifts here."""
    cursor = await conn.execute("SELECT lane, max(last_no) FROM archived_lane GROUP BY lane")
    return dict(await cursor.fetchall())


async def ranges_between(
    conn: ReadConnection, since: datetime, until: datetime, lowest: UUID, highest: UUID
) -> dict[int, Range]:
    """By lane, the batches made in [since, until) or holding gifts with ids in [lowest, highest), ends included."""
    cursor = await conn.execute(
        "SELECT lane, min(no), max(no) FROM ("
        " SELECT lane, no FROM batch WHERE created_at >= %s AND created_at < %s"
        " UNION ALL SELECT lane, batch_no FROM gift WHERE id >= %s AND id < %s) b GROUP BY lane",
        (since, until, lowest, highest),
    )
    return {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}


async def rows_in(conn: ReadConnection, lane: int, first: int, last: int) -> int:
    """How many rows these batches of a lane say they have."""
    cursor = await conn.execute(
        "SELECT coalesce(sum(gifts::bigint + transfers), 0)::bigint FROM batch"
        " WHERE lane = %s AND no BETWEEN %s AND %s",
        (lane, first, last),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def batches(
    conn: ReadConnection, lane: int, first: int, last: int, limit: int
) -> Sequence[Row]:
    """The next batches of a lane: no, time, gifts, transfers, prev_hash, hash."""
    cursor = await conn.execute(
        f"SELECT no, {_TIME}, gifts, transfers, prev_hash, hash FROM batch"
        " WHERE lane = %s AND no BETWEEN %s AND %s ORDER BY no LIMIT %s",
        (lane, first, last, limit),
        binary=True,
    )
    return await cursor.fetchall()


async def gifts(
    conn: ReadConnection, lane: int, first: int, last: int, *, texts: bool = True
) -> Sequence[Row]:
    """The gifts of some batches in the order of the chain: batch number, then what their lines are made of.

    Without `texts` their messages are missing as erased ones are, but for those that the chain itself covers.
    """
    params = {"lane": lane, "first": first, "last": last, "texts": texts}
    cursor = await conn.execute(_GIFTS, params, binary=True)
    return await cursor.fetchall()


async def transfers(conn: ReadConnection, lane: int, first: int, last: int) -> Sequence[Row]:
    """The transfers of some batches in the order of the chain: batch number, then what their lines are made of."""
    cursor = await conn.execute(_TRANSFERS, (lane, first, last), binary=True)
    return await cursor.fetchall()


async def lane_heads(conn: ReadConnection) -> list[LaneHead]:
    """The last batch of every lane."""
    cursor = await conn.execute(
        "SELECT DISTINCT ON (lane) lane, no, hash FROM batch ORDER BY lane, no DESC"
    )
    return [LaneHead(*row) for row in await cursor.fetchall()]


async def totals(conn: ReadConnection) -> tuple[int, int, int]:
    """Batches, gifts and transfers of all lanes, as the batches say."""
    cursor = await conn.execute(
        "SELECT count(*), coalesce(sum(gifts), 0)::bigint, coalesce(sum(transfers), 0)::bigint FROM batch"
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2]


async def lane_found(conn: ReadConnection, lane: int, no: int) -> LaneFound | None:
    """Where a lane starts and ends, and the hash of one of its batches."""
    cursor = await conn.execute(
        "SELECT a.lane, a.no, a.prev_hash, b.no, b.time,"
        "       (SELECT hash FROM batch WHERE lane = %(lane)s AND no = %(no)s)"
        "  FROM (SELECT lane, no, prev_hash FROM batch WHERE lane = %(lane)s ORDER BY no LIMIT 1) a,"
        f"      (SELECT no, {_TIME} AS time FROM batch WHERE lane = %(lane)s ORDER BY no DESC LIMIT 1) b",
        {"lane": lane, "no": no},
    )
    row = await cursor.fetchone()
    return LaneFound(*row) if row else None
