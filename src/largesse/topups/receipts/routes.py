"""The route of purchases' receipts."""

from typing import Annotated

from fastapi import APIRouter, Header, Query

from largesse.identity import CurrentUser
from largesse.services import ServicesDep
from largesse.topups.receipts import service
from largesse.topups.receipts.schemas import PurchaseReceipt
from largesse.types import PathId

router = APIRouter(prefix="/v1", tags=["top-ups"])


@router.get("/orders/{id}/receipt")
async def get_receipt(
    services: ServicesDep,
    user: CurrentUser,
    order_id: PathId,
    locale: Annotated[str | None, Query(max_length=100)] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> PurchaseReceipt:
    """The receipt of a credited order with its tax, in the wanted locale (else the browser's, else en-US)."""
    wanted = locale or (accept_language or "")[:200]
    return await service.receipt_of(services, user, order_id, wanted_locale=wanted)
