"""Reads a socket's messages and answers those that are none."""

import contextlib
from uuid import UUID

import orjson
from starlette.websockets import WebSocket

from largesse.realtime.errors import TOO_MANY_SOCKETS
from largesse.realtime.limits import (
    BAD_FRAMES_MAX,
    MESSAGES_BURST,
    MESSAGES_PER_S,
    REFUSED_BURST,
    REFUSED_PER_S,
    SOCKET_FRAME_BYTES_MAX,
    TokenBucket,
)
from largesse.realtime.outbox import Outbox
from largesse.realtime.protocol import AnyClientMessage, read_client_message
from largesse.realtime.writing import write_error

PROTOCOL_BROKEN = 4400

_REFUSALS = {
    "bad_frame": "This is not a message of the protocol.",
    "binary_frame": "Messages are text.",
    "frame_too_large": f"A message has at most {SOCKET_FRAME_BYTES_MAX} bytes.",
    "join_first": "Join the room first.",
    "already_joined": "This socket has joined already.",
    "read_only": "This socket only listens.",
    "too_fast": "Too many messages; slow down.",
}


class MessageReader:
    """Hands out the well-formed messages, one after the other."""

    def __init__(self, websocket: WebSocket, outbox: Outbox) -> None:
        self._websocket = websocket
        self._outbox = outbox
        self._bad_frames = 0
        self.idle = False
        """It waits for a message, so everything before is dealt with."""
        self._bucket = TokenBucket(rate_per_s=MESSAGES_PER_S, burst=MESSAGES_BURST)
        self._patience = TokenBucket(rate_per_s=REFUSED_PER_S, burst=REFUSED_BURST)

    async def next(self) -> AnyClientMessage | None:
        """The next well-formed message; none when the socket is to end."""
        while self._outbox.close_code is None:
            if self._outbox.crowded:
                await self._outbox.room()
            self.idle = True
            received = await self._websocket.receive()
            self.idle = False
            if received["type"] == "websocket.disconnect":
                return None
            text = received.get("text")
            if text is None:
                self._bad("binary_frame")
            elif (message := self.read(text)) is not None:
                return message
        return None

    def read(self, text: str) -> AnyClientMessage | None:
        """The message; none when it was refused."""
        if _is_too_large(text):
            self._bad("frame_too_large")
        elif not self._bucket.take():
            self.refuse("too_fast", _id_of(text))
            if not self._patience.take():
                self._outbox.finish(TOO_MANY_SOCKETS)
        elif (message := read_client_message(text)) is None:
            self._bad("bad_frame", _id_of(text))
        else:
            return message
        return None

    def refuse(self, code: str, id_: UUID | None = None) -> None:
        """Answer a message that does not fit; the socket stays open."""
        self._outbox.push(write_error(id_, code, _REFUSALS[code]))

    def _bad(self, code: str, id_: UUID | None = None) -> None:
        self.refuse(code, id_)
        self._bad_frames += 1
        if self._bad_frames >= BAD_FRAMES_MAX:
            self._outbox.finish(PROTOCOL_BROKEN)


def _is_too_large(text: str) -> bool:
    """In UTF-8; counting the characters settles most cases."""
    if len(text) > SOCKET_FRAME_BYTES_MAX:
        return True
    return not text.isascii() and len(text.encode()) > SOCKET_FRAME_BYTES_MAX


def _id_of(text: str) -> UUID | None:
    """The id of a message that could not be taken, so that its sender can tell which it was."""
    with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
        return UUID(orjson.loads(text)["id"])
    return None
