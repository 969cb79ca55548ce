"""Plain SQL in 0023_overlays.sql."""

from largesse.migrate import run_sql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    run_sql("0023_overlays.sql")
