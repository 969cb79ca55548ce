"""SQL that takes a person out of accounts, sessions and follows."""

from datetime import date
from uuid import UUID

from largesse.db import Connection
from largesse.identity.model import Role


async def lock_user(conn: Connection, user_id: UUID) -> bool:
    """Keep the account as it is until the transaction ends; False when there is none."""
    cursor = await conn.execute("SELECT 1 FROM app_user WHERE id = %s FOR UPDATE", (user_id,))
    return await cursor.fetchone() is not None


async def forget_person(
    conn: Connection, user_id: UUID, *, display_name: str, birth_date: date
) -> bool:
    """Put these in place of who it was, without roles; False when they stood there already."""
    cursor = await conn.execute(
        "UPDATE app_user SET display_name = %(name)s, birth_date = %(born)s, roles = %(roles)s"
        " WHERE id = %(id)s"
        "   AND (display_name, birth_date, roles) IS DISTINCT FROM (%(name)s, %(born)s, %(roles)s::text[])",
        {"id": user_id, "name": display_name, "born": birth_date, "roles": [Role.VIEWER]},
    )
    return cursor.rowcount == 1


async def delete_logins(conn: Connection, user_id: UUID) -> int:
    """Delete address and password; how many."""
    return (await conn.execute("DELETE FROM login WHERE user_id = %s", (user_id,))).rowcount


async def delete_sessions(conn: Connection, user_id: UUID) -> int:
    """End every session; how many."""
    return (await conn.execute("DELETE FROM session WHERE user_id = %s", (user_id,))).rowcount


async def followed_by(conn: Connection, follower_id: UUID) -> list[UUID]:
    """Whom a user follows, in the order in which counts are locked."""
    cursor = await conn.execute(
        "SELECT creator_id FROM follow WHERE follower_id = %s ORDER BY creator_id", (follower_id,)
    )
    return [row[0] for row in await cursor.fetchall()]


async def delete_followers(conn: Connection, creator_id: UUID) -> int:
    """Delete who follows a user, and their count; how many."""
    deleted = await conn.execute("DELETE FROM follow WHERE creator_id = %s", (creator_id,))
    await conn.execute("DELETE FROM follower_count WHERE creator_id = %s", (creator_id,))
    return deleted.rowcount
