"""An overlay's socket: listens only, and goes with its creator from stream to stream."""

import asyncio
import contextlib
from dataclasses import replace
from uuid import UUID

from starlette.websockets import WebSocket

from largesse.realtime.actions import LookUpOverlay, OverlayState
from largesse.realtime.connection import has_gone, run_connection
from largesse.realtime.errors import TOKEN_WRONG
from largesse.realtime.hub import Hub
from largesse.realtime.outbox import Outbox
from largesse.realtime.protocol import Deed, Ping, SettingsTold, Stream, StreamChanged
from largesse.realtime.reader import MessageReader
from largesse.realtime.room import Room
from largesse.realtime.sending import catch_up, send_room
from largesse.realtime.watches import OverlayWatch
from largesse.realtime.writing import PONG

RECHECK_S = 60.0
"""How often an overlay looks without being told: a replaced token ends also where no notice comes through."""


class OverlaySocket:
    """Needs no join: the token in its address says what it may see."""

    def __init__(
        self, websocket: WebSocket, hub: Hub, look_up: LookUpOverlay, after: int | None
    ) -> None:
        self._websocket = websocket
        self._hub = hub
        self._look_up = look_up
        self._after = after
        self._outbox = Outbox()
        self._reader = MessageReader(websocket, self._outbox)
        self._room: Room | None = None

    async def run(self) -> None:
        await run_connection(self._websocket, self._hub, self._outbox, self._serve)

    async def _serve(self) -> None:
        with contextlib.ExitStack() as leaving:
            leaving.callback(self._leave)
            come = await self._come_in(leaving)
            if come is None:
                return
            loops = [
                asyncio.ensure_future(self._read()),
                asyncio.ensure_future(self._follow(*come)),
            ]
            try:
                done, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
                for loop in done:
                    loop.result()
            finally:
                for loop in loops:
                    loop.cancel()  # nothing of it runs any more but its own ending
                # Before anything is waited for: we may be cancelled once more, and nobody else would take us out.
                leaving.close()
                await asyncio.gather(*loops, return_exceptions=True)

    async def _come_in(
        self, leaving: contextlib.ExitStack
    ) -> tuple[OverlayWatch, OverlayState] | None:
        """In its turn, say how the overlay is set and show its room; None: it may not come in, or has gone."""
        overlays = self._hub.overlays
        async with self._hub.sockets.entering:
            if has_gone(self._websocket):
                return None
            wakings = overlays.wakings
            overlay = await self._look_up()
            if overlay is None:
                self._outbox.finish(TOKEN_WRONG)
                return None
            watch = overlays.add(overlay.creator_id, overlay.id, self._outbox)
            leaving.callback(overlays.remove, watch)
            if overlays.wakings != wakings:
                watch.changed.set()  # it may have been about this one, which nobody knew yet
            await self._tell(None, overlay)
        return watch, overlay

    async def _read(self) -> None:
        while (message := await self._reader.next()) is not None:
            if isinstance(message, Ping):
                self._outbox.push(PONG)
            else:
                id_ = message.id if isinstance(message, Deed) else None
                self._reader.refuse("read_only", id_)

    async def _follow(self, watch: OverlayWatch, told: OverlayState) -> None:
        """Look again at every change; the database knows what holds."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RECHECK_S):
                    await watch.changed.wait()
            watch.changed.clear()
            overlay = await self._look_up()
            if overlay is None:
                self._outbox.finish(TOKEN_WRONG)
                return
            await self._tell(told, overlay)
            told = overlay

    async def _tell(self, told: OverlayState | None, overlay: OverlayState) -> None:
        """Say how the overlay is set and which stream is live, where it is not as it was told."""
        if told is None or replace(told, stream=overlay.stream) != overlay:
            self._outbox.push(_settings(overlay))
        if told is None or _id(overlay.stream) != _id(told.stream):
            await self._show(overlay.stream)

    async def _show(self, stream: Stream | None) -> None:
        """After an end the room is kept until the next start: its last frames may still be coming."""
        if self._room is not None:
            self._room.flush()
        self._outbox.push(StreamChanged(op="stream", stream=stream).model_dump_json())
        if stream is None:
            return
        self._leave()
        await catch_up(self._hub, stream.id, self._after)
        self._room = await self._hub.enter(stream.id, self._outbox, None)
        after, self._after = self._after, None
        await send_room(self._hub, self._room, self._outbox, self._room.snapshot(None), after)

    def _leave(self) -> None:
        if self._room is not None:
            self._hub.leave(self._room, self._outbox)
            self._room = None


def _id(stream: Stream | None) -> UUID | None:
    return None if stream is None else stream.id


def _settings(overlay: OverlayState) -> str:
    return SettingsTold(
        op="settings",
        id=overlay.id,
        settings=overlay.settings,
        approved=overlay.approved,
        hold_switch=overlay.hold_switch,
    ).model_dump_json()
