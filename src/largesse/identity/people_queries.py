"""SQL that finds people by name."""

from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.identity.schemas import FoundPerson


async def find(
    conn: ReadConnection,
    creator_id: UUID,
    *,
    name: str | None,
    id_: UUID | None,
    hidden: str,
    after: UUID | None,
    limit: int,
) -> list[FoundPerson]:
    """Those with this name or id, by id, as a creator sees them; neither himself nor people of the name `hidden`."""
    by = "u.id = %(id)s" if name is None else "lower(u.display_name) = lower(%(name)s)"
    async with conn.cursor(row_factory=class_row(FoundPerson)) as cursor:
        await cursor.execute(
            "SELECT u.id, u.display_name, u.created_at, EXISTS (SELECT FROM follow f"
            "  WHERE f.creator_id = %(creator)s AND f.follower_id = u.id) AS follows_you"
            f" FROM app_user u WHERE {by} AND u.id <> %(creator)s AND u.display_name <> %(hidden)s"
            " AND (%(after)s::uuid IS NULL OR u.id > %(after)s::uuid)"
            " ORDER BY u.id LIMIT %(limit)s",
            {
                "creator": creator_id,
                "name": name,
                "id": id_,
                "hidden": hidden,
                "after": after,
                "limit": limit,
            },
        )
        return await cursor.fetchall()
