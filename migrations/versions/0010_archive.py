"""Plain SQL in 0010_archive.sql."""

from largesse.migrate import run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql("0010_archive.sql")
