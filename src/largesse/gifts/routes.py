"""What can be given, and how it looks."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from largesse.gifts import service
from largesse.gifts.art import art
from largesse.gifts.schemas import CatalogueView
from largesse.services import ServicesDep

router = APIRouter(prefix="/v1", tags=["gifts"])
art_router = APIRouter(tags=["gifts"])

_ART_HEADERS = {
    # A drawing may be replaced under its name, so browsers ask again after a day; the tag makes that cheap.
    "Cache-Control": "public, max-age=86400, stale-while-revalidate=604800",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}


@router.get("/gifts")
async def get_gifts(services: ServicesDep) -> CatalogueView:
    """The catalogue: every gift that can be given now."""
    return await service.catalogue(services)


@art_router.get(
    "/art/gifts/{slug}.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, 304: {"description": "Not modified"}},
)
async def get_art(slug: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """The drawing of a gift."""
    drawing = art(slug)
    headers = {**_ART_HEADERS, "ETag": drawing.etag}
    tags = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    if drawing.etag in tags:
        return Response(status_code=304, headers=headers)
    return Response(drawing.svg, media_type="image/svg+xml", headers=headers)
