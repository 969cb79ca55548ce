"""Brings a database to the newest schema: plain-SQL revisions, run by Alembic, one at a time.

Alembic is imported by what needs it: it takes a tenth of the start of processes that have nothing to migrate.
"""

from pathlib import Path

import psycopg
from psycopg import errors

from largesse.db import with_timeout
from largesse.errors import AppError

_LOCK_KEY = 0x4C415247  # two starting servers migrate one after the other


class SchemaUnknown(AppError):
    """The database has a schema that this version does not know."""

    code = "schema_unknown"


class SchemaOutdated(AppError):
    """The database has the schema of an earlier version."""

    code = "schema_outdated"


def migrations_dir() -> Path:
    """The folder of the revisions: inside an installed package, or at the root of a checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "migrations"
    return packaged if packaged.exists() else here.parents[1] / "migrations"


def run_sql(name: str) -> None:
    """Run one plain-SQL file of the migrations folder; called by its revision."""
    from alembic import op

    op.get_bind().exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    cursor = op.get_bind().connection.cursor()
    cursor.execute((migrations_dir() / name).read_bytes())
    cursor.close()


def migrate(url: str) -> None:
    """Run every revision the database has not seen. Safe to call at each start.

    Raises SchemaUnknown where a newer version was here.
    """
    found = schema_number(url)
    _assert_known(found)
    if found == _numbers()[-1]:
        return
    from sqlalchemy.exc import DBAPIError

    try:
        _upgrade(url)
    except DBAPIError as error:
        raise error.orig or error from error  # as those that the database raises elsewhere


def _upgrade(url: str) -> None:
    import sqlalchemy
    from alembic import command
    from alembic.config import Config

    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=sqlalchemy.NullPool
    )
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK_KEY})")
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK_KEY})")
        connection.commit()
    engine.dispose()


def schema_number(url: str) -> str | None:
    """The number of the last revision that a database has seen; None for an empty one."""
    with psycopg.connect(with_timeout(url)) as conn:
        try:
            found = conn.execute("SELECT version_num FROM alembic_version").fetchone()
        except errors.UndefinedTable:
            return None
    return str(found[0]) if found is not None else None


def assert_newest(found: str | None) -> None:
    """Raises SchemaUnknown or SchemaOutdated unless it is the schema of this version."""
    _assert_known(found)
    newest = _numbers()[-1]
    if found is None:
        raise SchemaOutdated(
            "The database has no tables of Largesse. `largesse migrate` makes them."
        )
    if found != newest:
        raise SchemaOutdated(
            f"The database has schema {found}, and this version wants {newest}. End what still runs of the earlier "
            "version, then `largesse migrate`."
        )


def _assert_known(found: str | None) -> None:
    numbers = _numbers()
    if found is not None and found not in numbers:
        raise SchemaUnknown(
            f"The database has schema {found}, and this version knows none after {numbers[-1]}: a newer one was here. "
            "Use that one, or another database."
        )


def _numbers() -> list[str]:
    """The revisions are numbered, and their files begin with the number."""
    files = (migrations_dir() / "versions").glob("[0-9]*.py")
    return sorted(path.name.split("_")[0] for path in files)
