"""SQL of follows and their counts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from largesse.db import Connection, ReadConnection


async def insert_follows(
    conn: Connection, creator_id: UUID, follower_ids: Sequence[UUID], created_at: datetime
) -> int:
    """Add followers who are not there yet; how many were new. The caller counts them in the same transaction."""
    cursor = await conn.execute(
        "INSERT INTO follow (creator_id, follower_id, created_at)"
        " SELECT %s, follower_id, %s FROM unnest(%s::uuid[]) AS follower_id"
        " ON CONFLICT (creator_id, follower_id) DO NOTHING",
        (creator_id, created_at, list(follower_ids)),
    )
    return cursor.rowcount


async def delete_follow(conn: Connection, creator_id: UUID, follower_id: UUID) -> int:
    """Remove a follower; how many were removed."""
    cursor = await conn.execute(
        "DELETE FROM follow WHERE creator_id = %s AND follower_id = %s", (creator_id, follower_id)
    )
    return cursor.rowcount


async def change_follower_count(conn: Connection, creator_id: UUID, change: int) -> int:
    """Add to the count, whose row stays locked until the commit; the new count."""
    cursor = await conn.execute(
        "INSERT INTO follower_count (creator_id, followers) VALUES (%s, greatest(%s, 0))"
        " ON CONFLICT (creator_id) DO UPDATE SET followers = follower_count.followers + %s"
        " RETURNING followers",
        (creator_id, change, change),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def followers(conn: ReadConnection, creator_id: UUID) -> int:
    """How many follow this user."""
    cursor = await conn.execute(
        "SELECT followers FROM follower_count WHERE creator_id = %s", (creator_id,)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def follower_counts(conn: ReadConnection, creator_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many follow each of these users; who is missing has none."""
    cursor = await conn.execute(
        "SELECT creator_id, followers FROM follower_count WHERE creator_id = ANY (%s)",
        (list(creator_ids),),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def is_following(conn: ReadConnection, creator_id: UUID, follower_id: UUID) -> bool:
    """Whether one user follows another."""
    cursor = await conn.execute(
        "SELECT 1 FROM follow WHERE creator_id = %s AND follower_id = %s", (creator_id, follower_id)
    )
    return await cursor.fetchone() is not None
