"""Plain SQL in 0002_identity.sql."""

from largesse.migrate import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql("0002_identity.sql")
