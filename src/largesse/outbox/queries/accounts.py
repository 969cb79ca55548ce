"""What moved on an owner's accounts, by month and by day."""

from typing import LiteralString
from uuid import UUID

from largesse.db import ReadConnection
from largesse.outbox.queries.tail import BEHIND, FROM_SENDER, LEGS
from largesse.outbox.rows import Movement, Sent

_MONTH: LiteralString = "date_trunc('month', created_at AT TIME ZONE 'UTC')::date"

_SENT: LiteralString = f"""
WITH {BEHIND}, {FROM_SENDER}
SELECT month, sum(gifts)::bigint, sum(coins_paid)::bigint, sum(coins_bonus)::bigint
  FROM (SELECT month, gifts, coins_paid, coins_bonus FROM viewer_month WHERE owner_id = %(owner_id)s
        UNION ALL SELECT {_MONTH}, 1, coins_paid, coins_bonus FROM tail) sent
 GROUP BY month ORDER BY month
"""
_MOVEMENTS: LiteralString = f"""
WITH {BEHIND}, {LEGS}
SELECT day, code, kind, sum(amount)::bigint
  FROM (SELECT day, code, kind, amount FROM account_day WHERE owner_id = %(owner_id)s
        UNION ALL SELECT (created_at AT TIME ZONE 'UTC')::date, code, kind, amount FROM legs) moved
 GROUP BY day, code, kind HAVING sum(amount) <> 0 ORDER BY day, code, kind
"""


async def sent_by_month(conn: ReadConnection, owner_id: UUID) -> list[Sent]:
    """Gifts an owner sent, of every month that has some."""
    cursor = await conn.execute(_SENT, {"owner_id": owner_id})
    return [Sent(*row) for row in await cursor.fetchall()]


async def movements(conn: ReadConnection, owner_id: UUID) -> list[Movement]:
    """What entries other than gifts did to an owner's accounts, by day, account and kind of entry."""
    cursor = await conn.execute(_MOVEMENTS, {"owner_id": owner_id})
    return [Movement(*row) for row in await cursor.fetchall()]
