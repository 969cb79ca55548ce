"""Dumps the schema the migrations make, for schema.sql and the test that compares them."""

import re
import subprocess

from largesse.postgres_binaries import bin_dir

# Lines that differ from run to run or say nothing about the schema.
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*|)$")


def dump_schema(url: str) -> str:
    """The schema `public` of a database as SQL, without ownership, comments of the tool, and settings."""
    done = subprocess.run(  # noqa: S603 - our own binary and arguments
        [
            *(str(bin_dir() / "pg_dump"), "--schema-only", "--no-owner", "--no-privileges"),
            *("--schema=public", "--exclude-table=alembic_version"),
            # Partitions of a month depend on the day.
            *("--exclude-table=gift_2*", "--exclude-table=room_event_2*", f"--dbname={url}"),
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    lines = [line for line in done.stdout.splitlines() if not _NOISE.match(line)]
    return "\n".join(lines) + "\n"
