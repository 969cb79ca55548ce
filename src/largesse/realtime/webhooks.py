"""The socket's frames in OpenAPI, which has no place for sockets: one entry per direction and room."""

from fastapi import APIRouter

from largesse.realtime.protocol import ClientMessage, ServerMessage

webhooks = APIRouter(tags=["realtime"])


@webhooks.post("room-socket", response_model=ServerMessage)
def room_socket(body: ClientMessage) -> None:
    """WebSocket /v1/streams/{id}/socket: the request is what a client sends, the response what it gets.

    /v1/overlays/{token}/socket sends the same frames and takes only `ping`.
    """
