"""The creator's overlay: its address, and what it shows first."""

from typing import Annotated

from fastapi import APIRouter, Path

from largesse.identity import CurrentCreator
from largesse.rooms import overlays
from largesse.rooms.schemas import OverlayLink, OverlayView
from largesse.services import ServicesDep

router = APIRouter(prefix="/v1", tags=["overlay"])


@router.get("/creator/overlay")
async def get_overlay_link(user: CurrentCreator, services: ServicesDep) -> OverlayLink:
    """The secret address of my overlay."""
    return await overlays.overlay_link(services, user.id)


@router.post("/creator/overlay/rotate")
async def rotate_overlay(user: CurrentCreator, services: ServicesDep) -> OverlayLink:
    """A new address; the old one stops working at once."""
    return await overlays.rotate_overlay(services, user.id)


@router.get("/overlays/{token}")
async def get_overlay(
    token: Annotated[str, Path(max_length=overlays.TOKEN_CHARACTERS_MAX)], services: ServicesDep
) -> OverlayView:
    """Whose overlay it is, and what is live now."""
    return await overlays.overlay_view(services, token)
