"""Who may enter a stream, and the keys of media servers, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.moderation import Standing
from largesse.rooms.model import Door, IngestDefault, IngestKey, StreamRule


async def door(conn: ReadConnection, stream_id: UUID, user_id: UUID | None) -> Door | None:
    """Who a stream is for, and whether it is for this user (None: somebody signed out)."""
    async with conn.cursor(row_factory=class_row(Door)) as cursor:
        await cursor.execute(
            "SELECT creator_id, visibility, CASE visibility WHEN 'public' THEN true"
            " WHEN 'followers' THEN EXISTS (SELECT FROM follow f"
            "  WHERE f.creator_id = s.creator_id AND f.follower_id = %(user)s::uuid)"
            " ELSE EXISTS (SELECT FROM stream_invitation i"
            "  WHERE i.stream_id = s.id AND i.user_id = %(user)s::uuid)"
            " END AS open FROM stream s WHERE id = %(stream)s",
            {"stream": stream_id, "user": user_id},
        )
        return await cursor.fetchone()


async def doors_with_standings(
    conn: ReadConnection, keys: Sequence[tuple[UUID, UUID | None]]
) -> dict[tuple[UUID, UUID | None], tuple[Door, Standing]]:
    """The same of many streams and users, with what each user is to the creator now, by the database's clock."""
    cursor = await conn.execute(
        "SELECT q.stream_id, q.user_id, s.creator_id, s.visibility,"
        " CASE s.visibility WHEN 'public' THEN true"
        " WHEN 'followers' THEN EXISTS (SELECT FROM follow f"
        "  WHERE f.creator_id = s.creator_id AND f.follower_id = q.user_id)"
        " ELSE EXISTS (SELECT FROM stream_invitation i"
        "  WHERE i.stream_id = s.id AND i.user_id = q.user_id) END,"
        " EXISTS (SELECT FROM room_moderator m"
        "  WHERE m.creator_id = s.creator_id AND m.user_id = q.user_id),"
        " EXISTS (SELECT FROM room_ban b"
        "  WHERE b.creator_id = s.creator_id AND b.user_id = q.user_id AND b.banned),"
        " (SELECT m.until FROM room_mute m WHERE m.creator_id = s.creator_id"
        "  AND m.user_id = q.user_id AND m.until > statement_timestamp())"
        " FROM unnest(%s::uuid[], %s::uuid[]) AS q (stream_id, user_id)"
        " JOIN stream s ON s.id = q.stream_id",
        ([stream_id for stream_id, _ in keys], [user_id for _, user_id in keys]),
        prepare=True,
    )
    return {
        (row[0], row[1]): (Door(*row[2:5]), Standing(*row[5:])) for row in await cursor.fetchall()
    }


async def welcome(conn: ReadConnection, stream_id: UUID, user_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the users for whom the stream is, and the moderators of its creator."""
    cursor = await conn.execute(
        "SELECT u.id FROM stream s, unnest(%s::uuid[]) AS u (id) WHERE s.id = %s"
        " AND (CASE s.visibility WHEN 'public' THEN true"
        " WHEN 'followers' THEN EXISTS (SELECT FROM follow f"
        "  WHERE f.creator_id = s.creator_id AND f.follower_id = u.id)"
        " ELSE EXISTS (SELECT FROM stream_invitation i"
        "  WHERE i.stream_id = s.id AND i.user_id = u.id) END"
        " OR EXISTS (SELECT FROM room_moderator m"
        "  WHERE m.creator_id = s.creator_id AND m.user_id = u.id))",
        (list(user_ids), stream_id),
    )
    return {row[0] for row in await cursor.fetchall()}


# --- invitations


async def invite(
    conn: Connection, stream_id: UUID, user_ids: Sequence[UUID], invited_at: datetime
) -> int:
    """Add people who are not invited yet; how many were new."""
    cursor = await conn.execute(
        "INSERT INTO stream_invitation (stream_id, user_id, invited_at)"
        " SELECT %s, id, %s FROM unnest(%s::uuid[]) AS u (id) ON CONFLICT DO NOTHING",
        (stream_id, invited_at, list(user_ids)),
    )
    return cursor.rowcount


async def uninvite(conn: Connection, stream_id: UUID, user_id: UUID) -> None:
    """Take an invitation back."""
    await conn.execute(
        "DELETE FROM stream_invitation WHERE stream_id = %s AND user_id = %s", (stream_id, user_id)
    )


async def invitations(conn: ReadConnection, stream_id: UUID) -> int:
    """How many are invited."""
    cursor = await conn.execute(
        "SELECT count(*) FROM stream_invitation WHERE stream_id = %s", (stream_id,)
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def invited(
    conn: ReadConnection, stream_id: UUID, *, after: UUID | None, limit: int
) -> list[UUID]:
    """Who is invited, in the order of their ids."""
    cursor = await conn.execute(
        "SELECT user_id FROM stream_invitation WHERE stream_id = %(stream)s"
        " AND (%(after)s::uuid IS NULL OR user_id > %(after)s::uuid) ORDER BY user_id LIMIT %(limit)s",
        {"stream": stream_id, "after": after, "limit": limit},
    )
    return [row[0] for row in await cursor.fetchall()]


# --- media servers


async def ingest_key(conn: ReadConnection, owner_id: UUID) -> IngestKey | None:
    """The key of a creator, or of one stream."""
    async with conn.cursor(row_factory=class_row(IngestKey)) as cursor:
        await cursor.execute(
            "SELECT owner_id, creator_id, digest, created_at FROM ingest_key WHERE owner_id = %s",
            (owner_id,),
        )
        return await cursor.fetchone()


async def put_ingest_key(conn: Connection, key: IngestKey) -> None:
    """Store a key in place of the owner's earlier one."""
    await conn.execute(
        "INSERT INTO ingest_key (owner_id, creator_id, digest, created_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (owner_id) DO UPDATE"
        " SET digest = excluded.digest, created_at = excluded.created_at",
        (key.owner_id, key.creator_id, key.digest, key.created_at),
    )


async def delete_ingest_key(conn: Connection, owner_id: UUID) -> bool:
    """Let the owner's key hold no more; false when there was none."""
    cursor = await conn.execute("DELETE FROM ingest_key WHERE owner_id = %s", (owner_id,))
    return cursor.rowcount == 1


async def ingest_default(conn: ReadConnection, creator_id: UUID) -> IngestDefault | None:
    """How the creator's media server opens a stream."""
    async with conn.cursor(row_factory=class_row(IngestDefault)) as cursor:
        await cursor.execute(
            "SELECT creator_id, title, visibility, hls_url, whep_url FROM ingest_default"
            " WHERE creator_id = %s",
            (creator_id,),
        )
        return await cursor.fetchone()


async def put_ingest_default(conn: Connection, given: IngestDefault, at: datetime) -> None:
    """Store it in place of the earlier one."""
    await conn.execute(
        "INSERT INTO ingest_default (creator_id, title, visibility, hls_url, whep_url, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (creator_id) DO UPDATE SET"
        " title = excluded.title, visibility = excluded.visibility, hls_url = excluded.hls_url,"
        " whep_url = excluded.whep_url, updated_at = excluded.updated_at",
        (given.creator_id, given.title, given.visibility, given.hls_url, given.whep_url, at),
    )


async def set_ends_at(conn: Connection, stream_id: UUID, ends_at: datetime | None) -> None:
    """When a live stream ends by itself; None: it does not."""
    await conn.execute(
        "UPDATE stream SET ends_at = %s WHERE id = %s AND ended_at IS NULL", (ends_at, stream_id)
    )


async def due_to_end(conn: ReadConnection, at: datetime) -> list[UUID]:
    """Live streams whose picture did not come back in time."""
    cursor = await conn.execute(
        "SELECT id FROM stream WHERE ends_at <= %s AND ended_at IS NULL", (at,)
    )
    return [row[0] for row in await cursor.fetchall()]


async def is_due(conn: ReadConnection, stream_id: UUID, at: datetime) -> bool:
    """Whether it is still to end: the caller holds its row."""
    cursor = await conn.execute(
        "SELECT 1 FROM stream WHERE id = %s AND ends_at <= %s AND ended_at IS NULL", (stream_id, at)
    )
    return await cursor.fetchone() is not None


async def delete_keys_of_ended(conn: Connection, before: datetime) -> int:
    """Delete the keys for single streams that ended before a moment; how many."""
    cursor = await conn.execute(
        "DELETE FROM ingest_key k USING stream s WHERE s.id = k.owner_id AND s.ended_at < %s",
        (before,),
    )
    return cursor.rowcount


# --- erasing people


async def delete_person(conn: Connection, user_id: UUID) -> Sequence[int]:
    """Take somebody out of keys, how they open streams, and invitations; how many rows of each."""
    return [
        (await conn.execute(statement, (user_id,))).rowcount
        for statement in (
            "DELETE FROM ingest_key WHERE creator_id = %s",
            "DELETE FROM ingest_default WHERE creator_id = %s",
            "DELETE FROM stream_invitation WHERE user_id = %s",
        )
    ]


# --- figures


async def rule_at(conn: ReadConnection, at: datetime) -> StreamRule | None:
    """The figures that hold at a moment."""
    async with conn.cursor(row_factory=class_row(StreamRule)) as cursor:
        await cursor.execute(
            "SELECT ingest_grace_s, ingest_calls_max, ingest_wrong_max, ingest_window_s,"
            " invitations_max, ingest_key_days, changes_max, changes_window_s"
            " FROM stream_rule WHERE valid_from <= greatest(%s, (SELECT min(valid_from) FROM stream_rule))"
            " ORDER BY valid_from DESC LIMIT 1",
            (at,),
        )
        return await cursor.fetchone()


async def insert_rule(conn: Connection, valid_from: datetime, rule: StreamRule) -> None:
    """Store figures."""
    await conn.execute(
        "INSERT INTO stream_rule (valid_from, ingest_grace_s, ingest_calls_max, ingest_wrong_max,"
        " ingest_window_s, invitations_max, ingest_key_days, changes_max, changes_window_s)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            valid_from,
            rule.ingest_grace_s,
            rule.ingest_calls_max,
            rule.ingest_wrong_max,
            rule.ingest_window_s,
            rule.invitations_max,
            rule.ingest_key_days,
            rule.changes_max,
            rule.changes_window_s,
        ),
    )
