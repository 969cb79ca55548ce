"""The invariants of docs/money.md as queries: each answers with the places where one does not hold."""

from collections.abc import AsyncGenerator
from typing import Any, LiteralString

from largesse.db import ReadConnection
from largesse.ledger.queries.close_checks import CLOSE_CHECKS
from largesse.ledger.queries.promotion_checks import PROMOTION_CHECKS
from largesse.ledger.queries.reversal_checks import REVERSAL_CHECKS
from largesse.ledger.rows import Problem

PLACES_MAX = 20
_FETCH_ROWS = 2000

_ENTRIES_SUM_TO_ZERO = """
SELECT coalesce('entry ' || entry_id, 'the archive'), asset || ' sums to ' || sum(amount)
  FROM posting GROUP BY entry_id, asset HAVING sum(amount) <> 0
"""
_LEGS_FIT_THEIR_ACCOUNTS = """
SELECT coalesce('entry ' || p.entry_id, 'the archive'), p.asset || ' on account ' || p.code
  FROM posting p LEFT JOIN account_code a USING (code)
 WHERE a.code IS NULL OR (a.holder = 'platform') <> (p.owner_id = '00000000-0000-0000-0000-000000000000')
    OR CASE a.asset WHEN 'MONEY' THEN p.asset IN ('COIN', 'MDIA') ELSE p.asset <> a.asset END
"""
_BALANCES_ARE_SUMS = """
WITH journal AS (
  SELECT owner_id, code, sum(amount) AS amount FROM posting
   WHERE owner_id <> '00000000-0000-0000-0000-000000000000' GROUP BY owner_id, code
), stored AS (
  SELECT owner_id, code, amount FROM balance
  UNION ALL SELECT owner_id, 2, bonus FROM balance WHERE code = 1
)
SELECT 'owner ' || owner_id || ' account ' || code,
       'stored ' || coalesce(s.amount, 0) || ', journal ' || coalesce(j.amount, 0)
  FROM journal j FULL JOIN stored s USING (owner_id, code)
 WHERE coalesce(j.amount, 0) <> coalesce(s.amount, 0)
"""
_TURNOVERS_ARE_SUMS = """
WITH spent AS (
  SELECT owner_id, sum(paid) AS paid, sum(bonus) AS bonus FROM (
    SELECT sender_id AS owner_id, coins_paid AS paid, coins_bonus AS bonus FROM gift
    UNION ALL SELECT owner_id, coins_paid, coins_bonus FROM archived_viewer_month
    UNION ALL SELECT from_id, amount, 0 FROM transfer WHERE from_code = 1 AND to_code = 24) s
   GROUP BY owner_id
)
SELECT 'owner ' || b.owner_id,
       'turnover ' || b.turnover || ' paid, ' || b.bonus_turnover || ' bonus; journal '
       || coalesce(s.paid, 0) || ' and ' || coalesce(s.bonus, 0)
  FROM balance b LEFT JOIN spent s USING (owner_id)
 WHERE b.code = 1
   AND (b.turnover <> coalesce(s.paid, 0) OR b.bonus_turnover <> coalesce(s.bonus, 0))
"""
_NOTHING_BELOW_ZERO = """
SELECT 'owner ' || owner_id || ' account ' || code,
       'amount ' || amount || ', turnover ' || turnover || ', bonus ' || bonus
  FROM balance WHERE least(amount, turnover, bonus, bonus_turnover, month_spent) < 0
"""
_WHO_OWES_IS_FROZEN = """
SELECT 'owner ' || o.owner_id, 'owes ' || o.amount || ' coins and is not frozen'
  FROM balance o LEFT JOIN balance b ON b.owner_id = o.owner_id AND b.code = 1
 WHERE o.code = 3 AND o.amount > 0 AND b.frozen IS NOT TRUE
"""
_LOTS_HOLD_THE_COINS = """
WITH lots AS (
  SELECT l.owner_id, sum(l.coins - greatest(0, least(l.coins, b.turnover - l.start))) AS unspent
    FROM lot l LEFT JOIN balance b ON b.owner_id = l.owner_id AND b.code = 1 GROUP BY l.owner_id
)
SELECT 'owner ' || owner_id, 'wallet ' || coalesce(b.amount, 0) || ', lots ' || coalesce(l.unspent, 0)
  FROM lots l FULL JOIN (SELECT * FROM balance WHERE code = 1) b USING (owner_id)
 WHERE coalesce(b.amount, 0) <> coalesce(l.unspent, 0)
"""
_LOTS_LIE_END_TO_END = """
SELECT 'lot ' || id || ' of owner ' || owner_id, 'starts at ' || start || ', expected ' || expected
  FROM (SELECT owner_id, id, start, coalesce(sum(coins) OVER (
                 PARTITION BY owner_id ORDER BY start, (coins > 0), id
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS expected
          FROM lot) l
 WHERE start <> expected
"""
_GIFTS_LIE_APART = """
SELECT coalesce('gift ' || id, 'an archived gift') || ' of sender ' || sender_id,
       'begins at ' || spent_before || ', the one before ends at ' || ended
  FROM (SELECT sender_id, id, spent_before, lag(spent_before + coins_paid) OVER (
                 PARTITION BY sender_id ORDER BY spent_before, coins_paid) AS ended
          FROM (SELECT sender_id, id, spent_before, coins_paid FROM gift
                UNION ALL SELECT owner_id, NULL, start, coins FROM archived_span) a) g
 WHERE ended > spent_before
"""
_ARCHIVED_COINS_LIE_SOMEWHERE = """
SELECT 'owner ' || owner_id, 'archived gifts of ' || coalesce(m.coins, 0) || ' paid coins cover '
       || coalesce(s.coins, 0)
  FROM (SELECT owner_id, sum(coins_paid) AS coins FROM archived_viewer_month GROUP BY owner_id) m
  FULL JOIN (SELECT owner_id, sum(coins) AS coins FROM archived_span GROUP BY owner_id) s USING (owner_id)
 WHERE coalesce(m.coins, 0) <> coalesce(s.coins, 0)
"""
_THE_ARCHIVE_COUNTS_ITS_GIFTS = """
SELECT 'the archive', 'months say ' || m.gifts || ' gifts, batches ' || b.gifts || ', viewers ' || v.gifts
       || ', creators ' || c.gifts
  FROM (SELECT coalesce(sum(gifts), 0) AS gifts FROM archived_month) m,
       (SELECT coalesce(sum(gifts_archived), 0) AS gifts FROM batch) b,
       (SELECT coalesce(sum(gifts), 0) AS gifts FROM archived_viewer_month) v,
       (SELECT coalesce(sum(gifts), 0) AS gifts FROM archived_creator_day) c
 WHERE m.gifts <> b.gifts OR m.gifts <> v.gifts OR m.gifts <> c.gifts
"""
_LOTS_ARE_CREDITED_ONCE = """
WITH credit AS (
  SELECT owner_id, entry_id AS id, coalesce(sum(amount) FILTER (WHERE to_code = 1), 0) AS paid,
         coalesce(sum(amount) FILTER (WHERE to_code = 2), 0) AS bonus
    FROM transfer WHERE kind IN ('top_up', 'grant_bonus') AND from_code IN (20, 23) GROUP BY owner_id, entry_id
)
SELECT 'order ' || id || ' of owner ' || owner_id,
       'credited ' || coalesce(c.paid, 0) || ' + ' || coalesce(c.bonus, 0)
       || ', bought ' || coalesce(l.coins_bought, 0) || ' + ' || coalesce(l.coins_bonus, 0)
  FROM credit c FULL JOIN (SELECT * FROM lot WHERE id = order_id) l USING (owner_id, id)
 WHERE (c.paid, c.bonus) IS DISTINCT FROM (l.coins_bought::numeric, l.coins_bonus::numeric)
"""
_LOTS_COST_WHAT_WAS_PAID = """
WITH paid AS (
  SELECT owner_id, reference_id AS id, asset, coalesce(sum(amount) FILTER (WHERE to_code = 40), 0) AS gross,
         coalesce(sum(amount) FILTER (WHERE from_code = 44), 0) AS tax,
         coalesce(sum(amount) FILTER (WHERE to_code = 43), 0) AS fee
    FROM transfer WHERE kind = 'top_up' AND asset NOT IN ('COIN', 'MDIA') GROUP BY owner_id, reference_id, asset
)
SELECT 'lot ' || l.id || ' of owner ' || l.owner_id,
       'costs ' || l.gross_minor || ' ' || l.currency || ', paid ' || coalesce(p.gross, 0)
       || ' (tax ' || l.tax_minor || ' and ' || coalesce(p.tax, 0)
       || ', fee ' || l.fee_minor || ' and ' || coalesce(p.fee, 0) || ')'
  FROM lot l LEFT JOIN paid p ON p.owner_id = l.owner_id AND p.id = l.id AND p.asset = l.currency
 WHERE l.id = l.order_id AND (l.gross_minor, l.tax_minor, l.fee_minor)
       <> (coalesce(p.gross, 0), coalesce(p.tax, 0), coalesce(p.fee, 0))
"""
_ORDERS_AGREE_WITH_LOTS = """
SELECT 'order ' || o.id || ' of owner ' || o.user_id,
       'is ' || o.state || CASE WHEN l.id IS NULL THEN ' without' ELSE ' with' END || ' a lot, paid by '
       || coalesce(t.transactions, 0) || ' provider transactions'
  FROM top_up_order o LEFT JOIN lot l ON l.owner_id = o.user_id AND l.id = o.id
  LEFT JOIN (SELECT order_id, count(*) AS transactions, bool_or(state = 'returned') AS returned
               FROM provider_transaction GROUP BY order_id) t
    ON t.order_id = o.id
 WHERE (o.state IN ('credited', 'disputed') OR o.state = 'refunded' AND (l.id IS NOT NULL OR t.returned IS NOT TRUE))
       <> (l.id IS NOT NULL)
    OR (o.state IN ('paid', 'credited', 'refunded', 'disputed')) <> (t.order_id IS NOT NULL)
"""
_TRANSACTIONS_CREDIT_ONE_ORDER = """
SELECT 'order ' || t.order_id, count(*) || ' credited provider transactions, ' || count(l.id) || ' with a lot'
  FROM provider_transaction t LEFT JOIN lot l ON l.owner_id = t.user_id AND l.id = t.order_id
 WHERE t.state = 'credited' GROUP BY t.order_id HAVING count(*) > 1 OR count(l.id) = 0
"""
_DIAMONDS_FOLLOW_THE_SHARE = """
SELECT 'gift ' || g.id || ' of sender ' || g.sender_id,
       g.milli_diamonds || ' milli-diamonds for ' || g.coins_paid + g.coins_bonus || ' coins at '
       || coalesce(s.share_bp || ' bp', 'an unknown share')
  FROM gift g LEFT JOIN share s ON s.id = g.share_id
 WHERE g.milli_diamonds IS DISTINCT FROM (g.coins_paid + g.coins_bonus) * s.share_bp / 10
"""
_DIAMONDS_ARE_ALL_SOMEWHERE = """
WITH held AS (SELECT coalesce(sum(amount), 0) AS amount FROM balance WHERE code IN (10, 11, 12)),
     gone AS (SELECT coalesce(sum(amount) FILTER (WHERE code IN (31, 32)), 0) AS amount,
                     -coalesce(sum(amount) FILTER (WHERE code = 30), 0) AS issued
                FROM posting WHERE asset = 'MDIA' AND code IN (30, 31, 32))
SELECT 'all creators', 'held ' || held.amount || ', redeemed and reversed ' || gone.amount
       || ', issued ' || gone.issued
  FROM held, gone WHERE held.amount + gone.amount <> gone.issued
"""
_ROOMS_HAVE_NO_GAPS = """
WITH here AS (
  SELECT room_id, count(*) AS events, count(DISTINCT seq) AS numbers, max(seq) AS last
    FROM (SELECT room_id, seq FROM gift UNION ALL SELECT room_id, seq FROM room_event) e
   GROUP BY room_id
), gone AS (
  SELECT room_id, sum(events) AS events FROM (
    SELECT room_id, gifts AS events FROM archived_creator_day UNION ALL SELECT room_id, events FROM archived_room) e
   GROUP BY room_id
), seen AS (
  SELECT room_id, coalesce(h.events, 0) + coalesce(g.events, 0) AS events,
         coalesce(h.numbers, 0) + coalesce(g.events, 0) AS numbers,
         greatest(h.last, CASE WHEN g.events > 0 THEN g.events + coalesce(h.events, 0) END) AS last
    FROM here h FULL JOIN gone g USING (room_id)
)
SELECT 'room ' || coalesce(r.id, s.room_id),
       coalesce(s.events, 0) || ' events, ' || coalesce(s.numbers, 0) || ' numbers up to '
       || coalesce(s.last, 0) || ', last_seq ' || coalesce(r.last_seq::text, 'missing')
  FROM room r FULL JOIN seen s ON s.room_id = r.id
 WHERE r.last_seq IS DISTINCT FROM coalesce(s.last, 0)
    OR coalesce(s.events, 0) <> r.last_seq OR coalesce(s.numbers, 0) <> r.last_seq
"""
_CHECKS: tuple[tuple[int, LiteralString], ...] = (
    (1, _ENTRIES_SUM_TO_ZERO),
    (1, _LEGS_FIT_THEIR_ACCOUNTS),
    (2, _BALANCES_ARE_SUMS),
    (2, _TURNOVERS_ARE_SUMS),
    (3, _NOTHING_BELOW_ZERO),
    (3, _WHO_OWES_IS_FROZEN),
    (4, _LOTS_HOLD_THE_COINS),
    (4, _LOTS_LIE_END_TO_END),
    (4, _GIFTS_LIE_APART),
    (4, _ARCHIVED_COINS_LIE_SOMEWHERE),
    (5, _THE_ARCHIVE_COUNTS_ITS_GIFTS),
    (6, _LOTS_ARE_CREDITED_ONCE),
    (6, _LOTS_COST_WHAT_WAS_PAID),
    (6, _ORDERS_AGREE_WITH_LOTS),
    (6, _TRANSACTIONS_CREDIT_ONE_ORDER),
    (7, _DIAMONDS_FOLLOW_THE_SHARE),
    (8, _DIAMONDS_ARE_ALL_SOMEWHERE),
    (9, _ROOMS_HAVE_NO_GAPS),
    *REVERSAL_CHECKS,
    *CLOSE_CHECKS,
    *PROMOTION_CHECKS,
)

_TIME: LiteralString = "(extract(epoch FROM created_at) * 1000000)::bigint"
_CHAIN: LiteralString = f"""
SELECT lane, no, prev_hash, hash, {_TIME}, gifts, transfers, gifts_archived FROM batch ORDER BY lane, no
"""
_GIFTS: LiteralString = f"""
SELECT lane, batch_no, uuid_send(sender_id), uuid_send(id), uuid_send(recipient_id),
       uuid_send(room_id), seq, coins_paid, coins_bonus, spent_before, milli_diamonds, {_TIME},
       count, gift_type_no, share_id, hold_days, uuid_send(streak_id), message,
       message_digest
  FROM gift ORDER BY lane, batch_no, sender_id, id
"""
_TRANSFERS: LiteralString = f"""
SELECT lane, batch_no, uuid_send(owner_id), uuid_send(entry_id), line, uuid_send(from_id),
       from_code, uuid_send(to_id), to_code, amount, {_TIME}, uuid_send(reference_id), kind, asset
  FROM transfer ORDER BY lane, batch_no, owner_id, entry_id, line
"""


async def broken_invariants(conn: ReadConnection) -> list[Problem]:
    """Every invariant but the chain; at most PLACES_MAX places of each kind."""
    problems: list[Problem] = []
    for invariant, query in _CHECKS:
        cursor = await conn.execute(f"{query} LIMIT {PLACES_MAX}")
        problems += [Problem(invariant, *row) for row in await cursor.fetchall()]
    return problems


async def counts(conn: ReadConnection) -> tuple[int, int, int]:
    """Entries (gifts, and groups of transfers), batches and lots."""
    cursor = await conn.execute(
        "SELECT (SELECT count(*) FROM gift)"
        "     + (SELECT coalesce(sum(gifts), 0)::bigint FROM archived_viewer_month)"
        "     + (SELECT count(*) FROM (SELECT DISTINCT owner_id, entry_id FROM transfer) e),"
        "       (SELECT count(*) FROM batch), (SELECT count(*) FROM lot)"
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def batches(conn: ReadConnection) -> AsyncGenerator[tuple[Any, ...]]:
    """Every batch in the order of its lane."""
    return _stream(conn, "check_batches", _CHAIN)


def gift_rows(conn: ReadConnection) -> AsyncGenerator[tuple[Any, ...]]:
    """Lane and batch number of every gift, then what its leaf is made of."""
    return _stream(conn, "check_gifts", _GIFTS)


def transfer_rows(conn: ReadConnection) -> AsyncGenerator[tuple[Any, ...]]:
    """Lane and batch number of every transfer, then what its leaf is made of."""
    return _stream(conn, "check_transfers", _TRANSFERS)


async def archived_leaves(conn: ReadConnection) -> dict[tuple[int, int], list[tuple[bytes, bytes]]]:
    """Of batches that are partly archived, by lane and number: key (sender and id) and leaf of the gifts that left."""
    cursor = await conn.execute(
        "SELECT lane, batch_no, uuid_send(sender_id) || uuid_send(gift_id), leaf FROM archived_leaf"
    )
    found: dict[tuple[int, int], list[tuple[bytes, bytes]]] = {}
    for lane, no, key, leaf in await cursor.fetchall():
        found.setdefault((lane, no), []).append((bytes(key), bytes(leaf)))
    return found


async def _stream(
    conn: ReadConnection, name: str, query: LiteralString
) -> AsyncGenerator[tuple[Any, ...]]:
    """Rows through a cursor on the server, so that a long journal does not fill the memory."""
    async with conn.cursor(name, binary=True) as cursor:
        cursor.itersize = _FETCH_ROWS
        await cursor.execute(query)
        async for row in cursor:
            yield row
