"""SQL of where a buyer's payments came from."""

from uuid import UUID

from largesse.db import ReadConnection


async def last_payer_country(conn: ReadConnection, user_id: UUID) -> str | None:
    """The country of a user's newest credited order whose provider told one."""
    cursor = await conn.execute(
        """
        SELECT payer_country FROM top_up_order
         WHERE user_id = %s AND payer_country IS NOT NULL
           AND NOT held -- given back before it was credited
           AND state IN ('credited', 'refunded', 'disputed') -- credited once, whatever came afterwards
         ORDER BY id DESC LIMIT 1
        """,
        (user_id,),
    )
    row = await cursor.fetchone()
    return None if row is None else str(row[0])
