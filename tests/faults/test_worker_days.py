"""`largesse worker` is killed while it makes diamonds available and closes days: each happens once."""

import asyncio

from psycopg import sql

from largesse import finance, jobs, ledger
from largesse.finance.service import last_ended
from largesse.types import now
from tests.faults.programs import Program
from tests.faults.test_worker import worker
from tests.finance.books import DAYS, JPY, USD, Books, at
from tests.finance.conftest import books, clock
from tests.ledger.world import Room, gift

__all__ = ["books", "clock", "worker"]

HISTORY_DAYS = 40
HOLD_DAYS = 7
GIFTS_EACH = 4
_TIMEOUT_S = 60
_CLOSED = sql.SQL("SELECT count(DISTINCT date) FROM close_day")
_MATURED = sql.SQL("SELECT count(*) FROM maturity")


async def live_through(books: Books, rooms: list[Room]) -> int:
    """Every day somebody buys, and gives to each creator; the coins that were given."""
    first = last_ended(now()) - (HISTORY_DAYS - 1) * DAYS
    given = 0
    for number in range(HISTORY_DAYS):
        books.clock.moment = at(first + number * DAYS)
        buyer = await books.world.viewer()
        await books.buy(buyer, 100, JPY if number % 3 else USD, hold_days=HOLD_DAYS)
        wishes = [gift(buyer, rooms[step % len(rooms)], 7) for step in range(GIFTS_EACH)]
        await asyncio.gather(*(books.writer.submit(wish) for wish in wishes))
        given += 7 * GIFTS_EACH
    return given


async def ask_for_both(books: Books) -> None:
    """What the worker does by itself at its hours."""
    async with books.db.transaction() as conn:
        await jobs.defer(conn, "creators.mature", timestamp=0)
        await jobs.defer(conn, "finance.close", timestamp=0)


async def count(books: Books, query: sql.SQL) -> int:
    async with books.db.read() as conn:
        row = await (await conn.execute(query)).fetchone()
    assert row is not None
    return int(row[0])


async def work_until(books: Books, worker: Program, query: sql.SQL, wanted: int) -> None:
    async with asyncio.timeout(_TIMEOUT_S):
        while await count(books, query) < wanted:
            assert worker.alive, worker.printed()
            await asyncio.sleep(0.002)


async def test_days_mature_and_close_once(books: Books, worker: Program) -> None:
    rooms = [books.room, await books.world.room(), await books.world.room()]
    given = await live_through(books, rooms)
    for query, wanted in ((_MATURED, 5), (_CLOSED, 15)):
        await ask_for_both(books)
        worker.spawn()
        await work_until(books, worker, query, wanted)
        await worker.kill()
    assert await count(books, _CLOSED) < HISTORY_DAYS, "it was killed in the middle"
    await ask_for_both(books)
    worker.spawn()
    await work_until(books, worker, _CLOSED, HISTORY_DAYS)
    due = HISTORY_DAYS - HOLD_DAYS
    await work_until(books, worker, _MATURED, due * len(rooms))
    assert await worker.stop() == 0
    await assert_books_agree(books, rooms, given)


async def assert_books_agree(books: Books, rooms: list[Room], given: int) -> None:
    yesterday = last_ended(now())
    for number in range(0, HISTORY_DAYS, 7):
        assert (await books.sheet(yesterday - number * DAYS)).mismatches() == []
    async with books.db.read() as conn:
        held = [await ledger.balances(conn, room.recipient_id) for room in rooms]
    pending, available = ledger.Code.DIAMONDS_PENDING, ledger.Code.DIAMONDS_AVAILABLE
    assert sum(each[pending] + each[available] for each in held) == 500 * given
    assert all(each[available] > each[pending] > 0 for each in held)
    first_again = await finance.close_day(books.db, yesterday - HISTORY_DAYS * DAYS + DAYS)
    assert first_again.date == yesterday - (HISTORY_DAYS - 1) * DAYS
