"""Routes of the studio."""

from typing import Annotated

from fastapi import APIRouter, Query

from largesse.creators import earnings, service, statements, supporters
from largesse.creators.schemas import (
    CreatorSupporters,
    EarningsView,
    EligibilityView,
    GiftingBody,
    ReceivedGift,
)
from largesse.creators.statements import CreatorStatementView
from largesse.identity import CurrentCreator, CurrentUser
from largesse.services import ServicesDep
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit, PathMonth

DAYS_DEFAULT = 30
DAYS_MAX = 366

router = APIRouter(prefix="/v1", tags=["creators"])


@router.post("/creator")
async def become_creator(user: CurrentUser, services: ServicesDep) -> EligibilityView:
    """Become a creator."""
    return await service.become_creator(services.db, user)


@router.get("/creator/eligibility")
async def get_eligibility(user: CurrentUser, services: ServicesDep) -> EligibilityView:
    """Whether gifts may be switched on, and why."""
    async with services.db.read() as conn:
        return await service.eligibility(conn, user)


@router.post("/creator/gifting")
async def set_gifting(
    body: GiftingBody, user: CurrentCreator, services: ServicesDep
) -> EligibilityView:
    """Switch gifts on or off."""
    view = await service.set_gifting(services.db, user, enabled=body.enabled)
    services.hub.gifting_changed(user.id, view.gifting)
    return view


@router.get("/creator/earnings")
async def get_earnings(
    user: CurrentCreator,
    services: ServicesDep,
    days: Annotated[int, Query(ge=1, le=DAYS_MAX)] = DAYS_DEFAULT,
) -> EarningsView:
    """Diamonds now, and earnings per day (UTC) and per stream."""
    async with services.db.read() as conn:
        return await earnings.earnings(conn, user, days=days)


@router.get("/creator/gifts")
async def get_gifts(
    user: CurrentCreator,
    services: ServicesDep,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Page[ReceivedGift]:
    """Gifts received, newest first."""
    return await earnings.gifts_received(services, user, limit=limit, cursor=cursor)


@router.get("/creator/supporters")
async def get_supporters(
    user: CurrentCreator,
    services: ServicesDep,
    days: Annotated[int, Query(ge=1, le=DAYS_MAX)] = DAYS_DEFAULT,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
) -> CreatorSupporters:
    """Who gave me most in the last days (UTC), under their names."""
    async with services.db.read() as conn:
        return await supporters.top_supporters(conn, user.id, days=days, limit=limit)


@router.get("/creator/statements/{month}")
async def get_statement(
    month: PathMonth, user: CurrentCreator, services: ServicesDep
) -> CreatorStatementView:
    """A month (UTC, `2026-11`): diamonds before and after, and what every day brought and took."""
    return await statements.show_statement(services, user, month)
