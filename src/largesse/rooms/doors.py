"""Who may enter a stream: asked at every way in."""

from dataclasses import replace
from uuid import UUID

from fastapi import Request
from starlette.requests import HTTPConnection

from largesse import identity, moderation
from largesse.db import ReadConnection
from largesse.identity import Role, User
from largesse.realtime import ViewerRole
from largesse.rooms import door_queries
from largesse.rooms.errors import StreamNotFound
from largesse.rooms.model import Door
from largesse.services import services_of

_STREAM_ROUTES = "/v1/streams/{id}"
_STAFF = frozenset({Role.MODERATOR, Role.OPERATOR})
_ALWAYS = frozenset({"creator", "moderator"})


def is_staff(user: User | None) -> bool:
    """Moderators of the platform and operators: they enter every room, and see it listed."""
    return user is not None and not _STAFF.isdisjoint(user.roles)


async def look(conn: ReadConnection, stream_id: UUID, user: User | None) -> Door | None:
    """The door of a stream as this user finds it; None: there is no such stream."""
    door = await door_queries.door(conn, stream_id, user.id if user else None)
    if door is None or door.open or user is None:
        return door
    role = await moderation.role_in(conn, door.creator_id, user)
    return replace(door, open=enters_always(role))


def enters_always(role: ViewerRole) -> bool:
    """They enter these rooms whoever those are for."""
    return role.role in _ALWAYS


async def assert_may_enter(conn: ReadConnection, stream_id: UUID, user: User | None) -> Door:
    """The open door. A stream that is not for the user is to him as if there were none: StreamNotFound."""
    door = await look(conn, stream_id, user)
    if door is None or not door.open:
        raise StreamNotFound
    return door


async def guard_streams(request: HTTPConnection) -> None:
    """A dependency of every router: no route under /v1/streams/{id} answers whom the stream is not for."""
    route = getattr(request.scope.get("route"), "path", "")
    if not route.startswith(_STREAM_ROUTES) or not isinstance(request, Request):
        return
    try:
        stream_id = UUID(request.path_params["id"])
    except ValueError:
        return  # the route words what is wrong with it
    services = services_of(request)
    user = await identity.public_user(request, services)
    async with services.db.read() as conn:
        await assert_may_enter(conn, stream_id, user)
