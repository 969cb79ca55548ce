"""The socket of an overlay's page. It accepts everything first, so that a browser learns why it was refused."""

from typing import Annotated

from fastapi import APIRouter, Query, WebSocket

from largesse.overlays.service import overlay_state
from largesse.realtime import OverlaySocket, OverlayState
from largesse.services import services_of

router = APIRouter(prefix="/v1")

_AFTER_DIGITS_MAX = 18


@router.websocket("/overlays/{token}/socket")
async def overlay_socket(
    websocket: WebSocket, token: str, after: Annotated[str | None, Query()] = None
) -> None:
    """An overlay's socket; `after` replays what it missed of the live stream."""
    services = services_of(websocket)

    async def look_up() -> OverlayState | None:
        return await overlay_state(services, token)

    await OverlaySocket(websocket, services.hub, look_up, _number(after)).run()


def _number(text: str | None) -> int | None:
    """A number as `after`; anything else is as good as none."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= _AFTER_DIGITS_MAX):
        return None
    return int(text)
