"""The job queue: procrastinate's own tables and functions, as its schema manager gives them, in schema `jobs`.

The comment on the schema says which release made it, so that a later revision knows where to go on from.
"""

from importlib.metadata import version

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    cursor.execute("SET LOCAL lock_timeout = '5s'")
    cursor.execute("CREATE SCHEMA jobs")
    cursor.execute(f"COMMENT ON SCHEMA jobs IS 'procrastinate {version('procrastinate')}'")
    cursor.execute("SET LOCAL search_path TO jobs")
    cursor.execute(SchemaManager.get_schema())
    cursor.execute("RESET search_path")
    cursor.close()
