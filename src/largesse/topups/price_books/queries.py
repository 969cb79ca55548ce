"""SQL of keeping price books and tax rates."""

from datetime import datetime

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.topups.rows import BookRow, CoinPackage, TaxRate

_SHIPPED_ID_MAX = 1000
"""Books that come with the module have numbers up to this."""


async def new_book_id(conn: Connection) -> int:
    """The next number of an operator's book; one at a time until the caller's COMMIT. Only a book that was withdrawn
    before it began, which no order can name, leaves its number to another."""
    await conn.execute("LOCK TABLE price_book IN SHARE ROW EXCLUSIVE MODE")
    cursor = await conn.execute(
        "SELECT greatest(max(id), %s) + 1 FROM price_book", (_SHIPPED_ID_MAX,)
    )
    row = await cursor.fetchone()
    assert row is not None, "an aggregate always answers"
    return int(row[0])


async def books(
    conn: ReadConnection,
    *,
    country: str | None,
    channel: str | None,
    before_id: int | None,
    limit: int,
) -> list[BookRow]:
    """Books, the newest first."""
    async with conn.cursor(row_factory=class_row(BookRow)) as cursor:
        await cursor.execute(
            """
            SELECT id, country, channel, currency, fee_bp, valid_from, custom_coins_min, custom_coins_max,
                   custom_coins_step
              FROM price_book
             WHERE (%(country)s::text IS NULL OR country = %(country)s)
               AND (%(channel)s::text IS NULL OR channel = %(channel)s)
               AND (%(before_id)s::bigint IS NULL OR id < %(before_id)s)
             ORDER BY id DESC LIMIT %(limit)s
            """,
            {"country": country, "channel": channel, "before_id": before_id, "limit": limit},
        )
        return await cursor.fetchall()


async def packages(conn: ReadConnection, book_ids: list[int]) -> list[CoinPackage]:
    """The packages of some books, each book's in its order."""
    async with conn.cursor(row_factory=class_row(CoinPackage)) as cursor:
        await cursor.execute(
            """
            SELECT id, price_book_id, coins, coins_bonus, price_minor, position, product_id
              FROM coin_package WHERE price_book_id = ANY (%s) ORDER BY price_book_id, position
            """,
            (book_ids,),
        )
        return await cursor.fetchall()


async def current_ids(conn: ReadConnection, at: datetime) -> set[int]:
    """The books that hold at a moment, one of each country and channel."""
    cursor = await conn.execute(
        """
        SELECT DISTINCT ON (country, channel) id FROM price_book
         WHERE valid_from <= %s ORDER BY country, channel, valid_from DESC
        """,
        (at,),
    )
    return {int(row[0]) for row in await cursor.fetchall()}


async def delete_scheduled(conn: Connection, book_id: int, after: datetime) -> bool:
    """Delete a book that begins after a moment; False when it begins before."""
    cursor = await conn.execute(
        """
        SELECT id FROM price_book WHERE id = %s AND valid_from > %s FOR UPDATE
        """,
        (book_id, after),
    )
    if await cursor.fetchone() is None:
        return False
    await conn.execute("DELETE FROM coin_package WHERE price_book_id = %s", (book_id,))
    await conn.execute("DELETE FROM price_book WHERE id = %s", (book_id,))
    return True


async def tax_rate(conn: ReadConnection, country: str, at: datetime) -> TaxRate | None:
    """The tax that holds in a country at a moment."""
    async with conn.cursor(row_factory=class_row(TaxRate)) as cursor:
        await cursor.execute(
            """
            SELECT country, name, rate_bp, inclusive, valid_from FROM tax_rate
             WHERE country = %s AND valid_from <= %s ORDER BY valid_from DESC LIMIT 1
            """,
            (country, at),
        )
        return await cursor.fetchone()


async def tax_rates(conn: ReadConnection) -> list[TaxRate]:
    """All rates by country, the newest of each first."""
    async with conn.cursor(row_factory=class_row(TaxRate)) as cursor:
        await cursor.execute(
            "SELECT country, name, rate_bp, inclusive, valid_from FROM tax_rate ORDER BY country, valid_from DESC"
        )
        return await cursor.fetchall()


async def delete_scheduled_rate(
    conn: Connection, country: str, valid_from: datetime, after: datetime
) -> bool:
    """Delete a rate that begins after a moment; False when there is none."""
    cursor = await conn.execute(
        "DELETE FROM tax_rate WHERE country = %s AND valid_from = %s AND valid_from > %s",
        (country, valid_from, after),
    )
    return cursor.rowcount == 1
