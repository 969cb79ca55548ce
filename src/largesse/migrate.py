"""Brings a database to the newest schema: plain-SQL revisions, run by Alembic, one at a time.

Alembic is imported by what needs it: it takes a tenth of the start of processes that have nothing to migrate.
"""

from pathlib import Path

import psycopg
from psycopg import errors

_LOCK_KEY = 0x4C415247  # two starting servers migrate one after the other


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
    """Run every revision the database has not seen. Safe to call at each start."""
    if _is_newest(url):
        return
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


def _is_newest(url: str) -> bool:
    """The revisions are numbered, and their files begin with the number."""
    last = max(path.name for path in (migrations_dir() / "versions").glob("[0-9]*.py"))
    with psycopg.connect(url) as conn:
        try:
            found = conn.execute("SELECT version_num FROM alembic_version").fetchone()
        except errors.UndefinedTable:
            return False
    return found is not None and found[0] == last.split("_")[0]
