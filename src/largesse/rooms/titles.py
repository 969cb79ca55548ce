"""What rooms are called, for statements."""

from collections.abc import Sequence
from uuid import UUID

from largesse.creators import RoomTitle
from largesse.db import ReadConnection
from largesse.rooms import queries


async def room_titles(conn: ReadConnection, room_ids: Sequence[UUID]) -> dict[UUID, RoomTitle]:
    """Titles of streams and captions of posts; ids that are neither are missing."""
    streams = [
        RoomTitle(row.id, "stream", row.title, row.started_at)
        for row in await queries.streams_by_id(conn, room_ids)
    ]
    posts = [
        RoomTitle(row.id, "post", row.caption, row.created_at)
        for row in await queries.posts_by_id(conn, room_ids)
    ]
    return {title.room_id: title for title in [*streams, *posts]}
