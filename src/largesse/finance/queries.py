"""SQL of the daily close. Coins are valued as `ledger.value_between` does, in numeric: no product overflows."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.finance.model import CurrencyClose, DayGifts, GivenCoins

_COLUMNS: LiteralString = """
    date, currency, coins, revenue_minor, redemption_rate_id, milli_diamonds, bonus_milli_diamonds,
    creator_payable_minor, creator_cost_minor, promotion_cost_minor
"""
# The batches of a day, per lane from its first to its last: leads to rows by their index on (lane, batch_no).
# A clock that was set back only makes this wider; the rows' own time decides.
_SPAN: LiteralString = """
    span AS (SELECT lane, min(no) AS first, max(no) AS last FROM batch
              WHERE created_at >= %(start)s AND created_at < %(end)s GROUP BY lane)
"""
_GIFTS: LiteralString = f"""
    WITH {_SPAN}, given AS (
      SELECT g.* FROM span s JOIN gift g ON g.lane = s.lane AND g.batch_no BETWEEN s.first AND s.last
       WHERE g.created_at >= %(start)s AND g.created_at < %(end)s)
"""
_TRANSFERS: LiteralString = f"""
    WITH {_SPAN}, moved AS (
      SELECT t.* FROM span s JOIN transfer t ON t.lane = s.lane AND t.batch_no BETWEEN s.first AND s.last
       WHERE t.created_at >= %(start)s AND t.created_at < %(end)s AND t.kind <> 'close')
"""


async def coins_given(conn: ReadConnection, start: datetime, end: datetime) -> list[GivenCoins]:
    """Paid coins given in [start, end) and their net value, by the currency of the lots they came from."""
    async with conn.cursor(row_factory=class_row(GivenCoins)) as cursor:
        await cursor.execute(
            f"""
            {_GIFTS}, used AS (
              SELECT l.currency, l.coins_bought, (l.gross_minor - l.tax_minor)::numeric AS net_minor,
                     greatest(g.spent_before, l.start) - l.start + l.position AS first,
                     least(g.spent_before + g.coins_paid, l.start + l.coins) - l.start + l.position AS last
                FROM given g JOIN lot l ON l.owner_id = g.sender_id
                 AND l.start < g.spent_before + g.coins_paid AND l.start + l.coins > g.spent_before)
            SELECT currency, sum(last - first) AS coins,
                   sum(div(net_minor * last, coins_bought) - div(net_minor * first, coins_bought))
                     AS revenue_minor
              FROM used WHERE last > first GROUP BY currency ORDER BY currency
            """,
            {"start": start, "end": end},
        )
        return [
            GivenCoins(row.currency, int(row.coins), int(row.revenue_minor))
            for row in await cursor.fetchall()
        ]


async def day_gifts(conn: ReadConnection, start: datetime, end: datetime) -> DayGifts:
    """What the gifts in [start, end) add up to."""
    cursor = await conn.execute(
        f"""
        {_GIFTS}
        SELECT coalesce(sum(coins_paid), 0), coalesce(sum(milli_diamonds), 0),
               coalesce(sum(div(milli_diamonds::numeric * coins_bonus, coins_paid + coins_bonus)), 0)
          FROM given
        """,
        {"start": start, "end": end},
    )
    row = await cursor.fetchone()
    assert row is not None
    return DayGifts(*(int(value) for value in row))


async def moved_in(
    conn: ReadConnection, start: datetime, end: datetime, asset: str, codes: Sequence[int]
) -> int:
    """What the platform's accounts of an asset gained by transfers in [start, end), without those of the close."""
    cursor = await conn.execute(
        f"""
        {_TRANSFERS}
        SELECT coalesce(sum(CASE WHEN to_code = ANY (%(codes)s) THEN amount ELSE 0 END
                          - CASE WHEN from_code = ANY (%(codes)s) THEN amount ELSE 0 END), 0)
          FROM moved WHERE asset = %(asset)s
        """,
        {"start": start, "end": end, "asset": asset, "codes": list(codes)},
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def first_batch_at(conn: ReadConnection) -> datetime | None:
    """When the journal begins."""
    cursor = await conn.execute("SELECT min(created_at) FROM batch")
    row = await cursor.fetchone()
    return row[0] if row else None


async def closed_range(conn: ReadConnection) -> tuple[date, date] | None:
    """The first and the last closed day; None: no day is closed."""
    cursor = await conn.execute("SELECT min(date), max(date) FROM close_day")
    row = await cursor.fetchone()
    return (row[0], row[1]) if row and row[0] else None


async def closed_day(conn: ReadConnection, day: date) -> list[CurrencyClose]:
    """A closed day by currency; empty when it is not closed."""
    return await _closes(conn, "WHERE date = %s ORDER BY currency", (day,))


async def payout_before(conn: ReadConnection, day: date, currency: str) -> CurrencyClose | None:
    """The last close before a day in a payout currency."""
    found = await _closes(
        conn,
        "WHERE date < %s AND currency = %s AND redemption_rate_id IS NOT NULL ORDER BY date DESC LIMIT 1",
        (day, currency),
    )
    return found[0] if found else None


async def _closes(
    conn: ReadConnection, where: LiteralString, params: Sequence[object]
) -> list[CurrencyClose]:
    async with conn.cursor(row_factory=class_row(CurrencyClose)) as cursor:
        await cursor.execute(f"SELECT {_COLUMNS} FROM close_day {where}", params)
        return await cursor.fetchall()


async def insert_close(
    conn: Connection, row: CurrencyClose, *, entry_id: UUID, at: datetime
) -> bool:
    """Close a day in a currency; False: somebody did already (waits for one who is about to)."""
    cursor = await conn.execute(
        f"""
        INSERT INTO close_day ({_COLUMNS}, entry_id, closed_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (*astuple(row), entry_id, at),
    )
    return cursor.rowcount == 1
