"""Paid messages and cheers in a stream."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from largesse import messages
from largesse.gifts import SentGift
from largesse.identity import CurrentUser
from largesse.messages import HeldMessage, MessageOrder, MessageReceipt, message_receipt
from largesse.realtime import PaidMessageEvent
from largesse.rooms import streams
from largesse.services import ServicesDep
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit, PathId

router = APIRouter(prefix="/v1", tags=["messages"])

_SEQ_MAX = 2**63 - 1
Seq = Annotated[int, Path(ge=1, le=_SEQ_MAX)]
After = Annotated[int, Query(ge=0, le=_SEQ_MAX)]


@router.post("/streams/{id}/paid-messages", status_code=201)
async def post_paid_message(
    room_id: PathId,
    body: MessageOrder,
    user: CurrentUser,
    services: ServicesDep,
    response: Response,
) -> MessageReceipt:
    """Pay for a message. The same id and body again: the same message, with status 200."""
    target = await streams.stream_target(services, user, room_id)
    return _receipt(await messages.send_paid_message(services, user, target, body), response)


@router.post("/streams/{id}/cheers", status_code=201)
async def post_cheer(
    room_id: PathId,
    body: MessageOrder,
    user: CurrentUser,
    services: ServicesDep,
    response: Response,
) -> MessageReceipt:
    """Say something with cheer marks in it. The same id and body again: the same cheer, with status 200."""
    target = await streams.stream_target(services, user, room_id)
    return _receipt(await messages.send_cheer(services, user, target, body), response)


def _receipt(sent: SentGift, response: Response) -> MessageReceipt:
    if sent.entry.duplicate:
        response.status_code = 200
    return message_receipt(sent)


@router.get("/streams/{id}/held-messages")
async def get_held_messages(
    room_id: PathId,
    user: CurrentUser,
    services: ServicesDep,
    after: After = 0,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
) -> Page[HeldMessage]:
    """Paid messages that wait for a moderator, the oldest first. `next_cursor` is the `after` that continues."""
    return await messages.list_held(services, user, room_id, after, limit)


@router.post("/streams/{id}/messages/{seq}/approve")
async def approve_message(
    room_id: PathId, seq: Seq, user: CurrentUser, services: ServicesDep
) -> PaidMessageEvent:
    """Show what a held message says. Again changes nothing."""
    return await messages.approve(services, user, room_id, seq)
