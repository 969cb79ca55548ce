"""The statements of a batch of gifts: two round trips, the first of them together with the batch before.

See docs/adr/0003-journal.md.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString

from psycopg import Error

from largesse.db import Connection
from largesse.ledger import chain
from largesse.ledger.arrays import (
    bigint,
    bigints,
    booleans,
    booleans_at,
    integer,
    integers,
    smallint,
    smallints,
    uuids,
)
from largesse.ledger.model import month_of
from largesse.ledger.pipeline import Answer, Pipeline
from largesse.ledger.plan import Columns, Part, Plan
from largesse.ledger.sealing import Sealed, Taken

# Nested loops keep the order of the sorted arrays, and with it the order of the row locks.
_SESSION: Sequence[LiteralString] = (
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET enable_seqscan = off",
    "SET enable_bitmapscan = off",
    "SET plan_cache_mode = force_generic_plan",
    "SET jit = off",
)

# Senders are looked up one by one. With `code` a constant, a table without statistics, as a new one is, would be read
# from end to end for each batch: the planner takes so few rows to have that code.
_PAY: Final = """
PREPARE gifts_pay (integer, timestamptz, uuid[], bigint[], integer[], boolean[]) AS
UPDATE balance b
   SET amount = b.amount - (d.coins - least(b.bonus, d.coins)),
       turnover = b.turnover + (d.coins - least(b.bonus, d.coins)),
       bonus = b.bonus - least(b.bonus, d.coins),
       bonus_turnover = b.bonus_turnover + least(b.bonus, d.coins),
       bonus_taken = least(b.bonus, d.coins),
       first_named = d.named AND NOT b.gave_named,
       gave_named = d.named OR b.gave_named,
       month = greatest(b.month, $1),
       month_spent = CASE WHEN b.month >= $1 THEN b.month_spent ELSE 0 END + d.coins,
       budget = CASE WHEN b.budget_next_at <= $2 THEN b.budget_next ELSE b.budget END,
       budget_next = CASE WHEN b.budget_next_at <= $2 THEN NULL ELSE b.budget_next END,
       budget_next_at = CASE WHEN b.budget_next_at <= $2 THEN NULL ELSE b.budget_next_at END
  FROM (SELECT owner_id, coins, place, named, 1::smallint AS code
          FROM unnest($3, $4, $5, $6) AS n (owner_id, coins, place, named) OFFSET 0) AS d
 WHERE b.owner_id = d.owner_id AND b.code = d.code
   AND NOT b.frozen
   AND b.amount >= d.coins - b.bonus
   AND CASE WHEN b.month >= $1 THEN b.month_spent ELSE 0 END <= coalesce(
         CASE WHEN b.budget_next_at <= $2 THEN b.budget_next ELSE b.budget END,
         9223372036854775807) - d.coins
RETURNING d.place, b.amount, b.bonus, b.turnover, b.bonus_taken, b.month_spent, b.hold_days,
          b.budget, b.budget_next, b.budget_next_at, b.bars, b.first_named
"""

_SEAT: Final = """
PREPARE gifts_seat (uuid[], bigint[]) AS
UPDATE room r SET last_seq = last_seq + n.gifts
  FROM unnest($1, $2) AS n (room_id, gifts)
 WHERE r.id = n.room_id AND r.open AND r.gifting
RETURNING uuid_send(r.id), r.last_seq, r.rules_no
"""

_RECEIVE: Final = """
PREPARE gifts_receive (uuid[], bigint[]) AS
INSERT INTO balance (owner_id, code, amount)
SELECT owner_id, 10, amount FROM unnest($1, $2) AS r (owner_id, amount)
ON CONFLICT (owner_id, code) DO UPDATE SET amount = balance.amount + excluded.amount
"""

_WRITE: Final = """
PREPARE gifts_write (timestamptz, smallint, bigint,
                     uuid[], uuid[], uuid[], uuid[], bigint[], bigint[], bigint[], bigint[], bigint[],
                     integer[], integer[], smallint[], smallint[], uuid[], text[], bytea[], bytea[],
                     boolean[], boolean[]) AS
INSERT INTO gift (sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before,
                  milli_diamonds, created_at, batch_no, count, gift_type_no, lane, share_id,
                  hold_days, streak_id, message, message_salt, message_digest, anonymous, first_ever)
SELECT sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before,
       milli_diamonds, $1, $3, count, gift_type_no, $2, share_id,
       hold_days, streak_id, message, message_salt, message_digest, anonymous, first_ever
  FROM unnest($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
              $21, $22)
    AS g (sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before,
          milli_diamonds, count, gift_type_no, share_id, hold_days, streak_id, message,
          message_salt, message_digest, anonymous, first_ever)
"""

_SEAL: Final = """
PREPARE gifts_seal (smallint, bigint, bytea, bytea, integer, timestamptz) AS
INSERT INTO batch (lane, no, prev_hash, hash, gifts, transfers, created_at)
VALUES ($1, $2, $3, $4, $5, 0, $6)
"""
_EPOCH_US = 946_684_800_000_000  # 2000-01-01, where PostgreSQL's binary times begin


async def open_session(conn: Connection) -> Pipeline:
    """Make a connection the gift writer's: every statement its own transaction unless BEGIN says otherwise."""
    await conn.set_autocommit(True)
    conn.prepare_threshold = (
        None  # or psycopg would, after a ROLLBACK, forget all that is prepared, ours too
    )
    for statement in (*_SESSION, _PAY, _SEAT, _RECEIVE, _WRITE, _SEAL):
        await conn.execute(statement)
    return Pipeline(conn)


def take(pipe: Pipeline, plan: Plan, at: datetime) -> list[Answer]:
    """BEGIN; each sender pays for all of their gifts or for none; rooms give out numbers, as if all had paid.

    An answer for each part of the senders, and one for the rooms.
    """
    pipe.command(b"BEGIN")
    moment = [integer(month_of(at)), _time(at)]
    answers = []
    for part in plan.parts:
        answers.append(pipe.send(b"gifts_pay", [*moment, *_payers(plan, part)]))
        pipe.answer_soon()
    answers.append(_seat(pipe, plan.rooms, plan.seats))
    return answers


def _payers(plan: Plan, part: Part) -> tuple[bytes, bytes, bytes, bytes]:
    first, end = part
    return (
        uuids(plan.senders[first:end]),
        bigints(plan.coins[first:end]),
        integers(range(first, end)),
        booleans(plan.named[first:end]),
    )


def _seat(pipe: Pipeline, rooms: Sequence[bytes], counts: Sequence[int]) -> Answer:
    return pipe.send(b"gifts_seat", [uuids(rooms), bigints(counts)])


async def taken(pipe: Pipeline, plan: Plan, answers: Sequence[Answer]) -> Taken:
    """What `take` comes to. A part is settled while the server works on the next."""
    found = Taken(plan)
    *paid, seated = answers
    for part, answer in zip(plan.parts, paid, strict=True):
        found.settle(part, {row[0]: row[1:] for row in pipe.rows(await answer)})
    rooms = pipe.rows(await seated)
    found.last_seqs = {room: last_seq for room, last_seq, _ in rooms}
    found.rules_nos = {room: rules_no for room, _, rules_no in rooms}
    return found


def vacate(pipe: Pipeline, taken: Taken) -> None:
    """Give back the numbers that were given out for gifts nobody paid for. Answered with what comes after it."""
    vacated = taken.vacate()
    rooms = sorted(vacated)
    _seat(pipe, rooms, [-vacated[room] for room in rooms])


def receive(pipe: Pipeline, columns: Columns) -> Answer:
    """Give the recipients their diamonds: the server's work while the rows are made."""
    answer = pipe.send(b"gifts_receive", [columns.recipients, columns.received])
    pipe.push()
    return answer


def write(pipe: Pipeline, sealed: Sealed) -> list[Answer]:
    """Write the gifts and the batch, COMMIT: an answer for each step.

    An id that is in the journal already, or a number that the lane has already, is a UniqueViolation; the server then
    skips the rest of the group, the COMMIT too.
    """
    columns, rows = sealed.columns, sealed.rows
    gifts = [
        _time(sealed.created_at),
        smallint(sealed.lane),
        bigint(sealed.no),
        columns.senders,
        columns.ids,
        columns.recipient,
        columns.rooms,
        bigints(sealed.seqs),
        bigints(rows.paid),
        bigints(rows.bonus),
        bigints(rows.before),
        columns.milli_diamonds,
        columns.counts,
        columns.types,
        columns.shares,
        smallints(rows.holds),
        columns.streaks,
        columns.messages,
        columns.salts,
        columns.digests,
        columns.anonymous,
        booleans_at(rows.firsts, len(sealed.items)),
    ]
    written = pipe.send(b"gifts_write", gifts)
    pipe.push()
    batch = [
        smallint(sealed.lane),
        bigint(sealed.no),
        sealed.prev_hash,
        sealed.hash,
        integer(len(sealed.items)),
        _time(sealed.created_at),
    ]
    answers = [written, pipe.send(b"gifts_seal", batch), pipe.command(b"COMMIT")]
    pipe.answer_soon()
    return answers


def names_gift_key(error: Error) -> bool:
    """Whether an error says that a gift's id is in the journal already (each partition has its own key)."""
    name = error.diag.constraint_name or ""
    return name.startswith("gift_") and name.endswith("_pkey")


async def roll_back(pipe: Pipeline) -> None:
    await (await pipe.plain()).execute("ROLLBACK")


def _time(moment: datetime) -> bytes:
    return bigint(chain.microseconds(moment) - _EPOCH_US)
