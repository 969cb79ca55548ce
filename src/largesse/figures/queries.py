"""Figures by the moment from which they hold, in SQL. Names of tables and columns come from the models alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row

from largesse.db import Connection, ReadConnection


async def lock(conn: Connection) -> None:
    """Who schedules figures waits for others who do, until their transactions end."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('rules', 0))")


async def starts(conn: ReadConnection, tables: Sequence[str]) -> list[datetime]:
    """The moments from which something in these tables holds, the oldest first."""
    each = [sql.SQL("SELECT valid_from FROM {}").format(sql.Identifier(name)) for name in tables]
    query = sql.SQL(" UNION ").join(each) + sql.SQL(" ORDER BY 1")
    return [row[0] for row in await (await conn.execute(query)).fetchall()]


async def rows_at(
    conn: ReadConnection, table: str, columns: Sequence[str], at: datetime, order: str
) -> list[dict[str, Any]]:
    """What a table holds at a moment, in the order of a column."""
    query = sql.SQL(
        "SELECT {columns} FROM {table} WHERE valid_from ="
        " (SELECT max(valid_from) FROM {table} WHERE valid_from <= %s) ORDER BY {order}"
    ).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        table=sql.Identifier(table),
        order=sql.Identifier(order),
    )
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, (at,))
        return await cursor.fetchall()


async def insert(conn: Connection, table: str, row: Mapping[str, Any]) -> None:
    """Add a row."""
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )
    await conn.execute(query, row)


async def delete_from(conn: Connection, table: str, valid_from: datetime) -> None:
    """Take out what would hold from a moment on."""
    query = sql.SQL("DELETE FROM {} WHERE valid_from = %s").format(sql.Identifier(table))
    await conn.execute(query, (valid_from,))
