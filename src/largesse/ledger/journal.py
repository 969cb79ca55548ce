"""Stored gifts."""

from uuid import UUID

from largesse.db import ReadConnection
from largesse.ledger.model import GiftRow


async def find_gift(conn: ReadConnection, sender_id: UUID, id: UUID) -> GiftRow | None:
    """The stored gift with this id."""
    raise NotImplementedError
