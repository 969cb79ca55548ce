"""The follower that keeps the rollups: gifts by creator and day, by viewer and month, by room and supporter."""

from largesse.db import Database
from largesse.outbox.followers import Follower, read_all
from largesse.outbox.queries import rollups, watermarks

ROLLUPS = Follower("rollups", rollups.add)
FOLLOWERS = (ROLLUPS,)
"""All there are."""


async def catch_up(db: Database) -> None:
    """Bring every follower to the end of the journal."""
    await read_all(db, FOLLOWERS)


async def rebuild(db: Database) -> None:
    """Read the journal again from its beginning. Answers stay right meanwhile, and are slower."""
    async with db.transaction() as conn:
        await watermarks.restart(conn, ROLLUPS.name)
        await rollups.clear(conn)
        await rollups.add_archived(conn)
    await catch_up(db)
