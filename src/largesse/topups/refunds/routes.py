"""Routes of refunds; thin: they parse, call one function, answer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response, status

from largesse.identity import CurrentOperator, CurrentUser
from largesse.services import ServicesDep
from largesse.topups.refunds import requests, trouble
from largesse.topups.refunds.schemas import Refund, RefundOffer, RefundRequest
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit, PathId

router = APIRouter(prefix="/v1", tags=["top-ups"])


@router.get("/orders/{id}/refund")
async def show_refund_offer(
    services: ServicesDep, user: CurrentUser, order_id: PathId
) -> RefundOffer:
    """Whether the unused coins of your order can be given back, what for, or why not."""
    return await requests.show_offer(services, user, order_id)


@router.post("/orders/{id}/refund", status_code=status.HTTP_201_CREATED)
async def request_refund(
    services: ServicesDep,
    user: CurrentUser,
    order_id: PathId,
    body: RefundRequest,
    response: Response,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Refund:
    """Give back the unused coins of your order. The same key and body give the same refund (200)."""
    requested = await requests.request_refund(
        services, user, order_id, coins=body.coins, key=idempotency_key
    )
    if not requested.new:
        response.status_code = status.HTTP_200_OK
    return requested.refund


@router.get("/orders/{id}/refunds")
async def list_refunds(services: ServicesDep, user: CurrentUser, order_id: PathId) -> Page[Refund]:
    """What was given back of your order, or is on its way, oldest first."""
    return Page(items=await requests.list_refunds(services, user, order_id), next_cursor=None)


@router.get("/operator/refunds")
async def list_troubled_refunds(
    services: ServicesDep,
    operator: CurrentOperator,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: Annotated[UUID | None, Query()] = None,
) -> Page[Refund]:
    """Refunds that failed for good, or of which the provider never said what became of them, newest first."""
    return await trouble.list_troubled(services, before=cursor, limit=limit)


@router.post("/operator/refunds/{id}/repeat")
async def repeat_return(
    services: ServicesDep, operator: CurrentOperator, refund_id: PathId
) -> Refund:
    """Try again to return a payment that could not be returned. Pressed twice it is tried once."""
    return await trouble.repeat(services, operator, refund_id)
