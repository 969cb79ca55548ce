"""The bus in SQL: PostgreSQL's own notifications."""

from largesse.db import Connection

_CHANNEL = "largesse_rooms"


async def listen(conn: Connection) -> None:
    """From now on this session hears what others tell."""
    await conn.execute(f"LISTEN {_CHANNEL}")


async def notify(conn: Connection, message: str) -> None:
    """Tell every listening session, this process's own too."""
    await conn.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, message))


async def answer_early(conn: Connection) -> None:
    """Notices survive no crash anyway: their transactions need not wait for the disk."""
    await conn.execute("SET synchronous_commit = off")
