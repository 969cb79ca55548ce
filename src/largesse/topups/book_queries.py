"""SQL of price books and packages."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.topups.rows import CoinPackage, PriceBook


async def current_book(
    conn: ReadConnection, country: str, channel: str, at: datetime
) -> PriceBook | None:
    """The book of a country and channel that holds at a moment."""
    async with conn.cursor(row_factory=class_row(PriceBook)) as cursor:
        await cursor.execute(
            """
            SELECT id, country, channel, currency, tax_bp, tax_inclusive, tax_name, fee_bp, valid_from
              FROM price_book
             WHERE country = %s AND channel = %s AND valid_from <= %s
             ORDER BY valid_from DESC LIMIT 1
            """,
            (country, channel, at),
        )
        return await cursor.fetchone()


async def packages_of(conn: ReadConnection, price_book_id: int) -> list[CoinPackage]:
    """The packages of a book, in its order."""
    async with conn.cursor(row_factory=class_row(CoinPackage)) as cursor:
        await cursor.execute(
            """
            SELECT id, price_book_id, coins, coins_bonus, price_minor, position, product_id
              FROM coin_package WHERE price_book_id = %s ORDER BY position
            """,
            (price_book_id,),
        )
        return await cursor.fetchall()


async def package(conn: ReadConnection, package_id: UUID) -> CoinPackage | None:
    """A package by id, of whatever book."""
    async with conn.cursor(row_factory=class_row(CoinPackage)) as cursor:
        await cursor.execute(
            """
            SELECT id, price_book_id, coins, coins_bonus, price_minor, position, product_id
              FROM coin_package WHERE id = %s
            """,
            (package_id,),
        )
        return await cursor.fetchone()


async def book(conn: ReadConnection, price_book_id: int) -> PriceBook:
    """A book by id, current or not."""
    async with conn.cursor(row_factory=class_row(PriceBook)) as cursor:
        await cursor.execute(
            """
            SELECT id, country, channel, currency, tax_bp, tax_inclusive, tax_name, fee_bp, valid_from
              FROM price_book WHERE id = %s
            """,
            (price_book_id,),
        )
        row = await cursor.fetchone()
        assert row is not None, "a package's book exists: foreign key"
        return row


async def price_books_of(
    conn: ReadConnection, user_id: UUID, order_ids: Sequence[UUID]
) -> dict[UUID, int]:
    """The price books that a user's orders were priced by; orders of others are missing."""
    cursor = await conn.execute(
        """
        SELECT id, price_book_id FROM top_up_order WHERE user_id = %s AND id = ANY (%s::uuid[])
        """,
        (user_id, list(order_ids)),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def any_book(conn: ReadConnection) -> bool:
    """Whether price books were filled."""
    cursor = await conn.execute("SELECT EXISTS (SELECT FROM price_book)")
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def insert_book(conn: Connection, row: PriceBook) -> None:
    """Add a book; one that is there stays as it is."""
    await conn.execute(
        """
        INSERT INTO price_book (id, country, channel, currency, tax_bp, tax_inclusive, tax_name, fee_bp,
                                valid_from)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (
            row.id,
            row.country,
            row.channel,
            row.currency,
            row.tax_bp,
            row.tax_inclusive,
            row.tax_name,
            row.fee_bp,
            row.valid_from,
        ),
    )


async def insert_packages(conn: Connection, rows: list[CoinPackage]) -> None:
    """Add the packages of books."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            """
            INSERT INTO coin_package (id, price_book_id, coins, coins_bonus, price_minor, position, product_id)
            VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            [
                (
                    row.id,
                    row.price_book_id,
                    row.coins,
                    row.coins_bonus,
                    row.price_minor,
                    row.position,
                    row.product_id,
                )
                for row in rows
            ],
        )
