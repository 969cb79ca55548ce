"""The invariants of discounts and lapsed coins as queries: each answers with the places where one does not hold."""

from typing import LiteralString

_DISCOUNTS_FOLLOW_THEIR_ORDERS = """
WITH booked AS (
  SELECT owner_id, order_id, sum(amount_minor) AS amount FROM discount_change GROUP BY owner_id, order_id
)
SELECT 'order ' || coalesce(l.id, b.order_id) || ' of owner ' || coalesce(l.owner_id, b.owner_id),
       'discount of ' || coalesce(l.discount_minor, 0) || ', reversed ' || coalesce(r.amount_minor, 0) || ' of '
       || coalesce(l.gross_minor, 0) || ', booked ' || coalesce(b.amount, 0)
  FROM (SELECT * FROM lot WHERE id = order_id) l
  FULL JOIN booked b ON b.owner_id = l.owner_id AND b.order_id = l.id
  LEFT JOIN reversal r ON r.owner_id = l.owner_id AND r.order_id = l.id
 WHERE coalesce(b.amount, 0) <> coalesce(l.discount_minor, 0)
       - div(coalesce(l.discount_minor, 0)::numeric * coalesce(r.amount_minor, 0), greatest(l.gross_minor, 1))
"""
_DISCOUNTS_AGREE_WITH_TRANSFERS = """
WITH moved AS (
  SELECT owner_id, entry_id, asset, sum(CASE from_code WHEN 42 THEN amount ELSE -amount END) AS amount
    FROM transfer WHERE kind <> 'close' AND from_code IN (42, 47) AND to_code IN (42, 47)
   GROUP BY owner_id, entry_id, asset
)
SELECT 'entry ' || coalesce(m.entry_id, c.entry_id),
       'moved ' || coalesce(m.amount, 0) || ' of discounts, the log says ' || coalesce(c.amount_minor, 0)
  FROM moved m FULL JOIN discount_change c
    ON c.owner_id = m.owner_id AND c.entry_id = m.entry_id AND c.currency = m.asset
 WHERE coalesce(m.amount, 0) <> coalesce(c.amount_minor, 0)
"""
_LAPSED_COINS_LEFT = """
WITH moved AS (SELECT owner_id, sum(amount) AS coins FROM transfer WHERE kind = 'lapse' GROUP BY owner_id),
     said AS (SELECT owner_id, sum(bonus_lapsed) AS coins FROM lot GROUP BY owner_id)
SELECT 'owner ' || owner_id, 'lots say ' || coalesce(s.coins, 0) || ' lapsed, moved ' || coalesce(m.coins, 0)
  FROM said s FULL JOIN moved m USING (owner_id) WHERE coalesce(s.coins, 0) <> coalesce(m.coins, 0)
"""
_FREE_COINS_COST_NOTHING = """
SELECT 'lot ' || id || ' of owner ' || owner_id, 'has no paid coins and costs ' || gross_minor || ' ' || currency
  FROM lot WHERE coins_bought = 0 AND (coins, gross_minor, tax_minor, fee_minor, discount_minor) <> (0, 0, 0, 0, 0)
"""
PROMOTION_CHECKS: tuple[tuple[int, LiteralString], ...] = (
    (13, _DISCOUNTS_FOLLOW_THEIR_ORDERS),
    (13, _DISCOUNTS_AGREE_WITH_TRANSFERS),
    (13, _LAPSED_COINS_LEFT),
    (13, _FREE_COINS_COST_NOTHING),
)
