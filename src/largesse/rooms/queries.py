"""Streams and posts, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.rooms.model import ListedStream, PostRow, StreamRow

_STREAM = "id, creator_id, title, started_at, ended_at, visibility, hls_url, whep_url"


async def hold_starts(conn: ReadConnection, creator_id: UUID) -> None:
    """No stream of the creator starts until the transaction ends; others may hold it back too."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended('live ' || %s, 0))",
        (str(creator_id),),
    )


async def lock_start(conn: Connection, creator_id: UUID) -> None:
    """For a start: whoever was told that the creator is not live is done, and nobody is told so until the commit."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('live ' || %s, 0))", (str(creator_id),)
    )


async def claim_live(conn: Connection, creator_id: UUID, stream_id: UUID) -> bool:
    """Make this the creator's live stream; false when there is one already."""
    cursor = await conn.execute(
        "INSERT INTO live_stream (creator_id, stream_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        (creator_id, stream_id),
    )
    return cursor.rowcount == 1


async def release_live(conn: Connection, creator_id: UUID) -> None:
    """The creator is live no more."""
    await conn.execute("DELETE FROM live_stream WHERE creator_id = %s", (creator_id,))


async def live_stream_id(conn: ReadConnection, creator_id: UUID) -> UUID | None:
    """The creator's live stream."""
    cursor = await conn.execute(
        "SELECT stream_id FROM live_stream WHERE creator_id = %s", (creator_id,)
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def insert_stream(conn: Connection, stream: StreamRow) -> None:
    """Store a stream that starts."""
    await conn.execute(
        "INSERT INTO stream (id, creator_id, title, started_at, visibility, hls_url, whep_url)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            stream.id,
            stream.creator_id,
            stream.title,
            stream.started_at,
            stream.visibility,
            stream.hls_url,
            stream.whep_url,
        ),
    )


async def stream(conn: ReadConnection, stream_id: UUID) -> StreamRow | None:
    """One stream."""
    async with conn.cursor(row_factory=class_row(StreamRow)) as cursor:
        await cursor.execute(f"SELECT {_STREAM} FROM stream WHERE id = %s", (stream_id,))
        return await cursor.fetchone()


async def live_stream_of(conn: ReadConnection, creator_id: UUID) -> StreamRow | None:
    """The creator's live stream."""
    columns = ", ".join(f"s.{name}" for name in _STREAM.split(", "))
    async with conn.cursor(row_factory=class_row(StreamRow)) as cursor:
        await cursor.execute(
            f"SELECT {columns} FROM live_stream l JOIN stream s ON s.id = l.stream_id"
            " WHERE l.creator_id = %s",
            (creator_id,),
        )
        return await cursor.fetchone()


async def streams_by_id(conn: ReadConnection, ids: Sequence[UUID]) -> list[StreamRow]:
    """Several streams."""
    async with conn.cursor(row_factory=class_row(StreamRow)) as cursor:
        await cursor.execute(f"SELECT {_STREAM} FROM stream WHERE id = ANY (%s)", (list(ids),))
        return await cursor.fetchall()


async def ended_before(conn: ReadConnection, ids: Sequence[UUID], before: datetime) -> list[UUID]:
    """Those of the rooms that are streams which ended before a moment."""
    cursor = await conn.execute(
        "SELECT id FROM stream WHERE id = ANY (%s) AND ended_at < %s", (list(ids), before)
    )
    return [row[0] for row in await cursor.fetchall()]


async def end_stream(conn: Connection, stream_id: UUID, ended_at: datetime) -> bool:
    """End a stream; false when it has ended before."""
    cursor = await conn.execute(
        "UPDATE stream SET ended_at = %s WHERE id = %s AND ended_at IS NULL", (ended_at, stream_id)
    )
    return cursor.rowcount == 1


async def update_stream(conn: Connection, stream: StreamRow) -> bool:
    """Give a live stream the title and picture of this row; false when it has ended."""
    cursor = await conn.execute(
        "UPDATE stream SET title = %s, hls_url = %s, whep_url = %s"
        " WHERE id = %s AND ended_at IS NULL",
        (stream.title, stream.hls_url, stream.whep_url, stream.id),
    )
    return cursor.rowcount == 1


async def lock_stream(conn: Connection, stream_id: UUID) -> StreamRow | None:
    """One stream, which nobody else changes until the commit."""
    async with conn.cursor(row_factory=class_row(StreamRow)) as cursor:
        await cursor.execute(f"SELECT {_STREAM} FROM stream WHERE id = %s FOR UPDATE", (stream_id,))
        return await cursor.fetchone()


async def streams_of(
    conn: ReadConnection, creator_id: UUID, *, before_id: UUID | None, limit: int
) -> list[StreamRow]:
    """A creator's streams, newest first (their ids sort by time)."""
    async with conn.cursor(row_factory=class_row(StreamRow)) as cursor:
        await cursor.execute(
            f"SELECT {_STREAM} FROM stream WHERE creator_id = %(creator)s"
            " AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid) ORDER BY id DESC LIMIT %(limit)s",
            {"creator": creator_id, "before": before_id, "limit": limit},
        )
        return await cursor.fetchall()


async def live_streams(
    conn: ReadConnection,
    *,
    asker_id: UUID | None,
    sees_all: bool,
    viewers: Mapping[UUID, int],
    after: tuple[int, UUID] | None,
    limit: int,
) -> list[ListedStream]:
    """Live streams that the asker may enter, most viewers first, then the newest.

    `viewers` are known to the hub, not here.
    """
    viewers_after, id_after = after or (None, None)
    async with conn.cursor(row_factory=class_row(ListedStream)) as cursor:
        await cursor.execute(
            "WITH counted AS ("
            " SELECT s.*, coalesce(v.viewers, 0) AS viewers FROM stream s"
            " LEFT JOIN unnest(%(ids)s::uuid[], %(counts)s::int[]) AS v (id, viewers)"
            " ON v.id = s.id WHERE s.ended_at IS NULL AND (s.visibility = 'public'"
            " OR %(sees_all)s OR s.creator_id = %(asker)s::uuid"
            " OR s.visibility = 'followers' AND EXISTS (SELECT FROM follow f"
            "  WHERE f.creator_id = s.creator_id AND f.follower_id = %(asker)s::uuid)"
            " OR s.visibility = 'invited' AND EXISTS (SELECT FROM stream_invitation i"
            "  WHERE i.stream_id = s.id AND i.user_id = %(asker)s::uuid)"
            " OR EXISTS (SELECT FROM room_moderator m"
            "  WHERE m.creator_id = s.creator_id AND m.user_id = %(asker)s::uuid)))"
            f" SELECT {_STREAM}, viewers FROM counted"
            " WHERE %(viewers_after)s::int IS NULL"
            " OR (viewers, id) < (%(viewers_after)s::int, %(id_after)s::uuid)"
            " ORDER BY viewers DESC, id DESC LIMIT %(limit)s",
            {
                "asker": asker_id,
                "sees_all": sees_all,
                "ids": list(viewers.keys()),
                "counts": list(viewers.values()),
                "viewers_after": viewers_after,
                "id_after": id_after,
                "limit": limit,
            },
        )
        return await cursor.fetchall()


async def insert_post(conn: Connection, post: PostRow) -> None:
    """Store a post."""
    await conn.execute(
        "INSERT INTO post (id, creator_id, caption, created_at) VALUES (%s, %s, %s, %s)",
        (post.id, post.creator_id, post.caption, post.created_at),
    )


async def post(conn: ReadConnection, post_id: UUID) -> PostRow | None:
    """One post."""
    async with conn.cursor(row_factory=class_row(PostRow)) as cursor:
        await cursor.execute(
            "SELECT id, creator_id, caption, created_at FROM post WHERE id = %s", (post_id,)
        )
        return await cursor.fetchone()


async def posts_by_id(conn: ReadConnection, ids: Sequence[UUID]) -> list[PostRow]:
    """Several posts."""
    async with conn.cursor(row_factory=class_row(PostRow)) as cursor:
        await cursor.execute(
            "SELECT id, creator_id, caption, created_at FROM post WHERE id = ANY (%s)",
            (list(ids),),
        )
        return await cursor.fetchall()


async def posts(conn: ReadConnection, *, before_id: UUID | None, limit: int) -> list[PostRow]:
    """Posts, newest first (their ids sort by time)."""
    async with conn.cursor(row_factory=class_row(PostRow)) as cursor:
        await cursor.execute(
            "SELECT id, creator_id, caption, created_at FROM post"
            " WHERE %(before)s::uuid IS NULL OR id < %(before)s::uuid ORDER BY id DESC LIMIT %(limit)s",
            {"before": before_id, "limit": limit},
        )
        return await cursor.fetchall()
