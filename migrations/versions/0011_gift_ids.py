"""Plain SQL in 0011_gift_ids.sql."""

from largesse.migrate import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql("0011_gift_ids.sql")
