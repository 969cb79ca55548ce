"""The tail: what is in the journal beyond the rollups' watermarks.

Every reader is ONE statement that adds the tail to the rollup: one snapshot sees the watermarks, the sums and the
gifts, so an answer is exact at once, also for a gift committed a moment ago. The tail is short while the follower keeps
up.
"""

from typing import LiteralString

BEHIND: LiteralString = """
behind AS MATERIALIZED (
  SELECT p.lane, p.no, b.since
    FROM (SELECT l.id AS lane, coalesce(w.no, 0) AS no
            FROM lane l LEFT JOIN watermark w ON w.follower = 'rollups' AND w.lane = l.id) p
   CROSS JOIN LATERAL (SELECT min(created_at) AS since FROM batch WHERE lane = p.lane AND no > p.no) b
   WHERE b.since IS NOT NULL)"""
"""Lanes with batches that are not in the rollups: after which number, and when the first of them was written."""

_SUMS: LiteralString = """sender_id, room_id, seq, created_at, 1 AS gifts,
         coins_paid + coins_bonus AS coins, milli_diamonds, anonymous"""
_REVERSED_SUMS: LiteralString = (
    "sender_id, room_id, NULL, gift_created_at, 0, -coins, -milli_diamonds, anonymous"
)

TO_RECIPIENT: LiteralString = f"""
given AS (
  SELECT g.* FROM gift g JOIN behind ON behind.lane = g.lane
   WHERE g.recipient_id = %(recipient_id)s AND g.batch_no > behind.no
     AND g.created_at >= (SELECT min(since) FROM behind)
), tail AS (
  SELECT {_SUMS} FROM given
  UNION ALL
  SELECT {_REVERSED_SUMS} FROM behind JOIN gift_reversal r ON r.lane = behind.lane AND r.batch_no > behind.no
   WHERE r.recipient_id = %(recipient_id)s)"""
"""Gifts of the tail to one recipient, found by the index on (recipient_id, created_at), and what the tail reverses."""

IN_ROOMS: LiteralString = f"""
given AS MATERIALIZED (
  SELECT g.* FROM (SELECT DISTINCT recipient_id FROM room WHERE id = ANY (%(room_ids)s::uuid[])) r
    JOIN gift g USING (recipient_id) JOIN behind ON behind.lane = g.lane
   WHERE g.batch_no > behind.no AND g.created_at >= (SELECT min(since) FROM behind)
), tail AS (
  SELECT {_SUMS} FROM given WHERE room_id = ANY (%(room_ids)s::uuid[])
  UNION ALL
  SELECT {_REVERSED_SUMS}
    FROM behind JOIN gift_reversal r ON r.lane = behind.lane AND r.batch_no > behind.no
   WHERE r.room_id = ANY (%(room_ids)s::uuid[]))"""
"""Gifts of the tail in some rooms, and what the tail reverses there.

They are found like those to the rooms' recipients: the index on (room_id, seq) leads to all that was ever given there.
"""

FROM_SENDER: LiteralString = """
tail AS (
  SELECT g.* FROM behind JOIN gift g ON g.lane = behind.lane AND g.batch_no > behind.no
   WHERE g.sender_id = %(owner_id)s)"""
"""Gifts of the tail from one sender, found by the index on (lane, batch_no)."""

LEGS: LiteralString = """
legs AS (
  SELECT t.kind, t.created_at, l.code, l.amount
    FROM behind JOIN transfer t ON t.lane = behind.lane AND t.batch_no > behind.no
   CROSS JOIN LATERAL (VALUES (t.from_id, t.from_code, -t.amount), (t.to_id, t.to_code, t.amount))
         AS l (owner_id, code, amount)
   WHERE (t.from_id = %(owner_id)s OR t.to_id = %(owner_id)s) AND l.owner_id = %(owner_id)s)"""
"""Legs of the tail's transfers on the accounts of one owner."""
