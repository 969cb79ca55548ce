"""Chat over HTTP, for programs; people use the socket."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from largesse.identity import CurrentUser
from largesse.rooms.chat import say
from largesse.services import ServicesDep
from largesse.types import PathId, Schema

router = APIRouter(prefix="/v1", tags=["rooms"])

_TEXT_READ_MAX = 5000
"""Beyond it a text is not even looked at."""


class ChatOrder(Schema):
    """Something to say; `id` is the idempotency key."""

    id: UUID
    text: str = Field(max_length=_TEXT_READ_MAX)


class ChatReceipt(Schema):
    """What was said, and its number in the room."""

    id: UUID
    seq: int


@router.post("/streams/{id}/chat", status_code=201)
async def post_chat(
    stream_id: PathId,
    body: ChatOrder,
    user: CurrentUser,
    services: ServicesDep,
    response: Response,
) -> ChatReceipt:
    """Say something in a stream. The same id and text again: the same message, with status 200."""
    event = await say(services, user, stream_id, id_=body.id, text=body.text)
    if event.duplicate:
        response.status_code = 200
    return ChatReceipt(id=body.id, seq=event.seq)
