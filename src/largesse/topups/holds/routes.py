"""Routes of the review of held payments."""

from typing import Annotated

from fastapi import APIRouter, Query

from largesse.identity import CurrentOperator
from largesse.services import ServicesDep
from largesse.topups.holds import service
from largesse.topups.holds.model import Decision
from largesse.topups.holds.schemas import Hold
from largesse.topups.holds.settling import release
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit, PathId

router = APIRouter(prefix="/v1/operator/holds", tags=["operator"])


@router.get("")
async def list_holds(
    services: ServicesDep,
    _: CurrentOperator,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[Hold]:
    """Payments that wait for a decision, oldest first."""
    return await service.list_holds(services.db, limit=limit, cursor=cursor)


@router.get("/{id}")
async def show_hold(services: ServicesDep, _: CurrentOperator, order_id: PathId) -> Hold:
    """The hold of an order, also one that was decided."""
    async with services.db.read() as conn:
        return await service.show_hold(conn, order_id)


@router.post("/{id}/release")
async def release_hold(services: ServicesDep, operator: CurrentOperator, order_id: PathId) -> Hold:
    """Credit the coins at once; then the provider is asked what happened to the payment meanwhile."""
    return await release(services, operator.id, order_id)


@router.post("/{id}/return")
async def return_hold(services: ServicesDep, operator: CurrentOperator, order_id: PathId) -> Hold:
    """Give the money back; the coins are never credited."""
    return await service.decide(services.db, operator.id, order_id, Decision.RETURNED)
