"""How much one keeper does in a while, over all rooms and processes."""

from largesse import identity
from largesse.db import Connection
from largesse.identity import User
from largesse.moderation import queries
from largesse.moderation.errors import TooManyActs
from largesse.types import now


async def count_act(conn: Connection, user: User) -> None:
    """Count an act that commits; raise TooManyActs instead. Other acts of the same keeper wait for this transaction."""
    limits = await queries.default_at(conn, now())
    bucket = f"acts:{user.id}"
    wait_s = await identity.rate_limited(conn, bucket, limits.acts_max, limits.acts_window_s)
    if wait_s:
        raise TooManyActs(retry_after_s=wait_s)
