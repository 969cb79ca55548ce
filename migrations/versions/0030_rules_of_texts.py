"""Plain SQL in 0030_rules_of_texts.sql."""

from largesse.migrate import run_sql

revision = "0030"
down_revision = "0028"


def upgrade() -> None:
    run_sql("0030_rules_of_texts.sql")
