"""Whose stream may be told of in other rooms."""

from uuid import UUID

from largesse import identity
from largesse.db import Database
from largesse.identity import Person
from largesse.rooms import queries


async def public_creator(db: Database, room_id: UUID) -> Person | None:
    """Who is live in a stream that is for everybody; none for any other room, and for posts."""
    async with db.read() as conn:
        stream = await queries.stream(conn, room_id)
        if stream is None or stream.ended_at is not None or stream.visibility != "public":
            return None
        people = await identity.persons(conn, [stream.creator_id])
    return people.get(stream.creator_id)
