"""Partitions by month: which there are, and how one is added under traffic."""

from uuid import UUID

from psycopg.sql import SQL, Identifier, Literal

from largesse.db import Connection, ReadConnection


async def partitions(conn: ReadConnection, table: str) -> set[str]:
    """The partitions that a table has."""
    cursor = await conn.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = %s::regclass",
        (table,),
    )
    return {row[0] for row in await cursor.fetchall()}


async def add_partition(
    conn: Connection, table: str, name: str, lowest: UUID, highest: UUID
) -> None:
    """Attach a new partition for `lowest <= id < highest`, and move in what the default partition has of it.

    ATTACH, unlike CREATE ... PARTITION OF, lets others go on writing into the table.
    """
    names = {
        "name": Identifier(name),
        "table": Identifier(table),
        "rest": Identifier(f"{table}_rest"),
        "lowest": Literal(str(lowest)),
        "highest": Literal(str(highest)),
    }
    comment = await conn.execute("SELECT obj_description(%s::regclass)", (table,))
    row = await comment.fetchone()
    assert row is not None
    await conn.execute(SQL("LOCK TABLE {rest} IN ACCESS EXCLUSIVE MODE").format(**names))
    await conn.execute(SQL("CREATE TABLE {name} (LIKE {table} INCLUDING ALL)").format(**names))
    await conn.execute(
        SQL("COMMENT ON TABLE {name} IS {comment}").format(comment=Literal(row[0]), **names)
    )
    await conn.execute(
        SQL(
            "WITH moved AS (DELETE FROM {rest} WHERE id >= {lowest} AND id < {highest} RETURNING *)"
            " INSERT INTO {name} SELECT * FROM moved"
        ).format(**names)
    )
    await conn.execute(
        SQL(
            "ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({lowest}) TO ({highest})"
        ).format(**names)
    )
