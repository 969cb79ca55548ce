"""What moved on an owner's accounts, by month and by day."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import ReadConnection
from largesse.outbox.queries.tail import BEHIND, FROM_SENDER, LEGS
from largesse.outbox.rows import CoinEntry, Movement, Sent

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
# Money is what goes through the provider's clearing account (40), but for the provider's fee (43).
_ENTRIES: LiteralString = """
WITH leg AS (
  SELECT entry_id, kind, created_at, reference_id, asset, l.owner_id, l.code, l.amount,
         CASE WHEN 40 IN (t.from_code, t.to_code) AND t.to_code <> 43 THEN l.code END AS money_code
    FROM transfer t
   CROSS JOIN LATERAL (VALUES (t.from_id, t.from_code, -t.amount), (t.to_id, t.to_code, t.amount))
         AS l (owner_id, code, amount)
   WHERE t.owner_id = %(owner_id)s AND t.created_at >= %(start)s AND t.created_at < %(end)s)
SELECT entry_id AS id, kind, created_at AS at, reference_id AS order_id,
       coalesce(sum(amount) FILTER (WHERE owner_id = %(owner_id)s AND code = 1), 0)::bigint AS coins_paid,
       coalesce(sum(amount) FILTER (WHERE owner_id = %(owner_id)s AND code = 2), 0)::bigint AS coins_bonus,
       coalesce(sum(amount) FILTER (WHERE owner_id = %(owner_id)s AND code = 3), 0)::bigint AS coins_owed,
       min(asset) FILTER (WHERE money_code = 40) AS currency,
       coalesce(sum(amount) FILTER (WHERE money_code = 40), 0)::bigint AS amount_minor,
       coalesce(-sum(amount) FILTER (WHERE money_code = 44), 0)::bigint AS tax_minor
  FROM leg GROUP BY entry_id, kind, created_at, reference_id
HAVING bool_or(owner_id = %(owner_id)s AND code IN (1, 2, 3)) OR bool_or(money_code = 40)
 ORDER BY created_at, entry_id
"""


async def sent_by_month(conn: ReadConnection, owner_id: UUID) -> list[Sent]:
    """Gifts an owner sent, of every month that has some."""
    cursor = await conn.execute(_SENT, {"owner_id": owner_id})
    return [Sent(*row) for row in await cursor.fetchall()]


async def movements(conn: ReadConnection, owner_id: UUID) -> list[Movement]:
    """What entries other than gifts did to an owner's accounts, by day, account and kind of entry."""
    cursor = await conn.execute(_MOVEMENTS, {"owner_id": owner_id})
    return [Movement(*row) for row in await cursor.fetchall()]


async def coin_entries(
    conn: ReadConnection, owner_id: UUID, start: datetime, end: datetime
) -> list[CoinEntry]:
    """Entries of [start, end) that touched an owner's coins, or the money paid for them, from old to new."""
    async with conn.cursor(row_factory=class_row(CoinEntry)) as cursor:
        await cursor.execute(_ENTRIES, {"owner_id": owner_id, "start": start, "end": end})
        return await cursor.fetchall()
