"""SQL of price books, their packages, and tax rates."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.rows import class_row

from largesse.db import Connection, ReadConnection
from largesse.topups.rows import BookRow, CoinPackage, PriceBook, TaxRate

_BOOK: LiteralString = """
    b.id, b.country, b.channel, b.currency, b.fee_bp, b.valid_from, b.custom_coins_min, b.custom_coins_max,
    b.custom_coins_step
"""
_TAXED: LiteralString = f"""
    SELECT {_BOOK}, t.name AS tax_name, t.rate_bp AS tax_bp, t.inclusive AS tax_inclusive
      FROM price_book b
           JOIN LATERAL (SELECT name, rate_bp, inclusive FROM tax_rate
                          WHERE country = b.country AND valid_from <= %(at)s
                          ORDER BY valid_from DESC LIMIT 1) t ON true
"""
"""Books with their country's tax at a moment; without a tax rate nothing can be sold."""


async def current_book(
    conn: ReadConnection, country: str, channel: str, at: datetime
) -> PriceBook | None:
    """The book of a country and channel that holds at a moment, with the tax of that moment."""
    async with conn.cursor(row_factory=class_row(PriceBook)) as cursor:
        await cursor.execute(
            f"""
            {_TAXED}
             WHERE b.country = %(country)s AND b.channel = %(channel)s AND b.valid_from <= %(at)s
             ORDER BY b.valid_from DESC LIMIT 1
            """,
            {"country": country, "channel": channel, "at": at},
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


async def package_of_product(
    conn: ReadConnection, price_book_id: int, product_id: str
) -> CoinPackage | None:
    """The package that a store sells as this product, in one of its books."""
    async with conn.cursor(row_factory=class_row(CoinPackage)) as cursor:
        await cursor.execute(
            """
            SELECT id, price_book_id, coins, coins_bonus, price_minor, position, product_id
              FROM coin_package WHERE price_book_id = %s AND product_id = %s
            """,
            (price_book_id, product_id),
        )
        return await cursor.fetchone()


async def book(conn: ReadConnection, price_book_id: int, at: datetime) -> PriceBook:
    """A book by id, current or not, with the tax of a moment at which something was sold by it."""
    async with conn.cursor(row_factory=class_row(PriceBook)) as cursor:
        await cursor.execute(f"{_TAXED} WHERE b.id = %(id)s", {"id": price_book_id, "at": at})
        row = await cursor.fetchone()
        assert row is not None, "a package's book exists (foreign key), and so did its tax"
        return row


async def book_row(conn: ReadConnection, price_book_id: int) -> BookRow | None:
    """A book by id as it is stored."""
    async with conn.cursor(row_factory=class_row(BookRow)) as cursor:
        await cursor.execute(f"SELECT {_BOOK} FROM price_book b WHERE b.id = %s", (price_book_id,))
        return await cursor.fetchone()


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


async def insert_book(conn: Connection, row: BookRow) -> bool:
    """Add a book; False when its country and channel have one from that moment on (or its id is taken)."""
    cursor = await conn.execute(
        """
        INSERT INTO price_book (id, country, channel, currency, fee_bp, valid_from, custom_coins_min,
                                custom_coins_max, custom_coins_step)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (
            row.id,
            row.country,
            row.channel,
            row.currency,
            row.fee_bp,
            row.valid_from,
            row.custom_coins_min,
            row.custom_coins_max,
            row.custom_coins_step,
        ),
    )
    return cursor.rowcount == 1


async def any_tax_rate(conn: ReadConnection) -> bool:
    """Whether tax rates were filled."""
    cursor = await conn.execute("SELECT EXISTS (SELECT FROM tax_rate)")
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def insert_tax_rate(conn: Connection, rate: TaxRate) -> bool:
    """Add a rate; False when its country has one from that moment on."""
    cursor = await conn.execute(
        """
        INSERT INTO tax_rate (country, name, rate_bp, inclusive, valid_from)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (rate.country, rate.name, rate.rate_bp, rate.inclusive, rate.valid_from),
    )
    return cursor.rowcount == 1


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
