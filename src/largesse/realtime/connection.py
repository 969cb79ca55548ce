"""One accepted WebSocket: its outbox, its write loop, and how it ends."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.websockets import WebSocket, WebSocketDisconnect

from largesse.identity import client_address
from largesse.realtime.errors import TOO_MANY_SOCKETS, TooManySockets
from largesse.realtime.hub import Hub
from largesse.realtime.limits import CLOSE_TIMEOUT_S
from largesse.realtime.open_sockets import GOING_AWAY
from largesse.realtime.outbox import Outbox
from largesse.realtime.wire import WIRE, FrameProtocol
from largesse.realtime.writing import write_refusal
from largesse.services import services_of

log = logging.getLogger(__name__)

INTERNAL_ERROR = 1011


async def run_connection(
    websocket: WebSocket, hub: Hub, outbox: Outbox, serve: Callable[[], Awaitable[None]]
) -> None:
    """Accept, run `serve` until it returns or the socket must close, then close with the outbox's code.

    Refusals come after the acceptance: a browser sees a refusal before it only as 1006.
    """
    try:
        await websocket.accept()
    except (WebSocketDisconnect, RuntimeError, OSError):
        return  # gone before we said a word
    hub.sockets.opened(outbox)
    serving = asyncio.ensure_future(
        _guard(partial(_counted, websocket, hub, outbox, serve), outbox)
    )
    writing = asyncio.ensure_future(_write(websocket, outbox))
    aborted = asyncio.ensure_future(outbox.aborted.wait())
    try:
        await asyncio.wait({serving, writing, aborted}, return_when=asyncio.FIRST_COMPLETED)
        if outbox.close_code is not None and not outbox.aborted.is_set():
            # `finish`: what was queued before it still goes out.
            await asyncio.wait(
                {writing, aborted},
                timeout=CLOSE_TIMEOUT_S,
                return_when=asyncio.FIRST_COMPLETED,
            )
    finally:
        for task in (serving, writing, aborted):
            task.cancel()
        await asyncio.gather(serving, writing, aborted, return_exceptions=True)
        hub.sockets.closed(outbox)
    await _close(websocket, outbox.close_code)


def has_gone(websocket: WebSocket) -> bool:
    """The client is known to have left, though its last message was not read yet: it may have waited for long."""
    wire: FrameProtocol | None = websocket.scope.get("extensions", {}).get(WIRE)
    return wire is not None and wire.is_closing()


async def _counted(
    websocket: WebSocket, hub: Hub, outbox: Outbox, serve: Callable[[], Awaitable[None]]
) -> None:
    """Serve, unless too many sockets are open from where this one comes."""
    address = client_address(websocket, services_of(websocket).settings)
    try:
        hub.sockets.count_address(address)
    except TooManySockets as error:
        outbox.push(write_refusal(None, error))
        outbox.finish(TOO_MANY_SOCKETS)
        return
    try:
        await serve()
    finally:
        hub.sockets.uncount_address(address)


async def _guard(serve: Callable[[], Awaitable[None]], outbox: Outbox) -> None:
    """A mistake of ours ends this socket only, and is in the server's log."""
    try:
        await serve()
    except WebSocketDisconnect:
        pass
    except Exception:
        log.exception("unexpected error on a socket")
        outbox.finish(INTERNAL_ERROR)


async def _write(websocket: WebSocket, outbox: Outbox) -> None:
    wire: FrameProtocol | None = websocket.scope.get("extensions", {}).get(WIRE)
    if wire is not None:
        outbox.wire = wire
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
        while frames := await outbox.next():
            if wire is None or not wire.send_texts(frames):
                for frame in frames:
                    await websocket.send_text(frame)


async def _close(websocket: WebSocket, code: int | None) -> None:
    """Send the close frame, unless the client is gone; a client that does not read gets some time."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
        # Not `wait_for`: its task, the error in it and their frames would hold each other, and with them the socket.
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await websocket.close(code or GOING_AWAY)
