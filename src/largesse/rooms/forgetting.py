"""Taking a person out of what this module keeps."""

from collections.abc import Mapping
from uuid import UUID

from largesse.db import Connection
from largesse.rooms import door_queries


async def forget_person(conn: Connection, user_id: UUID) -> Mapping[str, int]:
    """Keys of somebody's media servers, how they open streams, and invitations of his are deleted."""
    keys, openings, invitations = await door_queries.delete_person(conn, user_id)
    return {"ingest_keys": keys, "ingest_openings": openings, "invitations": invitations}
