"""The statements of a batch of gifts: two round trips. See docs/adr/0003-journal.md."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from psycopg import Error

from largesse.db import Connection
from largesse.ledger.arrays import bigints, byteas, integers, register, smallints, texts, uuids
from largesse.ledger.model import month_of
from largesse.ledger.plan import Paid, Plan, Sealed, Taken

# Nested loops keep the order of the sorted arrays, and with it the order of the row locks.
_SESSION: Sequence[LiteralString] = (
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET enable_seqscan = off",
    "SET enable_bitmapscan = off",
    "SET plan_cache_mode = force_generic_plan",
    "SET jit = off",
)

_TAKE = """
WITH paid AS (
  UPDATE balance b
     SET amount = b.amount - (d.coins - least(b.bonus, d.coins)),
         turnover = b.turnover + (d.coins - least(b.bonus, d.coins)),
         bonus = b.bonus - least(b.bonus, d.coins),
         bonus_turnover = b.bonus_turnover + least(b.bonus, d.coins),
         bonus_taken = least(b.bonus, d.coins),
         month = greatest(b.month, %(month)s),
         month_spent = CASE WHEN b.month >= %(month)s THEN b.month_spent ELSE 0 END + d.coins,
         budget = CASE WHEN b.budget_next_at <= %(at)s THEN b.budget_next ELSE b.budget END,
         budget_next = CASE WHEN b.budget_next_at <= %(at)s THEN NULL ELSE b.budget_next END,
         budget_next_at = CASE WHEN b.budget_next_at <= %(at)s THEN NULL ELSE b.budget_next_at END
    FROM unnest(%(senders)s::uuid[], %(coins)s::bigint[], %(firsts)s::integer[], %(lasts)s::integer[])
         AS d (owner_id, coins, first, last)
   WHERE b.owner_id = d.owner_id AND b.code = 1
     AND NOT b.frozen
     AND b.amount >= d.coins - b.bonus
     AND CASE WHEN b.month >= %(month)s THEN b.month_spent ELSE 0 END <= coalesce(
           CASE WHEN b.budget_next_at <= %(at)s THEN b.budget_next ELSE b.budget END,
           9223372036854775807) - d.coins
  RETURNING d.first, d.last, b.amount, b.bonus, b.turnover, b.bonus_taken, b.month_spent,
            b.hold_days, b.budget, b.budget_next, b.budget_next_at
), seat AS (
  UPDATE room r
     SET last_seq = r.last_seq + n.gifts
    FROM (SELECT room_id, count(*) AS gifts
            FROM paid p CROSS JOIN LATERAL unnest((%(rooms)s::uuid[])[p.first:p.last]) AS room_id
           GROUP BY room_id ORDER BY room_id) n
   WHERE r.id = n.room_id AND r.open AND r.gifting
  RETURNING r.id, r.last_seq
)
SELECT NULL::bytea, first, amount, bonus, turnover, bonus_taken, month_spent, hold_days,
       budget, budget_next, budget_next_at
  FROM paid
UNION ALL
SELECT uuid_send(id), NULL, last_seq, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM seat
"""

_RECEIVE = """
INSERT INTO balance (owner_id, code, amount)
SELECT owner_id, 10, amount FROM unnest(%s::uuid[], %s::bigint[]) AS r (owner_id, amount)
ON CONFLICT (owner_id, code) DO UPDATE SET amount = balance.amount + excluded.amount
"""

_GIFTS = """
INSERT INTO gift (sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before,
                  milli_diamonds, created_at, batch_no, count, gift_type_no, lane, share_id,
                  hold_days, streak_id, message, message_salt, message_digest)
SELECT sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before,
       milli_diamonds, %(at)s, %(no)s, count, gift_type_no, %(lane)s, share_id,
       hold_days, streak_id, message, message_salt, message_digest
  FROM unnest(%(sender)s::uuid[], %(id)s::uuid[], %(recipient)s::uuid[], %(room)s::uuid[],
              %(seq)s::bigint[], %(paid)s::bigint[], %(bonus)s::bigint[], %(before)s::bigint[],
              %(milli)s::bigint[], %(count)s::integer[], %(type)s::integer[],
              %(share)s::smallint[], %(hold)s::smallint[], %(streak)s::uuid[], %(message)s::text[],
              %(salt)s::bytea[], %(digest)s::bytea[])
    AS g (sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before,
          milli_diamonds, count, gift_type_no, share_id, hold_days, streak_id, message,
          message_salt, message_digest)
"""

_BATCH = """
INSERT INTO batch (lane, no, prev_hash, hash, gifts, transfers, created_at)
VALUES (%s, %s, %s, %s, %s, 0, %s)
"""


async def prepare_session(conn: Connection) -> None:
    """Make a connection the gift writer's: every statement its own transaction unless BEGIN says otherwise."""
    await conn.set_autocommit(True)
    for setting in _SESSION:
        await conn.execute(setting)
    register(conn)


async def take(conn: Connection, plan: Plan, at: datetime) -> Taken:
    """BEGIN; all senders pay for all their gifts or not at all; rooms give out numbers for the paid gifts."""
    params = {
        "month": month_of(at),
        "at": at,
        "senders": uuids(plan.senders),
        "coins": bigints(plan.coins),
        "firsts": integers(plan.firsts),
        "lasts": integers(plan.lasts),
        "rooms": uuids([item.room for item in plan.items]),
    }
    async with conn.pipeline():
        await conn.execute("BEGIN")
        cursor = await conn.cursor(binary=True).execute(_TAKE, params, prepare=True)
    index = {first: index for index, first in enumerate(plan.firsts)}
    found = await cursor.fetchall()
    return Taken(
        paid={index[row[1]]: Paid._make(row[1:]) for row in found if row[0] is None},
        last_seqs={row[0]: row[2] for row in found if row[0] is not None},
    )


async def write(conn: Connection, sealed: Sealed) -> None:
    """Give the recipients their diamonds, write the gifts and the batch, COMMIT.

    An id that is in the journal already, or a number that the lane has already, is a UniqueViolation; the server then
    skips the rest of the pipeline, the COMMIT too.
    """
    milli: dict[bytes, int] = {}
    for item in sealed.items:
        milli[item.recipient] = milli.get(item.recipient, 0) + item.request.milli_diamonds
    recipients = sorted(owner for owner, amount in milli.items() if amount)
    amounts = [milli[owner] for owner in recipients]
    batch = (
        sealed.lane, sealed.no, sealed.prev_hash, sealed.hash, len(sealed.items), sealed.created_at,
    )  # fmt: skip
    async with conn.pipeline():
        if recipients:
            await conn.execute(_RECEIVE, (uuids(recipients), bigints(amounts)), prepare=True)
        await conn.execute(_GIFTS, _gift_columns(sealed), prepare=True)
        await conn.execute(_BATCH, batch, prepare=True)
        await conn.execute("COMMIT")


def _gift_columns(sealed: Sealed) -> dict[str, object]:
    items, entries = sealed.items, sealed.entries
    requests = [item.request for item in items]
    streaks = [r.streak_id.bytes if r.streak_id is not None else None for r in requests]
    return {
        "at": sealed.created_at,
        "no": sealed.no,
        "lane": sealed.lane,
        "sender": uuids([item.sender for item in items]),
        "id": uuids([item.id for item in items]),
        "recipient": uuids([item.recipient for item in items]),
        "room": uuids([item.room for item in items]),
        "seq": bigints([entry.seq for entry in entries]),
        "paid": bigints([entry.coins_paid for entry in entries]),
        "bonus": bigints([entry.coins_bonus for entry in entries]),
        "before": bigints([entry.spent_before for entry in entries]),
        "milli": bigints([request.milli_diamonds for request in requests]),
        "count": integers([request.count for request in requests]),
        "type": integers([request.gift_type_no for request in requests]),
        "share": smallints([request.share_id for request in requests]),
        "hold": smallints([entry.hold_days for entry in entries]),
        "streak": uuids(streaks),
        "message": texts([request.message for request in requests]),
        "salt": byteas([item.salt for item in items]),
        "digest": byteas([item.digest for item in items]),
    }


def names_gift_key(error: Error) -> bool:
    """Whether an error says that a gift's id is in the journal already (each partition has its own key)."""
    name = error.diag.constraint_name or ""
    return name.startswith("gift_") and name.endswith("_pkey")


async def roll_back(conn: Connection) -> None:
    await conn.execute("ROLLBACK")
