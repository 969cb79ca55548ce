"""Liveness, readiness and metrics."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from largesse.metrics import figures
from largesse.services import ServicesDep

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "A part is not reachable"}})
async def readyz(services: ServicesDep) -> Response:
    """The parts a request to this process needs are there: 200, or 503 with the part that is not."""
    parts = {
        "database": await services.db.reachable(),
        "gift_writer": services.writer.running,
    }
    if services.hub.bus is not None:
        parts["bus"] = services.hub.bus.connected
    ready = all(parts.values())
    body = {"status": "ok" if ready else "unavailable", "parts": parts}
    return JSONResponse(body, 200 if ready else 503)


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Prometheus text."""
    return Response(generate_latest(figures()), media_type=CONTENT_TYPE_LATEST)
