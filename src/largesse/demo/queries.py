"""What demo data asks the database."""

from largesse.db import ReadConnection
from largesse.types import PLATFORM_ID

HISTORY_ACTION = "demo.history"


async def people_and_history(conn: ReadConnection) -> tuple[bool, bool]:
    """Whether anybody is there, and whether the demo's history is."""
    cursor = await conn.execute(
        "SELECT EXISTS (SELECT FROM app_user),"
        " EXISTS (SELECT FROM audit WHERE actor_id = %s AND action = %s)",
        (PLATFORM_ID, HISTORY_ACTION),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row
