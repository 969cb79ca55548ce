"""Plain SQL in 0008_finance.sql."""

from largesse.migrate import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql("0008_finance.sql")
