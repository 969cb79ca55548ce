"""Routes of promotions and free coins."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response, status

from largesse.identity import CurrentOperator, CurrentUser, PublicUser
from largesse.promotions import claims, service
from largesse.promotions.errors import GrantKeyMissing
from largesse.promotions.schemas import (
    Claim,
    ClaimRequest,
    Grant,
    GrantRequest,
    OperatorPromotion,
    PromotionBody,
    PromotionView,
)
from largesse.services import ServicesDep
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit, is_idempotency_key

router = APIRouter(prefix="/v1", tags=["promotions"])

_Slug = Annotated[str, Path(max_length=60)]


@router.get("/promotions")
async def list_promotions(
    services: ServicesDep,
    user: PublicUser,
    country: Annotated[str | None, Query(pattern=r"^[A-Z]{2}$")] = None,
    channel: Annotated[str | None, Query(pattern=r"^(web|app_store|google_play)$")] = None,
) -> Page[PromotionView]:
    """What applies to you now: with a purchase, or free coins to claim. Codes are not shown."""
    return await service.list_promotions(services.db, user, country=country, channel=channel)


@router.post("/promotions/{slug}/claim", status_code=status.HTTP_201_CREATED)
async def claim(
    services: ServicesDep,
    user: CurrentUser,
    slug: _Slug,
    response: Response,
    body: ClaimRequest | None = None,
) -> Claim:
    """Take free coins. A second claim (of the day, where it is daily) answers 200 and gives nothing more."""
    claimed = await claims.claim(services, user, slug, code=body.code if body else None)
    if not claimed.new:
        response.status_code = status.HTTP_200_OK
    return claimed.claim


@router.get("/operator/promotions")
async def list_all(
    services: ServicesDep,
    operator: CurrentOperator,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[OperatorPromotion]:
    """Every promotion with its uses, cost so far and what is left of its budget."""
    return await service.list_all(services.db, limit=limit, cursor=cursor)


@router.post("/operator/promotions", status_code=status.HTTP_201_CREATED)
async def add(
    services: ServicesDep, operator: CurrentOperator, body: PromotionBody
) -> OperatorPromotion:
    """Make a promotion. Its slug makes it one: a second one answers 409."""
    return await service.add(services.db, operator.id, body)


@router.post("/operator/promotions/{slug}/end")
async def end(services: ServicesDep, operator: CurrentOperator, slug: _Slug) -> OperatorPromotion:
    """End a promotion now. Orders that wait for payment keep what they were promised."""
    return await service.end(services.db, operator.id, slug)


@router.post("/operator/grants", status_code=status.HTTP_201_CREATED)
async def give(
    services: ServicesDep,
    operator: CurrentOperator,
    body: GrantRequest,
    response: Response,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Grant:
    """Give free coins to one person. The same key and body give the same grant (200) and no more coins."""
    if idempotency_key is None or not is_idempotency_key(idempotency_key):
        raise GrantKeyMissing
    grant, new = await claims.give(services, operator, body, key=idempotency_key)
    if not new:
        response.status_code = status.HTTP_200_OK
    return grant
