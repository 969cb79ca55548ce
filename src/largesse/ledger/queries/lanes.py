"""Leases of lanes and the heads of their chains."""

from uuid import UUID

from largesse.db import Connection
from largesse.ledger.chain import ZERO_HASH
from largesse.ledger.plan import Head


async def claim_lane(conn: Connection, holder_id: UUID, lease_s: int) -> int | None:
    """Take over the first lane whose lease ran out; None: there is none."""
    cursor = await conn.execute(
        "UPDATE lane SET holder_id = %s, lease_until = now() + make_interval(secs => %s)"
        " WHERE id = (SELECT id FROM lane WHERE id > 0"
        "   AND (lease_until IS NULL OR lease_until < now())"
        "   ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)"
        " RETURNING id",
        (holder_id, lease_s),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def add_lane(conn: Connection, holder_id: UUID, lease_s: int) -> int | None:
    """Make the next lane and take it; None: another writer was quicker."""
    cursor = await conn.execute(
        "INSERT INTO lane (id, holder_id, lease_until)"
        " SELECT max(id) + 1, %s, now() + make_interval(secs => %s) FROM lane"
        " ON CONFLICT DO NOTHING RETURNING id",
        (holder_id, lease_s),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def renew_lane(conn: Connection, lane: int, holder_id: UUID, lease_s: int) -> bool:
    """Keep a lane; false: another writer has taken it."""
    cursor = await conn.execute(
        "UPDATE lane SET lease_until = now() + make_interval(secs => %s)"
        " WHERE id = %s AND holder_id = %s",
        (lease_s, lane, holder_id),
    )
    return cursor.rowcount == 1


async def release_lane(conn: Connection, lane: int, holder_id: UUID) -> None:
    """Let the next writer have the lane at once."""
    await conn.execute(
        "UPDATE lane SET holder_id = NULL, lease_until = NULL WHERE id = %s AND holder_id = %s",
        (lane, holder_id),
    )


async def lane_head(conn: Connection, lane: int) -> Head:
    """The last batch of a lane."""
    cursor = await conn.execute(
        "SELECT no, hash FROM batch WHERE lane = %s ORDER BY no DESC LIMIT 1", (lane,)
    )
    row = await cursor.fetchone()
    return Head(lane, row[0], bytes(row[1])) if row else Head(lane, 0, ZERO_HASH)


async def lock_shared_lane(conn: Connection) -> Head:
    """The head of lane 0, which no other transaction can extend until this one ends."""
    await conn.execute("SELECT id FROM lane WHERE id = 0 FOR UPDATE")
    return await lane_head(conn, 0)


async def stored_hash(conn: Connection, lane: int, no: int) -> bytes | None:
    """The hash of a committed batch."""
    cursor = await conn.execute("SELECT hash FROM batch WHERE lane = %s AND no = %s", (lane, no))
    row = await cursor.fetchone()
    return bytes(row[0]) if row else None
