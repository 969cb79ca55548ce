"""Routes of thanks, and of what users want to be shown of them."""

from fastapi import APIRouter, Response

from largesse.identity import CurrentUser
from largesse.realtime import ThanksEvent
from largesse.recognition import choices
from largesse.recognition.schemas import RecognitionChoice, ThanksBody
from largesse.recognition.thanks import thank
from largesse.services import ServicesDep
from largesse.types import PathId

router = APIRouter(prefix="/v1", tags=["recognition"])


@router.post("/streams/{id}/thanks", status_code=201)
async def post_thanks(
    stream_id: PathId,
    body: ThanksBody,
    user: CurrentUser,
    services: ServicesDep,
    response: Response,
) -> ThanksEvent:
    """Thank somebody in one's live stream for a gift, paid message or cheer. The same words again: status 200."""
    event, new = await thank(services, user, stream_id, body)
    if not new:
        response.status_code = 200
    return event


@router.get("/me/recognition")
async def get_recognition(user: CurrentUser, services: ServicesDep) -> RecognitionChoice:
    """What is shown of the user."""
    return await choices.show_choice(services, user)


@router.put("/me/recognition")
async def put_recognition(
    body: RecognitionChoice, user: CurrentUser, services: ServicesDep
) -> RecognitionChoice:
    """Choose what is shown of the user."""
    return await choices.choose(services, user, body)
