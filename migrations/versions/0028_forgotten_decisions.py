"""Plain SQL in 0028_forgotten_decisions.sql."""

from largesse.migrate import run_sql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    run_sql("0028_forgotten_decisions.sql")
