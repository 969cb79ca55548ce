"""Routes of top-ups."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response, status

from largesse.identity import CurrentUser, PublicUser
from largesse.services import Services, ServicesDep
from largesse.topups import app_purchases, offers, payments, placing, promoting, service
from largesse.topups.locales import WantedLocale
from largesse.topups.providers import AppPurchase, RawNotification
from largesse.topups.sandbox.routes import router as sandbox_router
from largesse.topups.schemas import (
    AppPurchaseRequest,
    Channel,
    CountryCode,
    Order,
    OrderRequest,
    PackageList,
    Provider,
    Quote,
    QuoteRequest,
)
from largesse.topups.visitors import visitor_of
from largesse.types import PAGE_LIMIT_DEFAULT, Page, PageLimit, PathId, now

__all__ = ["router", "sandbox_router"]

router = APIRouter(prefix="/v1", tags=["top-ups"])


@router.get("/coin-packages")
async def list_packages(
    services: ServicesDep,
    user: PublicUser,
    wanted: WantedLocale,
    country: CountryCode | None = None,
    channel: Channel = "web",
) -> PackageList:
    """What a country's buyers are offered, with tax and the comparison with the app store. Without `country`: the one
    your last payment came from, else your account's."""
    return await offers.list_packages(services, country, channel, user=user, locale=wanted)


@router.post("/quotes")
async def quote(
    services: ServicesDep,
    user: PublicUser,
    wanted: WantedLocale,
    body: QuoteRequest,
    request: Request,
) -> Quote:
    """What a package or an amount of your choice costs now, tax included. Nothing is ordered."""
    visitor = visitor_of(services, request)
    await promoting.count_code(services, body, user.id if user else None, visitor)
    return await offers.show_quote(services, user, body, locale=wanted)


@router.get("/providers")
async def list_providers(
    services: ServicesDep, country: CountryCode | None = None
) -> Page[Provider]:
    """Ways to pay that are switched on."""
    return Page(items=service.list_providers(services, country), next_cursor=None)


@router.post("/orders", status_code=status.HTTP_201_CREATED)
async def place_order(
    services: ServicesDep,
    user: CurrentUser,
    body: OrderRequest,
    request: Request,
    response: Response,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Order:
    """Order a package and open its checkout. The same key and body give the same order (200)."""
    placed = await placing.place_order(
        services,
        user,
        body,
        key=idempotency_key,
        origin=_origin(services, request),
        visitor=visitor_of(services, request),
    )
    if not placed.new:
        response.status_code = status.HTTP_200_OK
    return placed.order


def _origin(services: Services, request: Request) -> str:
    """Where the buyer's browser reaches us: the set public address, or the one it used."""
    return (services.settings.public_url or str(request.base_url)).rstrip("/")


@router.get("/orders/{id}")
async def show_order(services: ServicesDep, user: CurrentUser, order_id: PathId) -> Order:
    """One of your orders, with its history."""
    return await service.show_order(services, user, order_id)


@router.get("/orders")
async def list_orders(
    services: ServicesDep,
    user: CurrentUser,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[Order]:
    """Your orders, newest first."""
    return await service.list_orders(services, user, limit=limit, cursor=cursor)


@router.post("/providers/{name}/notifications")
async def receive_notification(
    services: ServicesDep, name: str, request: Request
) -> dict[str, str]:
    """What a payment provider tells us: verified and kept; worked off by a job."""
    raw = RawNotification(dict(request.headers), await request.body(), now())
    await payments.receive_notification(services, name, raw)
    return {}


@router.post("/providers/{name}/transactions")
async def hand_in_purchase(
    services: ServicesDep, user: CurrentUser, name: str, body: AppPurchaseRequest
) -> Order:
    """Hand in a purchase that an app made at its store: its order is credited, once however often this is sent."""
    purchase = AppPurchase(body.token, body.product_id)
    return await app_purchases.hand_in(services, user, name, purchase)
