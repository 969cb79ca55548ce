"""The invariants of reversals and maturity as queries: each answers with the places where one does not hold."""

from typing import LiteralString

_REVERSALS_FOLLOW_THEIR_CAUSES = """
WITH active AS (
  SELECT owner_id, order_id, sum(amount_minor) AS amount FROM reversal_cause
   WHERE state = 'active' GROUP BY owner_id, order_id
), told AS (
  SELECT owner_id, order_id FROM reversal_cause UNION SELECT owner_id, order_id FROM reversal
)
SELECT 'order ' || t.order_id || ' of owner ' || t.owner_id,
       'reversed ' || coalesce(r.amount_minor, 0) || ', its causes come to ' || coalesce(a.amount, 0)
       || coalesce(' of ' || l.gross_minor, ' and it has no lot')
  FROM told t LEFT JOIN lot l ON l.owner_id = t.owner_id AND l.id = t.order_id
  LEFT JOIN reversal r ON r.owner_id = t.owner_id AND r.order_id = t.order_id
  LEFT JOIN active a ON a.owner_id = t.owner_id AND a.order_id = t.order_id
 WHERE l.id IS NULL OR coalesce(r.amount_minor, 0) <> least(l.gross_minor, coalesce(a.amount, 0))
"""
_REVERSED_COINS_FOLLOW_THE_AMOUNT = """
WITH part AS (
  SELECT owner_id, order_id, sum(coins) AS coins FROM reversal_part GROUP BY owner_id, order_id
)
SELECT 'order ' || r.order_id || ' of owner ' || r.owner_id,
       coalesce(p.coins, 0) || ' coins reversed, ' || r.amount_minor || ' of ' || l.gross_minor || ' minor units'
  FROM reversal r JOIN lot l ON l.owner_id = r.owner_id AND l.id = r.order_id
  LEFT JOIN part p ON p.owner_id = r.owner_id AND p.order_id = r.order_id
 WHERE coalesce(p.coins, 0) <> div(l.coins_bought::numeric * r.amount_minor, l.gross_minor)
    OR r.coins_bonus > div(l.coins_bonus::numeric * r.amount_minor, l.gross_minor)
"""
_PURCHASES_ARE_WHOLE = """
WITH lots AS (
  SELECT owner_id, order_id, sum(coins - returned) AS coins, sum(bonus + bonus_lapsed) AS bonus
    FROM lot GROUP BY owner_id, order_id
), removed AS (
  SELECT owner_id, order_id, sum(coins) AS coins FROM reversal_part WHERE source = 'unused' GROUP BY owner_id, order_id
)
SELECT 'order ' || l.id || ' of owner ' || l.owner_id,
       s.coins || ' coins and ' || s.bonus || ' bonus on the axis, taken ' || coalesce(r.coins, 0) || ' and '
       || coalesce(v.coins_bonus, 0) || ', bought ' || l.coins_bought || ' and ' || l.coins_bonus
  FROM lot l JOIN lots s ON s.owner_id = l.owner_id AND s.order_id = l.id
  LEFT JOIN removed r ON r.owner_id = l.owner_id AND r.order_id = l.id
  LEFT JOIN reversal v ON v.owner_id = l.owner_id AND v.order_id = l.id
 WHERE s.coins + coalesce(r.coins, 0) <> l.coins_bought OR s.bonus + coalesce(v.coins_bonus, 0) <> l.coins_bonus
"""
_WHAT_IS_REVERSED_LEFT_THE_CLEARING = """
WITH paid_out AS (
  SELECT owner_id, reference_id AS id, sum(CASE from_code WHEN 40 THEN amount ELSE -amount END) AS amount
    FROM transfer WHERE kind IN ('refund', 'chargeback', 'restored') AND 40 IN (from_code, to_code)
   GROUP BY owner_id, reference_id
)
SELECT 'order ' || coalesce(r.order_id, p.id) || ' of owner ' || coalesce(r.owner_id, p.owner_id),
       'reversed ' || coalesce(r.amount_minor, 0) || ', the clearing account paid ' || coalesce(p.amount, 0)
  FROM reversal r FULL JOIN paid_out p ON p.owner_id = r.owner_id AND p.id = r.order_id
 WHERE coalesce(r.amount_minor, 0) <> coalesce(p.amount, 0)
"""
_DEBTS_ARE_OWED_OR_REPAID = """
WITH debt AS (
  SELECT owner_id, sum(coins) AS coins FROM reversal_part WHERE settled = 'owed' GROUP BY owner_id
), repaid AS (
  SELECT owner_id, sum(coins) AS coins FROM repayment GROUP BY owner_id
), owed AS (SELECT owner_id, amount AS coins FROM balance WHERE code = 3)
SELECT 'owner ' || owner_id, 'reversals made a debt of ' || coalesce(d.coins, 0) || ' coins, owed '
       || coalesce(o.coins, 0) || ', repaid ' || coalesce(r.coins, 0)
  FROM debt d FULL JOIN repaid r USING (owner_id) FULL JOIN owed o USING (owner_id)
 WHERE coalesce(d.coins, 0) <> coalesce(o.coins, 0) + coalesce(r.coins, 0)
"""
_SPENT_COINS_WENT_SOMEWHERE = """
WITH used AS (
  SELECT owner_id, sum(coins) AS coins FROM (
    SELECT sender_id AS owner_id, coins_paid AS coins FROM gift
    UNION ALL SELECT owner_id, coins_paid FROM archived_viewer_month
    UNION ALL SELECT owner_id, coins FROM repayment
    UNION ALL SELECT owner_id, returned FROM lot) u
   GROUP BY owner_id
)
SELECT 'owner ' || owner_id,
       'turnover ' || b.turnover || ', gifts, repayments and what came back of them ' || coalesce(u.coins, 0)
  FROM balance b LEFT JOIN used u USING (owner_id) WHERE b.code = 1 AND b.turnover <> coalesce(u.coins, 0)
"""
_REPAYMENTS_LIE_BETWEEN_GIFTS = """
SELECT 'owner ' || owner_id, 'coins from ' || begun || ' are spent twice, up to ' || ended
  FROM (SELECT owner_id, begun, lag(stop) OVER (PARTITION BY owner_id ORDER BY begun, stop) AS ended FROM (
          SELECT sender_id AS owner_id, spent_before AS begun, spent_before + coins_paid AS stop FROM gift
           WHERE coins_paid > 0 AND sender_id IN (SELECT owner_id FROM repayment)
          UNION ALL SELECT owner_id, start, start + coins FROM archived_span
           WHERE owner_id IN (SELECT owner_id FROM repayment)
          UNION ALL SELECT owner_id, start, start + coins FROM repayment) p) s
 WHERE ended > begun
"""
_BONUS_COINS_LIE_IN_LOTS = """
WITH placed AS (
  SELECT l.owner_id, l.bonus - greatest(0, least(l.bonus, b.bonus_turnover - l.bonus_start)) AS unspent,
         l.bonus_start <> coalesce(sum(l.bonus) OVER earlier, 0) AS astray
    FROM lot l JOIN balance b ON b.owner_id = l.owner_id AND b.code = 1
  WINDOW earlier AS (PARTITION BY l.owner_id ORDER BY l.bonus_start, (l.bonus > 0), l.id
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), lots AS (SELECT owner_id, sum(unspent) AS bonus, bool_or(astray) AS astray FROM placed GROUP BY owner_id)
SELECT 'owner ' || owner_id, 'wallet ' || b.bonus || ' bonus coins, lots ' || l.bonus
       || CASE WHEN astray THEN ', not end to end' ELSE '' END
  FROM lots l JOIN balance b USING (owner_id) WHERE b.code = 1 AND (b.bonus <> l.bonus OR astray)
"""
_GIFTS_LOSE_WHAT_THEY_HAD = """
WITH lost AS (
  SELECT sender_id, gift_id, sum(coins) AS coins, sum(milli_diamonds) AS milli FROM gift_reversal
   GROUP BY sender_id, gift_id
), taken AS (
  SELECT owner_id AS sender_id, gift_id, sum(coins) AS coins FROM reversal_part WHERE settled = 'diamonds'
   GROUP BY owner_id, gift_id
), pair AS (
  SELECT sender_id, gift_id, coalesce(l.coins, 0) AS coins, coalesce(l.milli, 0) AS milli,
         coalesce(t.coins, 0) AS taken
    FROM lost l FULL JOIN taken t USING (sender_id, gift_id)
)
SELECT 'gift ' || b.gift_id || ' of sender ' || b.sender_id,
       'reversed ' || b.coins || ' coins and ' || b.milli || ' milli-diamonds of ' || coalesce(g.coins_paid, 0)
       || ' and ' || coalesce(g.milli_diamonds, 0) || ', taken by reversals ' || b.taken
  FROM pair b LEFT JOIN gift g ON g.sender_id = b.sender_id AND g.id = b.gift_id
 WHERE g.id IS NULL OR b.coins NOT BETWEEN 0 AND g.coins_paid OR b.coins <> b.taken
    OR b.milli * (g.coins_paid + g.coins_bonus) <> b.coins * g.milli_diamonds::numeric
"""
_REVERSED_GIFTS_AGREE_WITH_TRANSFERS = """
WITH logged AS (
  SELECT entry_id, recipient_id, sum(CASE state WHEN 'reversed' THEN milli_diamonds ELSE -milli_diamonds END) AS milli
    FROM reversed_gift GROUP BY entry_id, recipient_id
), moved AS (
  SELECT entry_id, CASE to_code WHEN 32 THEN from_id ELSE to_id END AS recipient_id,
         sum(CASE to_code WHEN 32 THEN amount ELSE -amount END) AS milli
    FROM transfer WHERE 32 IN (from_code, to_code) GROUP BY 1, 2
)
SELECT 'entry ' || entry_id || ' of recipient ' || recipient_id,
       'gifts lost ' || coalesce(l.milli, 0) || ', moved ' || coalesce(m.milli, 0)
  FROM logged l FULL JOIN moved m USING (entry_id, recipient_id) WHERE coalesce(l.milli, 0) <> coalesce(m.milli, 0)
"""
_MATURITIES_AGREE_WITH_TRANSFERS = """
WITH moved AS (
  SELECT owner_id AS recipient_id, sum(amount) AS milli FROM transfer
   WHERE kind = 'maturity' AND from_code = 10 AND to_code = 11 GROUP BY owner_id
), said AS (SELECT recipient_id, sum(milli_diamonds) AS milli FROM maturity GROUP BY recipient_id)
SELECT 'recipient ' || recipient_id, 'matured ' || coalesce(s.milli, 0) || ', moved ' || coalesce(m.milli, 0)
  FROM said s FULL JOIN moved m USING (recipient_id) WHERE coalesce(s.milli, 0) <> coalesce(m.milli, 0)
"""
_WHAT_WAS_DUE_MATURED = """
WITH due AS (
  SELECT recipient_id, due_on, sum(milli) AS milli FROM (
    SELECT recipient_id, (created_at AT TIME ZONE 'UTC')::date + hold_days AS due_on, milli_diamonds AS milli FROM gift
    UNION ALL SELECT recipient_id, day + hold_days, milli_diamonds FROM archived_creator_day) g
   GROUP BY 1, 2
), gone AS (
  SELECT r.recipient_id, r.due_on,
         sum(CASE r.state WHEN 'reversed' THEN r.milli_diamonds ELSE -r.milli_diamonds END) AS milli
    FROM reversed_gift r JOIN maturity m USING (recipient_id, due_on)
   WHERE r.batch_no <= m.batch_no GROUP BY r.recipient_id, r.due_on
)
SELECT 'recipient ' || recipient_id || ' due on ' || due_on,
       'gifts ' || coalesce(d.milli, 0) || ', reversed before ' || coalesce(g.milli, 0)
       || ', matured ' || coalesce(m.milli_diamonds::text, 'not')
  FROM maturity m FULL JOIN due d USING (recipient_id, due_on) LEFT JOIN gone g USING (recipient_id, due_on)
 WHERE CASE WHEN m.recipient_id IS NULL THEN due_on IN (SELECT due_on FROM maturity_day)
            ELSE m.milli_diamonds <> coalesce(d.milli, 0) - coalesce(g.milli, 0) END
"""
_PENDING_IS_WHAT_HAS_NOT_MATURED = """
WITH expected AS (
  SELECT recipient_id, sum(milli) AS milli FROM (
    SELECT recipient_id, (created_at AT TIME ZONE 'UTC')::date + hold_days AS due_on, milli_diamonds AS milli FROM gift
    UNION ALL SELECT recipient_id, day + hold_days, milli_diamonds FROM archived_creator_day
    UNION ALL
    SELECT recipient_id, due_on, CASE state WHEN 'reversed' THEN -milli_diamonds ELSE milli_diamonds END
      FROM reversed_gift) e
   WHERE NOT EXISTS (SELECT FROM maturity m WHERE m.recipient_id = e.recipient_id AND m.due_on = e.due_on)
   GROUP BY recipient_id
), pending AS (SELECT owner_id AS recipient_id, amount AS milli FROM balance WHERE code = 10)
SELECT 'recipient ' || recipient_id, 'pending ' || coalesce(p.milli, 0) || ', gifts not yet due '
       || coalesce(e.milli, 0)
  FROM expected e FULL JOIN pending p USING (recipient_id) WHERE coalesce(e.milli, 0) <> coalesce(p.milli, 0)
"""
REVERSAL_CHECKS: tuple[tuple[int, LiteralString], ...] = (
    (4, _SPENT_COINS_WENT_SOMEWHERE),
    (4, _REPAYMENTS_LIE_BETWEEN_GIFTS),
    (4, _BONUS_COINS_LIE_IN_LOTS),
    (10, _REVERSALS_FOLLOW_THEIR_CAUSES),
    (10, _REVERSED_COINS_FOLLOW_THE_AMOUNT),
    (10, _PURCHASES_ARE_WHOLE),
    (10, _WHAT_IS_REVERSED_LEFT_THE_CLEARING),
    (10, _DEBTS_ARE_OWED_OR_REPAID),
    (10, _GIFTS_LOSE_WHAT_THEY_HAD),
    (10, _REVERSED_GIFTS_AGREE_WITH_TRANSFERS),
    (11, _MATURITIES_AGREE_WITH_TRANSFERS),
    (11, _WHAT_WAS_DUE_MATURED),
    (11, _PENDING_IS_WHAT_HAS_NOT_MATURED),
)
