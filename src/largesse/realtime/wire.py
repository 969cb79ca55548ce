"""uvicorn's WebSocket protocol with a short cut for what nearly every frame is: one small text message, whole.

Everything else (handshake, fragments, pings, closing, broken frames) goes the way it always went, through `websockets`.
The state machine there only ever sees whole frames, so that both ways can alternate.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import OPEN

from largesse.realtime.limits import (
    FRAGMENTS_MAX,
    PINGS_BURST,
    PINGS_IGNORED_MAX,
    PINGS_PER_S,
    TokenBucket,
)

try:
    from websockets.speedups import apply_mask
except ImportError:  # an installation without the compiled part
    from websockets.utils import apply_mask

WIRE = "largesse.wire"
"""Name of the ASGI extension that is the connection itself, a `FrameProtocol`."""
POLICY_VIOLATION = 1008
QUEUED_MAX = 16
"""Messages that wait for the application before the socket is read no further."""
_TEXT = 0x81
"""First byte of a text message in one frame."""
_MASKED = 0x80
_LONG, _VERY_LONG = 126, 127
"""Values of the length that stand for two and for eight bytes of length after them."""

Listener = Callable[[str], bool]


class Prepared(str):
    """A message for many sockets, with its frame of the WebSocket protocol, which is made once."""

    __slots__ = ("data",)
    data: bytes


def prepare(text: str) -> Prepared:
    """A message with its frame."""
    prepared = Prepared(text)
    prepared.data = encode_frame(text)
    return prepared


def encode_frame(text: str) -> bytes:
    """A text message as its frame."""
    if isinstance(text, Prepared):
        return text.data
    payload = text.encode()
    length = len(payload)
    if length < _LONG:
        return b"%c%c%b" % (_TEXT, length, payload)
    if length <= 0xFFFF:
        return b"%c%c%b%b" % (_TEXT, _LONG, length.to_bytes(2), payload)
    return b"%c%c%b%b" % (_TEXT, _VERY_LONG, length.to_bytes(8), payload)


class FrameProtocol(WebSocketsSansIOProtocol):
    """One connection."""

    queue: asyncio.Queue[Any]
    write: Callable[[bytes], None]
    """Writes bytes, for `encode_frame`'s results while the connection is `open`."""
    is_closing: Callable[[], bool]
    """Whether nothing may be written any more. It is so as soon as the connection fails or the client closes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open = False
        """A frame may be written at once: the client reads, and neither side has begun to close; see `is_closing`."""
        self._rest = b""
        self._short_cut = True
        self._paused = self._ending = False
        self._listener: Listener | None = None
        self._pings = TokenBucket(rate_per_s=PINGS_PER_S, burst=PINGS_BURST)
        self._ignored = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.write, self.is_closing = self.transport.write, self.transport.is_closing

    # --- receiving

    def data_received(self, data: bytes) -> None:
        if not (self._short_cut and self.handshake_complete):
            # Who sends frames before the answer to the handshake may have left half a frame in `websockets`.
            self._short_cut = self._short_cut and not self.handshake_initiated
            super().data_received(data)
            return
        if self._rest:
            data = self._rest + data
        at, end = 0, len(data)
        while end - at >= 2:
            length, start = data[at + 1] & 0x7F, at + 2
            if length == _LONG:
                length, start = int.from_bytes(data[at + 2 : at + 4]), at + 4
                if end < start:
                    break
            elif length == _VERY_LONG:
                self._short_cut = False
                super().data_received(data[at:])
                return
            if data[at + 1] & _MASKED:
                start += 4
            stop = start + length
            if end < stop:
                break
            self._frame(data, at, start, stop)
            at = stop
        self._rest = data[at:]

    def _frame(self, data: bytes, at: int, start: int, stop: int) -> None:
        """A whole frame: `data[at:start]` is its head, with the mask last."""
        if self._takes_text(data[at], data[at + 1]):
            payload = apply_mask(data[start:stop], data[start - 4 : start])
            try:
                text = payload.decode()
            except UnicodeDecodeError:
                pass  # closes the connection, below
            else:
                listener = self._listener
                if listener is not None and self.queue.empty() and listener(text):
                    return
                self.queue.put_nowait({"type": "websocket.receive", "text": text})
                if self.queue.qsize() >= QUEUED_MAX and not self.read_paused:
                    self.read_paused = True
                    self.transport.pause_reading()
                return
        super().data_received(data[at:stop])

    def _takes_text(self, first: int, second: int) -> bool:
        """A text message in one frame, in an open connection without extensions, and not amid another message."""
        conn = self.conn
        return (
            first == _TEXT
            and second & _MASKED != 0
            and conn.current_size is None
            and conn.state is OPEN
            and not conn.extensions
            and not self.close_sent
        )

    # --- who floods us with what is no message

    def handle_ping(self) -> None:
        if self._pings.take():
            super().handle_ping()
        else:
            self.conn.data_to_send()  # the pong, which `websockets` has made
            self._ignore()

    def handle_pong(self, event: Frame) -> None:
        if self.pending_ping_payload is None:
            self._ignore()  # nobody asked
        super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        if len(self.frames) > FRAGMENTS_MAX:
            self._refuse("too many fragments")

    def _ignore(self) -> None:
        self._ignored += 1
        if self._ignored > PINGS_IGNORED_MAX:
            self._refuse("too many pings")

    def _refuse(self, reason: str) -> None:
        """End the connection in the terms of the WebSocket protocol."""
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.fail(POLICY_VIOLATION, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": POLICY_VIOLATION})
        self.transport.close()

    # --- sending

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # else the handshake was refused
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[WIRE] = self
            self._judge()

    async def run_asgi(self) -> None:
        """The connection's life. Afterwards the scope lets go of us: else we and all that a viewer had lie in memory,
        each holding the other, until the collector comes, which it seldom does."""
        try:
            await super().run_asgi()
        finally:
            self.scope["extensions"].pop(WIRE, None)

    def listen(self, listener: Listener | None) -> None:
        """Offer each text message to this function first; None: to nobody.

        It answers whether it has dealt with it; one that it has not, and those after it until that one is received,
        come by `receive` as ever.
        """
        self._listener = listener

    def _judge(self) -> None:
        self.open = not (self._paused or self._ending or self.conn.extensions)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._paused = True
        self._judge()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._paused = False
        self._judge()

    async def send(self, message: ASGISendEvent) -> None:
        if message["type"] == "websocket.close":
            self._ending = True
            self._judge()
        await super().send(message)

    def send_texts(self, texts: Sequence[str]) -> bool:
        """Send text messages in one write; false: nothing was sent, the usual way will find out why."""
        conn = self.conn
        if (
            not self.writable.is_set()
            or not self.handshake_complete
            or self.disconnected
            or self.close_sent
            or conn.state is not OPEN
            or conn.extensions
        ):
            return False
        self.transport.write(b"".join(map(encode_frame, texts)))
        return True
