"""SQL of the balance sheet: the journal's accounts at the end of a day, and what wallets and lots say they must be.

Wallets and lots know the present only. What happened since is taken back out: it is little, for a day just closed.
"""

from datetime import date, datetime
from typing import LiteralString

from largesse.db import ReadConnection

# Coins of a purchase are places [first, last) among those bought with it. `priced`: the rows of purchases, their own
# and those of coins that came back; `part`: the unspent coins now, then what happened since, backwards.
_DEFERRED: LiteralString = """
    WITH priced AS (
      SELECT l.*, (l.gross_minor - l.tax_minor)::numeric AS net_minor,
             greatest(0, least(l.coins, b.turnover - l.start)) AS spent
        FROM lot l JOIN balance b ON b.owner_id = l.owner_id AND b.code = 1 WHERE l.coins_bought > 0
    ), part AS (
      SELECT currency, net_minor, coins_bought, position + spent AS first, position + coins AS last FROM priced
      UNION ALL
      SELECT p.currency, p.net_minor, p.coins_bought,
             greatest(g.spent_before, p.start) - p.start + p.position,
             least(g.spent_before + g.coins_paid, p.start + p.coins) - p.start + p.position
        FROM gift g JOIN priced p ON p.owner_id = g.sender_id
         AND p.start < g.spent_before + g.coins_paid AND p.start + p.coins > g.spent_before
       WHERE g.created_at >= %(end)s AND g.coins_paid > 0
      UNION ALL
      SELECT p.currency, CASE WHEN c.change IN ('removed', 'repaid') THEN p.net_minor ELSE -p.net_minor END,
             p.coins_bought, c.position, c.position + c.coins
        FROM lot_change c JOIN priced p ON p.owner_id = c.owner_id AND p.id = c.order_id
       WHERE c.created_at >= %(end)s
      UNION ALL
      SELECT currency, -net_minor, coins_bought, 0, coins_bought FROM priced
       WHERE id = order_id AND created_at >= %(end)s
    )
    SELECT currency, sum(div(net_minor * last, coins_bought) - div(net_minor * first, coins_bought))
      FROM part GROUP BY currency
"""


async def deferred_revenue(conn: ReadConnection, end: datetime) -> dict[str, int]:
    """The net value of the coins that were bought and not used before `end`, by currency, from the lots."""
    cursor = await conn.execute(_DEFERRED, {"end": end})
    return {row[0]: int(row[1]) for row in await cursor.fetchall()}


async def held(conn: ReadConnection, end: datetime) -> dict[int, int]:
    """What all wallets and creators held before `end`, by account code: the stored balances, less what came since."""
    cursor = await conn.execute(
        """
        WITH change AS (
          SELECT code, amount FROM balance
          UNION ALL SELECT 2, bonus FROM balance WHERE code = 1
          UNION ALL SELECT 1, coins_paid FROM gift WHERE created_at >= %(end)s
          UNION ALL SELECT 2, coins_bonus FROM gift WHERE created_at >= %(end)s
          UNION ALL SELECT 10, -milli_diamonds FROM gift WHERE created_at >= %(end)s
          UNION ALL SELECT 1, coins_paid FROM archived_creator_day WHERE day >= %(end)s::date
          UNION ALL SELECT 2, coins_bonus FROM archived_creator_day WHERE day >= %(end)s::date
          UNION ALL SELECT 10, -milli_diamonds FROM archived_creator_day WHERE day >= %(end)s::date
          UNION ALL SELECT to_code, -amount FROM transfer WHERE created_at >= %(end)s
          UNION ALL SELECT from_code, amount FROM transfer WHERE created_at >= %(end)s
        )
        SELECT c.code, sum(c.amount) FROM change c JOIN account_code a USING (code)
         WHERE a.holder <> 'platform' GROUP BY c.code
        """,
        {"end": end},
    )
    return {row[0]: int(row[1]) for row in await cursor.fetchall()}


async def journal(conn: ReadConnection, day: date, end: datetime) -> dict[tuple[str, int], int]:
    """The balance of every (asset, account code) at the end of a day: what happened before `end`, and the closes of the
    days up to `day`, whenever they were written."""
    cursor = await conn.execute(
        """
        WITH counted AS (
          SELECT asset, from_code, to_code, amount FROM transfer WHERE kind <> 'close' AND created_at < %(end)s
          UNION ALL
          SELECT t.asset, t.from_code, t.to_code, t.amount FROM close_day c
            JOIN transfer t ON t.owner_id = '00000000-0000-0000-0000-000000000000' AND t.entry_id = c.entry_id
           WHERE c.date <= %(day)s
        ), given AS (
          SELECT coalesce(sum(coins_paid), 0) AS paid, coalesce(sum(coins_bonus), 0) AS bonus,
                 coalesce(sum(milli_diamonds), 0) AS milli
            FROM (SELECT coins_paid, coins_bonus, milli_diamonds FROM gift WHERE created_at < %(end)s
                  UNION ALL
                  SELECT coins_paid, coins_bonus, milli_diamonds FROM archived_creator_day
                   WHERE day < %(end)s::date) g
        ), leg AS (
          SELECT asset, from_code AS code, -amount::numeric AS amount FROM counted
          UNION ALL SELECT asset, to_code, amount FROM counted
          UNION ALL SELECT 'COIN', 1, -paid FROM given
          UNION ALL SELECT 'COIN', 2, -bonus FROM given
          UNION ALL SELECT 'COIN', 21, paid + bonus FROM given
          UNION ALL SELECT 'MDIA', 30, -milli FROM given
          UNION ALL SELECT 'MDIA', 10, milli FROM given
        )
        SELECT asset, code, sum(amount) FROM leg GROUP BY asset, code
        """,
        {"end": end, "day": day},
    )
    return {(row[0], row[1]): int(row[2]) for row in await cursor.fetchall()}


async def booked(conn: ReadConnection, day: date) -> dict[str, tuple[int, int, int]]:
    """Revenue, creator cost and promotion cost of all closed days up to `day`, by currency."""
    cursor = await conn.execute(
        "SELECT currency, sum(revenue_minor), sum(creator_cost_minor), sum(promotion_cost_minor)"
        "  FROM close_day WHERE date <= %s GROUP BY currency",
        (day,),
    )
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in await cursor.fetchall()}
