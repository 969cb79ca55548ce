"""The creator's overlay for streaming software: a secret address that shows public events."""

import secrets
from uuid import UUID

from largesse import identity
from largesse.db import Connection
from largesse.realtime import OverlayState
from largesse.rooms import queries
from largesse.rooms.errors import OverlayNotFound
from largesse.rooms.events import named
from largesse.rooms.schemas import OverlayLink, OverlayView
from largesse.rooms.streams import live_stream
from largesse.services import Services
from largesse.types import now

TOKEN_BYTES = 24
TOKEN_CHARACTERS_MAX = 100


async def overlay_link(services: Services, creator_id: UUID) -> OverlayLink:
    """The address, made at the first call."""
    async with services.db.transaction() as conn:
        token = await queries.overlay_token(conn, creator_id)
        if token is None:
            token = await _new_token(conn, creator_id)
    return _link(services, token)


async def rotate_overlay(services: Services, creator_id: UUID) -> OverlayLink:
    """A new address; the old one stops working at once, open overlays too."""
    async with services.db.transaction() as conn:
        await queries.delete_overlay_tokens(conn, creator_id)
        token = await _new_token(conn, creator_id)
    services.hub.close_overlays(creator_id)
    return _link(services, token)


async def overlay_view(services: Services, token: str) -> OverlayView:
    """What an overlay shows first."""
    async with services.db.read() as conn:
        creator_id = await queries.overlay_creator(conn, token)
        if creator_id is None:
            raise OverlayNotFound
        people = await identity.persons(conn, [creator_id])
        stream = await live_stream(conn, services, creator_id)
    return OverlayView(creator=named(people, creator_id), stream=stream)


async def overlay_state(services: Services, token: str) -> OverlayState | None:
    """The same for a socket; none when the token does not hold."""
    if len(token) > TOKEN_CHARACTERS_MAX or not token.isprintable():
        return None
    try:
        view = await overlay_view(services, token)
    except OverlayNotFound:
        return None
    return OverlayState(creator_id=view.creator.id, stream=view.stream)


async def _new_token(conn: Connection, creator_id: UUID) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await queries.insert_overlay_token(conn, token=token, creator_id=creator_id, created_at=now())
    return token


def _link(services: Services, token: str) -> OverlayLink:
    return OverlayLink(overlay_url=f"{services.settings.base_url}/overlay/{token}", token=token)
