"""Adding a stretch of batches to the rollups.

Rows are changed in the order of their keys, so that two lanes that are read at once do not wait in a circle.
"""

from typing import LiteralString

from largesse.db import Connection
from largesse.outbox.queries import ranking
from largesse.outbox.rows import Stretch

_TABLES: tuple[LiteralString, ...] = (
    "creator_day",
    "viewer_month",
    "account_day",
    "room_supporter",
    "room_total",
    "supporter_day",
    "ranked_supporter",
    "ranking_window",
)

_BATCHES: LiteralString = "lane = %(lane)s AND batch_no > %(after)s AND batch_no <= %(upto)s"

_CREATOR_DAY: LiteralString = f"""
INSERT INTO creator_day (recipient_id, day, room_id, hold_days, gifts, coins_paid, coins_bonus, milli_diamonds)
SELECT recipient_id, (created_at AT TIME ZONE 'UTC')::date AS day, room_id, hold_days, count(*),
       sum(coins_paid)::bigint, sum(coins_bonus)::bigint, sum(milli_diamonds)::bigint
  FROM gift WHERE {_BATCHES}
 GROUP BY recipient_id, day, room_id, hold_days ORDER BY recipient_id, day, room_id, hold_days
ON CONFLICT (recipient_id, day, room_id, hold_days) DO UPDATE
   SET gifts = creator_day.gifts + excluded.gifts,
       coins_paid = creator_day.coins_paid + excluded.coins_paid,
       coins_bonus = creator_day.coins_bonus + excluded.coins_bonus,
       milli_diamonds = creator_day.milli_diamonds + excluded.milli_diamonds
"""
_VIEWER_MONTH: LiteralString = f"""
INSERT INTO viewer_month (owner_id, month, gifts, coins_paid, coins_bonus)
SELECT sender_id, date_trunc('month', created_at AT TIME ZONE 'UTC')::date AS month, count(*),
       sum(coins_paid)::bigint, sum(coins_bonus)::bigint
  FROM gift WHERE {_BATCHES}
 GROUP BY sender_id, month ORDER BY sender_id, month
ON CONFLICT (owner_id, month) DO UPDATE
   SET gifts = viewer_month.gifts + excluded.gifts,
       coins_paid = viewer_month.coins_paid + excluded.coins_paid,
       coins_bonus = viewer_month.coins_bonus + excluded.coins_bonus
"""
_ROOM_SUPPORTER: LiteralString = f"""
INSERT INTO room_supporter (room_id, sender_id, coins, first_seq)
SELECT room_id, sender_id, sum(coins_paid + coins_bonus)::bigint, min(seq)
  FROM gift WHERE {_BATCHES} AND anonymous IS NOT TRUE
 GROUP BY room_id, sender_id ORDER BY room_id, sender_id
ON CONFLICT (room_id, sender_id) DO UPDATE
   SET coins = room_supporter.coins + excluded.coins,
       first_seq = least(room_supporter.first_seq, excluded.first_seq)
"""
_SUPPORTER_DAY: LiteralString = f"""
INSERT INTO supporter_day (recipient_id, day, sender_id, coins)
SELECT recipient_id, (created_at AT TIME ZONE 'UTC')::date AS day, sender_id, sum(coins_paid + coins_bonus)::bigint
  FROM gift WHERE {_BATCHES} AND anonymous IS NOT TRUE
 GROUP BY recipient_id, day, sender_id ORDER BY recipient_id, day, sender_id
ON CONFLICT (recipient_id, day, sender_id) DO UPDATE SET coins = supporter_day.coins + excluded.coins
"""
_ROOM_TOTAL: LiteralString = f"""
INSERT INTO room_total (room_id, gifts, coins, milli_diamonds)
SELECT room_id, count(*), sum(coins_paid + coins_bonus)::bigint, sum(milli_diamonds)::bigint
  FROM gift WHERE {_BATCHES}
 GROUP BY room_id ORDER BY room_id
ON CONFLICT (room_id) DO UPDATE
   SET gifts = room_total.gifts + excluded.gifts,
       coins = room_total.coins + excluded.coins,
       milli_diamonds = room_total.milli_diamonds + excluded.milli_diamonds
"""
_ACCOUNT_DAY: LiteralString = f"""
WITH leg AS (
  SELECT from_id AS owner_id, from_code AS code, kind, created_at, -amount AS amount
    FROM transfer WHERE {_BATCHES}
  UNION ALL
  SELECT to_id, to_code, kind, created_at, amount FROM transfer WHERE {_BATCHES})
INSERT INTO account_day (owner_id, day, code, kind, amount)
SELECT owner_id, (created_at AT TIME ZONE 'UTC')::date AS day, code, kind, sum(amount)::bigint
  FROM leg WHERE owner_id <> '00000000-0000-0000-0000-000000000000'
 GROUP BY owner_id, day, code, kind ORDER BY owner_id, day, code, kind
ON CONFLICT (owner_id, day, code, kind) DO UPDATE SET amount = account_day.amount + excluded.amount
"""
# A reversal may be read before its gift, which lies in another lane: then its row waits for the gift's sums.
_CREATOR_DAY_REVERSED: LiteralString = f"""
INSERT INTO creator_day (recipient_id, day, room_id, hold_days, gifts, coins_paid, coins_bonus, milli_diamonds,
                         coins_reversed, milli_reversed)
SELECT recipient_id, day, room_id, (due_on - day)::smallint AS hold_days, 0, 0, 0, 0,
       sum(sign * coins)::bigint, sum(sign * milli_diamonds)::bigint
  FROM (SELECT *, (gift_created_at AT TIME ZONE 'UTC')::date AS day,
               CASE state WHEN 'reversed' THEN 1 ELSE -1 END AS sign
          FROM reversed_gift WHERE {_BATCHES}) reversed
 GROUP BY recipient_id, day, room_id, hold_days ORDER BY recipient_id, day, room_id, hold_days
ON CONFLICT (recipient_id, day, room_id, hold_days) DO UPDATE
   SET coins_reversed = creator_day.coins_reversed + excluded.coins_reversed,
       milli_reversed = creator_day.milli_reversed + excluded.milli_reversed
"""
_ROOM_SUPPORTER_REVERSED: LiteralString = f"""
INSERT INTO room_supporter (room_id, sender_id, coins, first_seq)
SELECT room_id, sender_id, -sum(coins)::bigint, 9223372036854775807
  FROM gift_reversal WHERE {_BATCHES} AND anonymous IS NOT TRUE
 GROUP BY room_id, sender_id ORDER BY room_id, sender_id
ON CONFLICT (room_id, sender_id) DO UPDATE SET coins = room_supporter.coins + excluded.coins
"""
_SUPPORTER_DAY_REVERSED: LiteralString = f"""
INSERT INTO supporter_day (recipient_id, day, sender_id, coins)
SELECT recipient_id, (gift_created_at AT TIME ZONE 'UTC')::date AS day, sender_id, -sum(coins)::bigint
  FROM gift_reversal WHERE {_BATCHES} AND anonymous IS NOT TRUE
 GROUP BY recipient_id, day, sender_id ORDER BY recipient_id, day, sender_id
ON CONFLICT (recipient_id, day, sender_id) DO UPDATE SET coins = supporter_day.coins + excluded.coins
"""
_ROOM_TOTAL_REVERSED: LiteralString = f"""
INSERT INTO room_total (room_id, gifts, coins, milli_diamonds)
SELECT room_id, 0, -sum(coins)::bigint, -sum(milli_diamonds)::bigint
  FROM gift_reversal WHERE {_BATCHES}
 GROUP BY room_id ORDER BY room_id
ON CONFLICT (room_id) DO UPDATE
   SET coins = room_total.coins + excluded.coins,
       milli_diamonds = room_total.milli_diamonds + excluded.milli_diamonds
"""
_STATEMENTS: tuple[LiteralString, ...] = (
    _CREATOR_DAY,
    _CREATOR_DAY_REVERSED,
    _VIEWER_MONTH,
    _ROOM_SUPPORTER,
    _ROOM_SUPPORTER_REVERSED,
    _SUPPORTER_DAY,
    _SUPPORTER_DAY_REVERSED,
    _ROOM_TOTAL,
    _ROOM_TOTAL_REVERSED,
    _ACCOUNT_DAY,
)


async def add(conn: Connection, stretch: Stretch) -> None:
    """Add the gifts, reversals and transfers of a stretch to every rollup."""
    params = {"lane": stretch.lane, "after": stretch.after, "upto": stretch.upto}
    for statement in _STATEMENTS:
        await conn.execute(statement, params)
    await ranking.add(conn, stretch)


_ARCHIVED: tuple[LiteralString, ...] = (
    "INSERT INTO creator_day (recipient_id, day, room_id, hold_days, gifts, coins_paid, coins_bonus, milli_diamonds)"
    " SELECT recipient_id, day, room_id, hold_days, gifts, coins_paid, coins_bonus, milli_diamonds"
    "  FROM archived_creator_day",
    "INSERT INTO viewer_month (owner_id, month, gifts, coins_paid, coins_bonus)"
    " SELECT owner_id, month, gifts, coins_paid, coins_bonus FROM archived_viewer_month",
    "INSERT INTO room_supporter (room_id, sender_id, coins, first_seq)"
    " SELECT room_id, sender_id, coins, first_seq FROM archived_room_supporter",
    "INSERT INTO supporter_day (recipient_id, day, sender_id, coins)"
    " SELECT recipient_id, day, sender_id, coins FROM archived_supporter_day",
    "INSERT INTO room_total (room_id, gifts, coins, milli_diamonds)"
    " SELECT room_id, sum(gifts)::bigint, sum(coins_paid + coins_bonus)::bigint, sum(milli_diamonds)::bigint"
    "  FROM archived_creator_day GROUP BY room_id",
)


async def add_archived(conn: Connection) -> None:
    """Begin empty rollups with the gifts of archived months."""
    for statement in _ARCHIVED:
        await conn.execute(statement)


async def clear(conn: Connection) -> None:
    """Empty the rollups; sums kept in order are made anew when they are asked for.

    Rows are deleted, not truncated: a snapshot that is being read keeps its sums.
    """
    await ranking.lock(conn)
    for table in _TABLES:
        await conn.execute(f"DELETE FROM {table}")
