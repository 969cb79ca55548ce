"""Diamonds whose hold has ended: what is due on a date, and what has become available."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from largesse.db import Connection, ReadConnection

_HOLDS = """
    RECURSIVE bought AS (
      (SELECT hold_days FROM lot ORDER BY hold_days LIMIT 1)
      UNION ALL
      SELECT (SELECT l.hold_days FROM lot l WHERE l.hold_days > bought.hold_days ORDER BY l.hold_days LIMIT 1)
        FROM bought WHERE bought.hold_days IS NOT NULL
    ), hold AS (
      SELECT hold_days AS days FROM bought WHERE hold_days IS NOT NULL UNION SELECT days FROM hold_rule
    )
"""
"""Every hold that a gift can have: those of lots (their index is walked, one to the next) and those of the rules."""


async def due_milli_diamonds(conn: ReadConnection, due_on: date) -> dict[UUID, int]:
    """Milli-diamonds per recipient of all gifts that are due on a date, reversed ones too.

    Reads one day of gifts for each hold: the batches of the day, and their rows by the index on (lane, batch_no).
    """
    cursor = await conn.execute(
        f"WITH {_HOLDS}, day AS ("
        "   SELECT days, (%(due)s::date - days)::timestamp AT TIME ZONE 'UTC' AS start,"
        "          (%(due)s::date - days + 1)::timestamp AT TIME ZONE 'UTC' AS stop FROM hold"
        " ), span AS ("
        "   SELECT d.days, d.start, d.stop, b.lane, min(b.no) AS first, max(b.no) AS last"
        "     FROM day d JOIN batch b ON b.created_at >= d.start AND b.created_at < d.stop AND b.gifts > 0"
        "    GROUP BY d.days, d.start, d.stop, b.lane)"
        " SELECT recipient_id, sum(milli_diamonds) FROM span s CROSS JOIN LATERAL ("
        "   SELECT g.recipient_id, sum(g.milli_diamonds) AS milli_diamonds FROM gift g"
        "    WHERE g.lane = s.lane AND g.batch_no BETWEEN s.first AND s.last"
        "      AND g.hold_days = s.days AND g.created_at >= s.start AND g.created_at < s.stop"
        "    GROUP BY g.recipient_id) given"
        "  GROUP BY recipient_id",
        {"due": due_on},
    )
    return {row[0]: int(row[1]) for row in await cursor.fetchall()}


async def still_pending(
    conn: Connection, due_on: date, recipient_ids: Sequence[UUID]
) -> dict[UUID, int]:
    """Those of some recipients whose diamonds of a date are pending, and the milli-diamonds reversed of these."""
    cursor = await conn.execute(
        "SELECT r.id, coalesce(sum(CASE g.state WHEN 'reversed' THEN g.milli_diamonds"
        "                                       ELSE -g.milli_diamonds END), 0)"
        "  FROM unnest(%(ids)s::uuid[]) AS r (id)"
        "  LEFT JOIN reversed_gift g ON g.recipient_id = r.id AND g.due_on = %(due)s"
        " WHERE NOT EXISTS (SELECT FROM maturity m WHERE m.recipient_id = r.id AND m.due_on = %(due)s)"
        " GROUP BY r.id",
        {"ids": list(recipient_ids), "due": due_on},
    )
    return {row[0]: int(row[1]) for row in await cursor.fetchall()}


async def insert_maturities(
    conn: Connection, due_on: date, amounts: Mapping[UUID, int], *, batch_no: int, at: datetime
) -> None:
    """Say that recipients' diamonds of a date are available."""
    await conn.execute(
        "INSERT INTO maturity (recipient_id, due_on, milli_diamonds, batch_no, created_at)"
        " SELECT id, %s, amount, %s, %s FROM unnest(%s::uuid[], %s::bigint[]) AS m (id, amount)",
        (due_on, batch_no, at, list(amounts.keys()), list(amounts.values())),
    )


async def finish_day(conn: Connection, due_on: date, at: datetime) -> None:
    """Say that everybody's diamonds of a date are available."""
    await conn.execute(
        "INSERT INTO maturity_day (due_on, recipients, milli_diamonds, finished_at)"
        " SELECT %(due)s, count(*), coalesce(sum(milli_diamonds), 0)::bigint, %(at)s"
        "   FROM maturity WHERE due_on = %(due)s ON CONFLICT DO NOTHING",
        {"due": due_on, "at": at},
    )


async def first_open_day(conn: ReadConnection) -> date | None:
    """The day after the last finished one, or the journal's first day; None: the journal is empty."""
    cursor = await conn.execute(
        "SELECT coalesce((SELECT max(due_on) + 1 FROM maturity_day),"
        "                (SELECT min(created_at AT TIME ZONE 'UTC')::date FROM batch))"
    )
    row = await cursor.fetchone()
    assert row is not None
    day: date | None = row[0]
    return day
