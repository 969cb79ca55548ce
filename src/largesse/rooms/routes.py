"""Streams and posts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from largesse.identity import CurrentCreator, CurrentUser, PublicUser
from largesse.realtime import Stream, Supporter
from largesse.rooms import changing, invitations, posts, streams
from largesse.rooms.playback import checked_playback
from largesse.rooms.schemas import (
    ChangeStream,
    CreatePost,
    EventPage,
    InvitationPage,
    Invite,
    Post,
    StartStream,
)
from largesse.services import ServicesDep
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit, PathId

router = APIRouter(prefix="/v1", tags=["rooms"])

Cursor = Annotated[str | None, Query(max_length=100)]
After = Annotated[int, Query(ge=0, le=2**63 - 1)]


@router.get("/streams")
async def get_streams(
    services: ServicesDep,
    user: PublicUser,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[Stream]:
    """Live streams that you may enter, most viewers first."""
    return await streams.list_streams(services, user, cursor, limit)


@router.get("/creator/streams")
async def get_own_streams(
    user: CurrentCreator,
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[Stream]:
    """My streams, live or ended, newest first."""
    return await streams.list_own_streams(services, user, cursor, limit)


@router.post("/streams", status_code=201)
async def post_stream(body: StartStream, user: CurrentCreator, services: ServicesDep) -> Stream:
    """Go live."""
    playback = checked_playback(body.playback, services.settings)
    return await streams.start_stream(services, user, body.title, body.visibility, playback)


@router.get("/streams/{id}")
async def get_stream(stream_id: PathId, services: ServicesDep) -> Stream:
    """One stream, live or ended."""
    return await streams.get_stream(services, stream_id)


@router.patch("/streams/{id}")
async def patch_stream(
    stream_id: PathId, body: ChangeStream, user: CurrentUser, services: ServicesDep
) -> Stream:
    """Change the title or picture of one's live stream."""
    return await changing.change_stream(services, user, stream_id, body)


@router.post("/streams/{id}/end")
async def end_stream(stream_id: PathId, user: CurrentUser, services: ServicesDep) -> Stream:
    """End one's stream."""
    return await streams.end_stream(services, user, stream_id)


@router.get("/streams/{id}/invitations")
async def get_invitations(
    stream_id: PathId,
    user: CurrentUser,
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> InvitationPage:
    """Who is invited to one's stream."""
    return await invitations.invitations(services, user, stream_id, cursor, limit)


@router.post("/streams/{id}/invitations")
async def post_invitations(
    stream_id: PathId, body: Invite, user: CurrentUser, services: ServicesDep
) -> InvitationPage:
    """Invite people to one's live stream; the answer names those of this request."""
    return await invitations.invite(services, user, stream_id, body.user_ids)


@router.delete("/streams/{id}/invitations/{user_id}", status_code=204)
async def delete_invitation(
    stream_id: PathId, user_id: UUID, user: CurrentUser, services: ServicesDep
) -> None:
    """Take an invitation back; who is inside is shown out."""
    await invitations.uninvite(services, user, stream_id, user_id)


@router.get("/streams/{id}/events")
async def get_events(
    stream_id: PathId,
    services: ServicesDep,
    after: After = 0,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
) -> EventPage:
    """The room's log: `after` is the last number seen."""
    return await streams.list_events(services, stream_id, after, limit)


@router.get("/streams/{id}/supporters")
async def get_stream_supporters(
    stream_id: PathId, services: ServicesDep, limit: PageLimit | None = None
) -> Page[Supporter]:
    """Who gave most in this stream."""
    return await streams.list_stream_supporters(services, stream_id, limit)


@router.get("/posts")
async def get_posts(
    services: ServicesDep, limit: PageLimit = PAGE_LIMIT_DEFAULT, cursor: Cursor = None
) -> Page[Post]:
    """Posts, newest first."""
    return await posts.list_posts(services, cursor, limit)


@router.post("/posts", status_code=201)
async def post_post(body: CreatePost, user: CurrentCreator, services: ServicesDep) -> Post:
    """Publish a post."""
    return await posts.create_post(services, user, body.caption)


@router.get("/posts/{id}")
async def get_post(post_id: PathId, services: ServicesDep) -> Post:
    """One post."""
    return await posts.get_post(services, post_id)


@router.get("/posts/{id}/supporters")
async def get_post_supporters(
    post_id: PathId, services: ServicesDep, limit: PageLimit | None = None
) -> Page[Supporter]:
    """Who gave most on this post."""
    return await posts.list_post_supporters(services, post_id, limit)
