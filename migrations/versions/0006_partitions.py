"""Plain SQL in 0006_partitions.sql."""

from largesse.migrate import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql("0006_partitions.sql")
