"""Taking a person out of what this module keeps."""

from collections.abc import Mapping
from uuid import UUID

from largesse.db import Connection
from largesse.moderation import queries


async def forget_person(conn: Connection, user_id: UUID) -> Mapping[str, int]:
    """Moderators, mutes and chat rules of somebody are deleted; bans name nobody but an id, and hold."""
    moderators, mutes, rules = await queries.delete_person(conn, user_id)
    return {"moderator_places": moderators, "mutes": mutes, "chat_rules": rules}
