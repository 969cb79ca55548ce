"""The route of a buyer's limits."""

from fastapi import APIRouter

from largesse.identity import CurrentUser
from largesse.services import ServicesDep
from largesse.topups.guards.limits import limits_of
from largesse.topups.guards.schemas import Limits

router = APIRouter(prefix="/v1/wallet", tags=["wallet"])


@router.get("/limits")
async def show_limits(services: ServicesDep, user: CurrentUser) -> Limits:
    """What you can still buy, and when there is room for more."""
    return await limits_of(services, user)
