"""What coins buy in a chat."""

from fastapi import APIRouter

from largesse.messages.schemas import MessagesView, messages_view
from largesse.services import ServicesDep
from largesse.types import now

router = APIRouter(prefix="/v1", tags=["messages"])


@router.get("/paid-messages")
async def get_paid_messages(services: ServicesDep) -> MessagesView:
    """Tiers of paid messages, tiers and marks of cheers, their limits, and what becomes of the coins."""
    share_bp = (await services.desk.rules()).share.share_bp
    return messages_view(await services.messages.rules(), now(), share_bp)
