"""Plain SQL in 0021_recognition.sql."""

from largesse.migrate import run_sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_sql("0021_recognition.sql")
