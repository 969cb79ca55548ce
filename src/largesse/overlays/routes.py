"""A creator's overlays, and what their pages ask."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from largesse.identity import CurrentCreator
from largesse.overlays import alerts, history, service, testing
from largesse.overlays.schemas import (
    ApprovedAlerts,
    ChangeOverlay,
    CreateOverlay,
    DecideAlert,
    Overlay,
    OverlayLink,
    OverlayList,
    OverlayView,
    TestOverlay,
    WaitingAlerts,
)
from largesse.rooms import EventPage
from largesse.services import ServicesDep
from largesse.types import PAGE_LIMIT_DEFAULT, PageLimit, PathId

router = APIRouter(prefix="/v1", tags=["overlays"])

_SEQ_MAX = 2**63 - 1
Token = Annotated[str, Path(max_length=service.TOKEN_CHARACTERS_MAX)]
After = Annotated[int, Query(ge=0, le=_SEQ_MAX)]
Seq = Annotated[int, Path(ge=1, le=_SEQ_MAX)]


@router.get("/creator/overlays")
async def get_overlays(user: CurrentCreator, services: ServicesDep) -> OverlayList:
    """My overlays; one of each kind to begin with."""
    return await service.list_overlays(services, user.id)


@router.post("/creator/overlays", status_code=201)
async def post_overlay(body: CreateOverlay, user: CurrentCreator, services: ServicesDep) -> Overlay:
    """One more overlay."""
    return await service.create_overlay(services, user.id, body)


@router.put("/creator/overlays/{id}")
async def put_overlay(
    overlay_id: PathId, body: ChangeOverlay, user: CurrentCreator, services: ServicesDep
) -> Overlay:
    """Change an overlay; pages that are open show it at once."""
    return await service.change_overlay(services, user.id, overlay_id, body)


@router.delete("/creator/overlays/{id}", status_code=204)
async def delete_overlay(overlay_id: PathId, user: CurrentCreator, services: ServicesDep) -> None:
    """Delete an overlay; its address stops working at once."""
    await service.delete_overlay(services, user.id, overlay_id)


@router.post("/creator/overlays/{id}/rotate")
async def rotate_overlay(
    overlay_id: PathId, user: CurrentCreator, services: ServicesDep
) -> Overlay:
    """A new address for an overlay; the old one stops working at once."""
    return await service.rotate_overlay(services, user.id, overlay_id)


@router.post("/creator/overlays/{id}/test", status_code=204)
async def test_overlay(
    overlay_id: PathId, body: TestOverlay, user: CurrentCreator, services: ServicesDep
) -> None:
    """Show a sample wherever this overlay is open."""
    await testing.test_overlay(services, user.id, overlay_id, body)


@router.get("/creator/overlays/{id}/alerts")
async def get_waiting_alerts(
    overlay_id: PathId, user: CurrentCreator, services: ServicesDep, after: After = 0
) -> WaitingAlerts:
    """Alerts that wait for my approval."""
    return await alerts.waiting_alerts(services, user.id, overlay_id, after)


@router.post("/creator/overlays/{id}/alerts/{seq}/approve", status_code=204)
async def approve_alert(
    overlay_id: PathId, seq: Seq, body: DecideAlert, user: CurrentCreator, services: ServicesDep
) -> None:
    """Show an alert that waits."""
    await alerts.decide_alert(services, user.id, overlay_id, body.room_id, seq, show=True)


@router.post("/creator/overlays/{id}/alerts/{seq}/skip", status_code=204)
async def skip_alert(
    overlay_id: PathId, seq: Seq, body: DecideAlert, user: CurrentCreator, services: ServicesDep
) -> None:
    """Leave an alert out."""
    await alerts.decide_alert(services, user.id, overlay_id, body.room_id, seq, show=False)


@router.get("/creator/overlay")
async def get_overlay_link(user: CurrentCreator, services: ServicesDep) -> OverlayLink:
    """The secret address of my first alert box."""
    return await service.overlay_link(services, user.id)


@router.post("/creator/overlay/rotate")
async def rotate_overlay_link(user: CurrentCreator, services: ServicesDep) -> OverlayLink:
    """A new address for it; the old one stops working at once."""
    return await service.rotate_link(services, user.id)


@router.get("/overlays/{token}")
async def get_overlay(token: Token, services: ServicesDep) -> OverlayView:
    """Whose overlay it is, how it is set, and what is live now."""
    return await service.overlay_view(services, token)


@router.get("/overlays/{token}/approved")
async def get_approved_alerts(
    token: Token, services: ServicesDep, after: After = 0
) -> ApprovedAlerts:
    """Alerts that waited and were approved; `after` is the number of the last one shown."""
    return await alerts.approved_alerts(services, token, after)


@router.get("/overlays/{token}/streams/{id}/events")
async def get_events(
    token: Token,
    stream_id: PathId,
    services: ServicesDep,
    after: After = 0,
    limit: PageLimit = PAGE_LIMIT_DEFAULT,
) -> EventPage:
    """The log of one of the creator's streams, whoever may watch it: `after` is the last number seen."""
    return await history.list_events(services, token, stream_id, after, limit)
