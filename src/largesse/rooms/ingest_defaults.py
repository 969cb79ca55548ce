"""How a creator's media server opens streams."""

from uuid import UUID

from largesse import identity
from largesse.db import ReadConnection
from largesse.identity import User
from largesse.rooms import door_queries, queries
from largesse.rooms.defaults import stream_rule
from largesse.rooms.model import TITLE_CHARACTERS_MAX, IngestDefault
from largesse.rooms.playback import checked_playback
from largesse.rooms.schemas import IngestOpening, IngestOpeningView, IngestView
from largesse.rooms.words import bounded_text
from largesse.services import Services
from largesse.types import now


async def opening(conn: ReadConnection, creator_id: UUID) -> IngestDefault:
    """What the creator has set; else as his last stream was, or with his name as its title."""
    stored = await door_queries.ingest_default(conn, creator_id)
    if stored is not None:
        return stored
    last = await queries.streams_of(conn, creator_id, before_id=None, limit=1)
    if last:
        return IngestDefault(creator_id, last[0].title, last[0].visibility)
    people = await identity.persons(conn, [creator_id])
    return IngestDefault(creator_id, f"{people[creator_id].display_name} live")


async def view(services: Services, user: User) -> IngestView:
    """What the creator knows of his key and how it opens streams."""
    async with services.db.read() as conn:
        key = await door_queries.ingest_key(conn, user.id)
        wanted = await opening(conn, user.id)
        rule = await stream_rule(conn)
    return IngestView(
        key_made_at=key.created_at if key else None,
        opening=IngestOpeningView(
            title=wanted.title, visibility=wanted.visibility, playback=wanted.playback
        ),
        grace_s=rule.ingest_grace_s,
    )


async def put_opening(services: Services, user: User, body: IngestOpening) -> IngestView:
    """Store how streams open from now on."""
    playback = checked_playback(body.playback, services.settings)
    given = IngestDefault(
        creator_id=user.id,
        title=bounded_text(body.title, "title", TITLE_CHARACTERS_MAX),
        visibility=body.visibility,
        hls_url=playback.hls_url if playback else None,
        whep_url=playback.whep_url if playback else None,
    )
    async with services.db.transaction() as conn:
        await door_queries.put_ingest_default(conn, given, now())
    return await view(services, user)
