"""Goals stay open for as long as their stream goes on: gifts are counted before their month leaves the database."""

from datetime import date

from largesse import ledger
from largesse.db import Database, ReadConnection
from largesse.goals import queries
from largesse.goals.service import count_on
from largesse.outbox import MonthReader


async def _read(db: Database, month: date) -> None:
    """Keep what open goals come to, up to the newest event, where they read gifts of the month."""
    async with db.read() as conn:
        rooms = await queries.rooms_counting(conn, *ledger.month_bounds(month))
    for room_id, seq in rooms:
        await count_on(db, room_id, seq)


async def _needs(conn: ReadConnection, month: date) -> str | None:
    rooms = await queries.rooms_counting(conn, *ledger.month_bounds(month))
    return f"Open goals of stream {rooms[0][0]} have yet to count its gifts." if rooms else None


MONTHS = MonthReader(_read, _needs)
