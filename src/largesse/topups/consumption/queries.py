"""SQL of the consent to tell stores about consumption."""

from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.topups.consumption.schemas import ConsumptionConsent


async def find_consent(conn: ReadConnection, user_id: UUID) -> ConsumptionConsent | None:
    """What a user said last; None: never asked."""
    async with conn.cursor(row_factory=class_row(ConsumptionConsent)) as cursor:
        await cursor.execute(
            "SELECT consented, changed_at FROM consumption_consent WHERE user_id = %s", (user_id,)
        )
        return await cursor.fetchone()


async def delete_consent(conn: Connection, user_id: UUID) -> int:
    """Forget what a user said; how often he had said something."""
    cursor = await conn.execute("DELETE FROM consumption_consent WHERE user_id = %s", (user_id,))
    return cursor.rowcount


async def set_consent(conn: Connection, user_id: UUID, *, consented: bool, at: datetime) -> None:
    """Keep what a user says; the time stays while the answer does."""
    await conn.execute(
        """
        INSERT INTO consumption_consent AS known (user_id, consented, changed_at) VALUES (%s, %s, %s)
        ON CONFLICT (user_id) DO UPDATE SET consented = excluded.consented, changed_at = excluded.changed_at
         WHERE known.consented <> excluded.consented
        """,
        (user_id, consented, at),
    )
