"""The invariants of closed days as queries: each answers with the places where one does not hold."""

from typing import LiteralString

_CLOSES_AGREE_WITH_TRANSFERS = """
WITH figure AS (
  SELECT entry_id, currency AS asset, date::text AS day, f.from_code, f.to_code, f.amount
    FROM close_day c CROSS JOIN LATERAL (VALUES (42, 41, c.revenue_minor), (45, 46, c.creator_cost_minor),
         (45, 47, c.promotion_cost_minor)) f (from_code, to_code, amount)
), moved AS (
  SELECT entry_id, asset, least(from_code, to_code) AS low, greatest(from_code, to_code) AS high,
         sum(CASE WHEN from_code IN (42, 45) THEN amount ELSE -amount END) AS amount
    FROM transfer WHERE kind = 'close' GROUP BY entry_id, asset, low, high
)
SELECT 'close of ' || coalesce(f.day, 'entry ' || m.entry_id) || ' ' || coalesce(f.asset, m.asset),
       'account ' || coalesce(least(f.from_code, f.to_code), m.low) || ' and '
       || coalesce(greatest(f.from_code, f.to_code), m.high) || ': the day says ' || coalesce(f.amount, 0)
       || ', the journal ' || coalesce(m.amount, 0)
  FROM figure f FULL JOIN moved m ON m.entry_id = f.entry_id AND m.asset = f.asset
   AND m.low = least(f.from_code, f.to_code) AND m.high = greatest(f.from_code, f.to_code)
 WHERE coalesce(f.amount, 0) <> coalesce(m.amount, 0)
"""
_DAYS_CLOSE_WITHOUT_GAPS = """
SELECT 'close of ' || date, 'the day before it is not closed'
  FROM (SELECT date, lag(date) OVER (ORDER BY date) AS before FROM (SELECT DISTINCT date FROM close_day) d) c
 WHERE date - before <> 1
"""
_WHAT_IS_OWED_IS_CARRIED_ON = """
WITH paid AS (
  SELECT t.asset, (t.created_at AT TIME ZONE 'UTC')::date AS date,
         sum(CASE t.to_code WHEN 45 THEN t.amount ELSE -t.amount END) AS amount
    FROM transfer t WHERE t.kind <> 'close' AND 45 IN (t.from_code, t.to_code) GROUP BY 1, 2
), carried AS (
  SELECT date, currency, creator_payable_minor, creator_cost_minor + promotion_cost_minor
         + lag(creator_payable_minor, 1, 0::bigint) OVER (PARTITION BY currency ORDER BY date) AS amount
    FROM close_day WHERE redemption_rate_id IS NOT NULL
)
SELECT 'close of ' || c.date || ' ' || c.currency,
       'creators are owed ' || c.creator_payable_minor || ', expected ' || c.amount - coalesce(p.amount, 0)
  FROM carried c LEFT JOIN paid p ON p.asset = c.currency AND p.date = c.date
 WHERE c.creator_payable_minor <> c.amount - coalesce(p.amount, 0)
"""
CLOSE_CHECKS: tuple[tuple[int, LiteralString], ...] = (
    (12, _CLOSES_AGREE_WITH_TRANSFERS),
    (12, _DAYS_CLOSE_WITHOUT_GAPS),
    (12, _WHAT_IS_OWED_IS_CARRIED_ON),
)
