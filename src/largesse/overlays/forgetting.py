"""Taking a person out of what this module keeps."""

from collections.abc import Mapping
from uuid import UUID

from largesse.db import Connection
from largesse.overlays import queries


async def forget_person(conn: Connection, user_id: UUID) -> Mapping[str, int]:
    """Somebody's overlays are deleted: their addresses open nothing any more."""
    return {"overlays": await queries.delete_overlays_of(conn, user_id)}
