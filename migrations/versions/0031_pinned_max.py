"""Plain SQL in 0031_pinned_max.sql."""

from largesse.migrate import run_sql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    run_sql("0031_pinned_max.sql")
