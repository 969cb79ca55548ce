"""Plain SQL in 0025_exact_bars.sql."""

from largesse.migrate import run_sql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    run_sql("0025_exact_bars.sql")
