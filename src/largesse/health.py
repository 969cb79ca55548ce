"""Liveness, readiness and metrics."""

from typing import Any

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from largesse.metrics import figures
from largesse.services import ServicesDep
from largesse.types import now

BUS_AWAY = (
    "Not connected: events that other processes commit are read from the database, a second later."
)
CLOCK_WRONG = (
    "More than a day off the database's: gifts and paid messages are refused with `clock_wrong`."
)

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "A part is not reachable"}})
async def readyz(services: ServicesDep) -> Response:
    """The parts a request to this process needs are there: 200, or 503 with the part that is not.

    Without its bus a process is `degraded` and stays in service: what others commit reaches its viewers a second later.
    """
    hub = services.hub
    parts = {
        "database": await services.db.reachable(),
        "gift_writer": services.writer.running,
    }
    ready = all(parts.values()) and not hub.sockets.closing
    status = "ok" if ready else "draining" if hub.sockets.closing else "unavailable"
    body: dict[str, Any] = {"status": status, "parts": parts}
    if hub.bus is not None:
        parts["bus"] = hub.bus.connected
        if not hub.bus.connected:
            body["status"] = "degraded" if ready else status
            body["detail"] = {"bus": " ".join(filter(None, (hub.bus.trouble, BUS_AWAY)))}
    if not services.desk.clock.is_right(now()):
        parts["clock"] = False
        body["status"] = "degraded" if ready else status
        body["detail"] = {**body.get("detail", {}), "clock": CLOCK_WRONG}
    return JSONResponse(body, 200 if ready else 503)


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Prometheus text."""
    return Response(generate_latest(figures()), media_type=CONTENT_TYPE_LATEST)
