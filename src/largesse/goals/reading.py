"""What a room's goals have come to."""

from uuid import UUID

from largesse.db import ReadConnection
from largesse.goals import queries
from largesse.goals.model import Standing, stand


async def standing(conn: ReadConnection, room_id: UUID) -> Standing:
    """The goals of a room: exact as of the connection's snapshot, or under the room's lock."""
    rows = await queries.goals(conn, room_id)
    if not rows:
        return stand([], [], [], [])
    return stand(
        rows,
        await queries.parts(conn, room_id),
        await queries.given(conn, room_id),
        await queries.taken(conn, room_id),
    )
