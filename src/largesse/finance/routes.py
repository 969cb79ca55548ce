"""The route of receipts."""

from fastapi import APIRouter

from largesse.finance import receipts
from largesse.finance.schemas import GiftReceipt
from largesse.identity import CurrentUser
from largesse.services import ServicesDep
from largesse.types import PathId

router = APIRouter(prefix="/v1", tags=["finance"])


@router.get("/gifts/{id}/receipt")
async def get_receipt(id: PathId, user: CurrentUser, services: ServicesDep) -> GiftReceipt:
    """What a gift's coins cost and where the money went, for its sender; what it earned, for its recipient."""
    return await receipts.receipt(services, user, id)
