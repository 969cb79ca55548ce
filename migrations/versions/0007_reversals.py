"""Plain SQL in 0007_reversals.sql."""

from largesse.migrate import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql("0007_reversals.sql")
