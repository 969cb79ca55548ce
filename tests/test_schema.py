"""The schema is what schema.sql says, and keeps the rules that let it grow past one machine."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.script import ScriptDirectory

from largesse.migrate import migrate, migrations_dir
from largesse.schema import dump_schema

ROOT = Path(__file__).resolve().parents[1]
Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url) as connection:
        yield connection


def _tables(conn: Connection) -> dict[str, str | None]:
    """Each table's distribution column; None for a reference table."""
    rows = conn.execute(
        "SELECT c.relname, obj_description(c.oid) FROM pg_class c"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        "   AND c.relname <> 'alembic_version'"
    ).fetchall()
    found: dict[str, str | None] = {}
    for name, comment in rows:
        spread = re.match(r"(reference|distributed by (\w+))", comment or "")
        assert spread, (
            f"{name} does not say how it is spread: comment 'distributed by COLUMN' or 'reference'"
        )
        found[name] = spread.group(2)
    return found


def test_schema_sql_is_what_the_migrations_make(database_url: str) -> None:
    kept = (ROOT / "migrations" / "schema.sql").read_text()
    assert dump_schema(database_url) == kept, "run `largesse schema > migrations/schema.sql`"


def test_a_database_of_the_newest_schema_is_left_alone(
    database_url: str, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    revisions = ScriptDirectory(str(migrations_dir()))
    assert conn.execute("SELECT version_num FROM alembic_version").fetchone() == tuple(
        revisions.get_heads()
    )
    upgraded: list[str] = []
    monkeypatch.setattr("alembic.command.upgrade", lambda _, to: upgraded.append(to))
    migrate(database_url)
    assert upgraded == []
    conn.execute("UPDATE alembic_version SET version_num = '0001'")
    conn.commit()
    migrate(database_url)
    assert upgraded == ["head"]


def test_every_unique_key_of_a_large_table_holds_its_distribution_column(conn: Connection) -> None:
    tables = _tables(conn)
    keys = conn.execute(
        "SELECT t.relname, i.relname, array_agg(a.attname::text) FROM pg_index x"
        " JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey)"
        " WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace GROUP BY 1, 2"
    ).fetchall()
    assert keys
    for table, index, columns in keys:
        column = tables.get(table)
        assert column is None or column in columns, f"{index} lacks {table}.{column}"


def test_no_foreign_key_joins_two_large_tables(conn: Connection) -> None:
    tables = _tables(conn)
    pairs = conn.execute(
        "SELECT c.relname, f.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
        " JOIN pg_class f ON f.oid = k.confrelid WHERE k.contype = 'f'"
        "   AND c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    for table, target in pairs:
        assert tables[table] is None or tables[target] is None, f"{table} refers to {target}"


@pytest.mark.parametrize(
    ("what", "query"),
    [
        (
            "triggers",
            "SELECT tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid"
            " WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace",
        ),
        (
            "deferrable constraints",
            "SELECT conname FROM pg_constraint WHERE condeferrable"
            " AND connamespace = 'public'::regnamespace",
        ),
        (
            "sequences",
            "SELECT relname FROM pg_class WHERE relkind = 'S'"
            " AND relnamespace = 'public'::regnamespace",
        ),
        (
            "floating-point columns",
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('real', 'double precision', 'numeric')",
        ),
    ],
)
def test_the_schema_has_none_of(conn: Connection, what: str, query: str) -> None:
    assert conn.execute(query).fetchall() == [], f"no {what} in the schema"


def test_balance_has_no_index_but_its_key_and_room_for_hot_updates(conn: Connection) -> None:
    indexes = conn.execute(
        "SELECT indexname FROM pg_indexes WHERE tablename = 'balance'"
    ).fetchall()
    options = conn.execute("SELECT reloptions FROM pg_class WHERE relname = 'balance'").fetchone()
    assert indexes == [("balance_pkey",)]
    assert options == (["fillfactor=60"],)


def test_money_and_coin_columns_are_bigint(conn: Connection) -> None:
    rows = conn.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND (column_name LIKE '%\\_minor' OR column_name IN"
        " ('amount', 'coins', 'coins_paid', 'coins_bonus', 'milli_diamonds', 'spent_before', 'turnover'))"
        " AND table_name IN (SELECT relname FROM pg_class WHERE relkind = 'r')"
    ).fetchall()
    assert rows
    assert [row for row in rows if row[2] != "bigint"] == []
