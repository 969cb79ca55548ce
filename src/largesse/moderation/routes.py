"""Routes for those who keep rooms: by stream for the creator and moderators, by `creator` for the creator himself."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from largesse.identity import CurrentCreator, CurrentUser
from largesse.moderation import listing, messages, people, rulebook
from largesse.moderation.port import place_of
from largesse.moderation.schemas import (
    SEQ_MAX,
    BanView,
    ChatRulesView,
    ModeratorView,
    MuteBody,
    MuteView,
    PinBody,
    PinView,
    PutChatRules,
    RemovedView,
    UserBody,
)
from largesse.services import Services, ServicesDep
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit, PathId

router = APIRouter(prefix="/v1", tags=["moderation"])

PathSeq = Annotated[int, Path(alias="seq", ge=1, le=SEQ_MAX)]
PathUser = Annotated[UUID, Path(alias="user_id")]
After = Annotated[UUID | None, Query(alias="cursor")]


async def _creator_of(services: Services, stream_id: UUID) -> UUID:
    async with services.db.read() as conn:
        return (await place_of(conn, stream_id)).creator_id


# --- messages


@router.post("/streams/{id}/messages/{seq}/remove")
async def remove_message(
    stream_id: PathId, seq: PathSeq, user: CurrentUser, services: ServicesDep
) -> RemovedView:
    """Take the text of a message, or of a gift's message, away for good; coins stay given. Again changes nothing."""
    await messages.remove(services, user, stream_id, seq)
    return RemovedView(seq=seq, removed=True)


@router.post("/streams/{id}/pins")
async def pin_message(
    stream_id: PathId, body: PinBody, user: CurrentUser, services: ServicesDep
) -> PinView:
    """Put a message on top of the chat, in place of the one before. Again changes nothing."""
    await messages.pin(services, user, stream_id, body.seq)
    return PinView(seq=body.seq)


@router.delete("/streams/{id}/pins/{seq}", status_code=204)
async def unpin_message(
    stream_id: PathId, seq: PathSeq, user: CurrentUser, services: ServicesDep
) -> None:
    """Take the pinned message, or a paid message before its time is over, off the top."""
    await messages.unpin(services, user, stream_id, seq)


# --- rules


@router.get("/streams/{id}/chat-rules")
async def get_stream_rules(
    stream_id: PathId, user: CurrentUser, services: ServicesDep
) -> ChatRulesView:
    """The rules of the chats of a stream's creator, with the blocked words; for those who keep them."""
    return await rulebook.get_rules(services, user, await _creator_of(services, stream_id))


@router.put("/streams/{id}/chat-rules")
async def put_stream_rules(
    stream_id: PathId, body: PutChatRules, user: CurrentUser, services: ServicesDep
) -> ChatRulesView:
    """Set rules of the chats of a stream's creator, in all his rooms."""
    return await rulebook.put_rules(services, user, await _creator_of(services, stream_id), body)


@router.get("/creator/chat-rules")
async def get_rules(user: CurrentCreator, services: ServicesDep) -> ChatRulesView:
    """The rules of one's chats, with the blocked words."""
    return await rulebook.get_rules(services, user, user.id)


@router.put("/creator/chat-rules")
async def put_rules(
    body: PutChatRules, user: CurrentCreator, services: ServicesDep
) -> ChatRulesView:
    """Set rules of one's chats, in all rooms."""
    return await rulebook.put_rules(services, user, user.id, body)


# --- mutes


@router.get("/streams/{id}/mutes")
async def get_mutes(
    stream_id: PathId,
    user: CurrentUser,
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: After = None,
) -> Page[MuteView]:
    """Who may not speak in the rooms of a stream's creator now."""
    creator_id = await _creator_of(services, stream_id)
    return await listing.list_mutes(services, user, creator_id, cursor, limit)


@router.post("/streams/{id}/mutes")
async def mute(
    stream_id: PathId, body: MuteBody, user: CurrentUser, services: ServicesDep
) -> MuteView:
    """Let somebody not speak for so long, in all rooms of the creator. Again sets the time anew."""
    creator_id = await _creator_of(services, stream_id)
    muting = await people.mute(services, user, creator_id, body.user_id, body.seconds)
    async with services.db.read() as conn:
        return await listing.mute_view(conn, muting)


@router.delete("/streams/{id}/mutes/{user_id}", status_code=204)
async def unmute(
    stream_id: PathId, target_id: PathUser, user: CurrentUser, services: ServicesDep
) -> None:
    """Let somebody speak again."""
    await people.unmute(services, user, await _creator_of(services, stream_id), target_id)


@router.get("/creator/mutes")
async def get_own_mutes(
    user: CurrentCreator,
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: After = None,
) -> Page[MuteView]:
    """Who may not speak in one's rooms now."""
    return await listing.list_mutes(services, user, user.id, cursor, limit)


@router.delete("/creator/mutes/{user_id}", status_code=204)
async def unmute_own(target_id: PathUser, user: CurrentCreator, services: ServicesDep) -> None:
    """Let somebody speak in one's rooms again."""
    await people.unmute(services, user, user.id, target_id)


# --- bans


@router.get("/streams/{id}/bans")
async def get_stream_bans(
    stream_id: PathId,
    user: CurrentUser,
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: After = None,
) -> Page[BanView]:
    """Who is banned from the rooms of a stream's creator."""
    creator_id = await _creator_of(services, stream_id)
    return await listing.list_bans(services, user, creator_id, cursor, limit)


@router.post("/streams/{id}/bans")
async def ban_in_stream(
    stream_id: PathId, body: UserBody, user: CurrentUser, services: ServicesDep
) -> BanView:
    """Ban somebody from all rooms of a stream's creator. Again changes nothing."""
    return await _ban(services, user, await _creator_of(services, stream_id), body.user_id)


@router.delete("/streams/{id}/bans/{user_id}", status_code=204)
async def unban_in_stream(
    stream_id: PathId, target_id: PathUser, user: CurrentUser, services: ServicesDep
) -> None:
    """Lift a ban."""
    await people.unban(services, user, await _creator_of(services, stream_id), target_id)


@router.get("/creator/bans")
async def get_bans(
    user: CurrentCreator,
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: After = None,
) -> Page[BanView]:
    """Who is banned from one's rooms."""
    return await listing.list_bans(services, user, user.id, cursor, limit)


@router.post("/creator/bans")
async def ban(body: UserBody, user: CurrentCreator, services: ServicesDep) -> BanView:
    """Ban somebody from all one's rooms. Again changes nothing."""
    return await _ban(services, user, user.id, body.user_id)


@router.delete("/creator/bans/{user_id}", status_code=204)
async def unban(target_id: PathUser, user: CurrentCreator, services: ServicesDep) -> None:
    """Lift a ban."""
    await people.unban(services, user, user.id, target_id)


async def _ban(services: Services, user: CurrentUser, creator_id: UUID, target_id: UUID) -> BanView:
    barring = await people.ban(services, user, creator_id, target_id)
    async with services.db.read() as conn:
        return await listing.ban_view(conn, barring)


# --- moderators


@router.get("/streams/{id}/moderators")
async def get_stream_moderators(
    stream_id: PathId,
    user: CurrentUser,
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: After = None,
) -> Page[ModeratorView]:
    """The moderators of a stream's creator."""
    creator_id = await _creator_of(services, stream_id)
    return await listing.list_moderators(services, user, creator_id, cursor, limit)


@router.get("/creator/moderators")
async def get_moderators(
    user: CurrentCreator,
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: After = None,
) -> Page[ModeratorView]:
    """One's moderators."""
    return await listing.list_moderators(services, user, user.id, cursor, limit)


@router.put("/creator/moderators/{user_id}", status_code=204)
async def add_moderator(target_id: PathUser, user: CurrentCreator, services: ServicesDep) -> None:
    """Appoint a moderator of all one's rooms."""
    await people.add_moderator(services, user, user.id, target_id)


@router.delete("/creator/moderators/{user_id}", status_code=204)
async def drop_moderator(target_id: PathUser, user: CurrentCreator, services: ServicesDep) -> None:
    """Dismiss a moderator."""
    await people.drop_moderator(services, user, user.id, target_id)


@router.delete("/streams/{id}/moderators/{user_id}", status_code=204)
async def step_down(
    stream_id: PathId, target_id: PathUser, user: CurrentUser, services: ServicesDep
) -> None:
    """Step down as a moderator; the creator may dismiss one here too."""
    await people.drop_moderator(services, user, await _creator_of(services, stream_id), target_id)
