"""Routes of looking into orders."""

from typing import Annotated

from fastapi import APIRouter, Query

from largesse.identity import CurrentOperator, CurrentUser
from largesse.services import ServicesDep
from largesse.topups.support import desk, service
from largesse.topups.support.schemas import Inquiry, OperatorInquiry, OperatorOrder
from largesse.types import Page, PathId

router = APIRouter(prefix="/v1", tags=["top-ups"])

_Words = Annotated[str, Query(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]


@router.post("/orders/{id}/check")
async def check_order(services: ServicesDep, user: CurrentUser, order_id: PathId) -> Inquiry:
    """Where are my coins? Asks the provider, mends what can be mended, and explains. Some times a minute per order."""
    return await service.check_own_order(services, user, order_id)


@router.get("/operator/orders")
async def search_orders(
    services: ServicesDep, operator: CurrentOperator, q: _Words
) -> Page[OperatorOrder]:
    """Anybody's orders by order id, the buyer's e-mail address, or the provider's transaction id; newest first."""
    return await desk.search(services, operator.id, q)


@router.post("/operator/orders/{id}/check")
async def check_any_order(
    services: ServicesDep, operator: CurrentOperator, order_id: PathId
) -> OperatorInquiry:
    """The same check of anybody's order, with what it was found from."""
    return await desk.check_any_order(services, operator.id, order_id)
