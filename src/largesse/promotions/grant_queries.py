"""SQL of free coins that operators gave."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A stored grant."""

    id: UUID
    actor_id: UUID
    user_id: UUID
    coins: int
    reason: str
    expires_days: int | None
    expires_at: datetime | None
    created_at: datetime


async def insert_grant(conn: Connection, row: GrantRow) -> bool:
    """Keep a grant; False: it is known (waits for one that is about to be)."""
    cursor = await conn.execute(
        """
        INSERT INTO bonus_grant (id, actor_id, user_id, coins, reason, expires_days, expires_at, created_at)
        VALUES (%(id)s, %(actor_id)s, %(user_id)s, %(coins)s, %(reason)s, %(expires_days)s, %(expires_at)s,
                %(created_at)s)
        ON CONFLICT (id) DO NOTHING
        """,
        asdict(row),
    )
    return cursor.rowcount == 1


async def find_grant(conn: ReadConnection, id: UUID) -> GrantRow | None:
    """A stored grant."""
    async with conn.cursor(row_factory=class_row(GrantRow)) as cursor:
        await cursor.execute(
            """
            SELECT id, actor_id, user_id, coins, reason, expires_days, expires_at, created_at
              FROM bonus_grant WHERE id = %s
            """,
            (id,),
        )
        return await cursor.fetchone()
