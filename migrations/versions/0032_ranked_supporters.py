"""Plain SQL in 0032_ranked_supporters.sql."""

from largesse.migrate import run_sql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    run_sql("0032_ranked_supporters.sql")
