"""The sockets. They accept everything first, so that a browser learns why it was refused."""

from uuid import UUID

from fastapi import APIRouter, WebSocket

from largesse.realtime import RoomSocket
from largesse.rooms.actions import RoomActions
from largesse.services import services_of

router = APIRouter(prefix="/v1")


@router.websocket("/streams/{stream_id}/socket")
async def room_socket(websocket: WebSocket, stream_id: str) -> None:
    """A viewer's socket; see docs/realtime.md."""
    services = services_of(websocket)
    actions = RoomActions(services)
    await RoomSocket(websocket, services.hub, actions, _uuid(stream_id)).run()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
