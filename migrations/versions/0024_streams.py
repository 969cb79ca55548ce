"""Plain SQL in 0024_streams.sql."""

from largesse.migrate import run_sql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_sql("0024_streams.sql")
