"""Plain SQL in 0018_streaks.sql."""

from largesse.migrate import run_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql("0018_streaks.sql")
