"""How a client talks to each server that is compared: ours, and the baselines."""

import base64
import os
from dataclasses import dataclass

import orjson

EVENT_MARK = b'"type":"gift"'
"""Stands once in each gift's event, whoever sends it."""
TEXT, PING, PONG, CLOSE = 1, 9, 10, 8
LONG, VERY_LONG = 126, 127
"""Values of a frame's length that stand for two and for eight bytes of length after them."""
_MASKED = 0x80
_NO_MASK = bytes(4)
"""A mask of zeros changes nothing; the server unmasks all the same."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a client sends; `%s` stands for the room, the token, the gift's id; `%g` for which gift."""

    path: str
    hello: str
    """After the handshake; then the server's `ready` tells that the client is in the room."""
    ready: bytes
    gift: str

    def upgrade(self, room: str, port: int) -> bytes:
        """The request that opens the socket."""
        key = base64.b64encode(os.urandom(16)).decode()
        return (
            f"GET {self.path.replace('%s', room)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()

    def greeting(self, token: str) -> bytes:
        """The first message, or nothing where none is needed."""
        if not self.hello:
            return b""
        return client_frame(self.hello.replace("%s", token).encode())

    def gift_of(self, id_: str, slug: str) -> bytes:
        """One gift."""
        return client_frame(self.gift.replace("%s", id_).replace("%g", slug).encode())


DIALECTS = {
    "largesse": Dialect(
        path="/v1/streams/%s/socket",
        hello=orjson.dumps({"op": "join", "token": "%s"}).decode(),
        ready=b'"op":"snapshot"',
        gift='{"op":"gift","id":"%s","gift":"%g","count":1}',
    ),
    "plain": Dialect(
        path="/%s",
        hello="",
        ready=b"ready",
        gift='{"op":"gift","id":"%s","gift":"%g","count":1}',
    ),
    "socketio": Dialect(
        path="/socket.io/?EIO=4&transport=websocket&room=%s",
        hello="40",
        ready=b"40{",
        gift='42["gift",{"id":"%s","gift":"%g","count":1}]',
    ),
}


def client_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A whole message of at most 64 KiB."""
    length = len(payload)
    if length < LONG:
        return bytes((0x80 | opcode, _MASKED | length)) + _NO_MASK + payload
    return bytes((0x80 | opcode, _MASKED | LONG)) + length.to_bytes(2) + _NO_MASK + payload
