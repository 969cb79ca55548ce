"""Who gave most to a creator."""

from datetime import timedelta
from uuid import UUID

from largesse import identity, outbox
from largesse.creators.schemas import CreatorSupporter, CreatorSupporters
from largesse.db import ReadConnection
from largesse.types import now


async def top_supporters(
    conn: ReadConnection, creator_id: UUID, *, days: int, limit: int
) -> CreatorSupporters:
    """By what they gave in the last `days` calendar days (UTC), with today."""
    since = now().date() - timedelta(days=days - 1)
    coins = await outbox.top_supporters(conn, creator_id, since, limit)
    people = await identity.persons(conn, list(coins))
    items = [
        CreatorSupporter(rank=rank, user=people[user_id], coins=coins[user_id])
        for rank, user_id in enumerate(coins, start=1)
        if user_id in people
    ]
    return CreatorSupporters(days=days, items=items)
