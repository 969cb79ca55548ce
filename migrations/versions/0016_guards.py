"""Plain SQL in 0016_guards.sql."""

from largesse.migrate import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql("0016_guards.sql")
