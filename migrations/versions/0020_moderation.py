"""Plain SQL in 0020_moderation.sql."""

from largesse.migrate import run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql("0020_moderation.sql")
