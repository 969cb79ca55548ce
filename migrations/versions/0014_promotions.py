"""Plain SQL in 0014_promotions.sql."""

from largesse.migrate import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql("0014_promotions.sql")
