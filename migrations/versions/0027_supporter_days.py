"""Plain SQL in 0027_supporter_days.sql."""

from largesse.migrate import run_sql

revision = "0027"
down_revision = "0025"


def upgrade() -> None:
    run_sql("0027_supporter_days.sql")
