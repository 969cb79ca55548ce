"""Moments that viewers hear in every process: of one room, or of all."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

from pydantic import TypeAdapter, ValidationError

from largesse.realtime.events import BannerEvent, MomentEvent
from largesse.realtime.notices import BannerTold, MomentTold, Notice
from largesse.realtime.room import Room

_moments: TypeAdapter[MomentEvent] = TypeAdapter(MomentEvent)


REMEMBERED_MAX = 100
"""Notices that are known again: a bus that cannot be sure tells the last ones once more."""


class Announcements:
    """Part of a hub."""

    def __init__(self, rooms: Mapping[UUID, Room], tell: Callable[[Notice], None]) -> None:
        """`rooms`: those that somebody is in here. `tell`: applies a notice in every process, in this one too."""
        self._rooms = rooms
        self._tell = tell
        self._banners = _Banners(self._show)
        self._applied: deque[UUID] = deque(maxlen=REMEMBERED_MAX)

    def moment(self, room_id: UUID, event: MomentEvent) -> None:
        """A moment of a room, for everybody in it."""
        self._tell(MomentTold(uuid4(), str(room_id), _write(event)))

    def banner(self, event: BannerEvent, pause_s: int) -> None:
        """One of the largest gifts, for all live rooms: one banner in `pause_s`, of several the largest."""
        self._tell(BannerTold(uuid4(), pause_s, _write(event)))

    def apply(self, notice: MomentTold | BannerTold) -> None:
        """Tell the rooms here; a notice that comes twice counts once."""
        if notice.id in self._applied:
            return
        self._applied.append(notice.id)
        event = _read(notice.event)
        if isinstance(notice, MomentTold):
            room = self._rooms.get(UUID(notice.room_id))
            if event is not None and room is not None:
                room.tell(event)
        elif isinstance(event, BannerEvent):
            self._banners.offer(event, notice.pause_s)

    def close(self) -> None:
        """Nobody is here any more."""
        self._banners.close()

    def _show(self, event: BannerEvent) -> None:
        for room in self._rooms.values():
            if room.projection.state == "live":
                room.tell(event)


def _write(event: MomentEvent) -> str:
    """ASCII, as the bus wants it."""
    return json.dumps(event.model_dump(mode="json"))


def _read(text: str) -> MomentEvent | None:
    """What a process told; none when this release does not know it."""
    try:
        return _moments.validate_json(text)
    except ValidationError:
        return None


class _Banners:
    """Tells one banner in so many seconds: the first at once, then the largest of those that came meanwhile."""

    def __init__(self, tell: Callable[[BannerEvent], None]) -> None:
        self._tell = tell
        self._waiting: BannerEvent | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._free_at_s = float("-inf")

    def offer(self, event: BannerEvent, pause_s: float) -> None:
        """A banner that may be told; `pause_s`: how long it keeps others away."""
        loop = asyncio.get_running_loop()
        if self._timer is None and loop.time() >= self._free_at_s:
            self._free_at_s = loop.time() + pause_s
            self._tell(event)
            return
        if self._waiting is None or event.coins > self._waiting.coins:
            self._waiting = event
        if self._timer is None:
            self._timer = loop.call_at(self._free_at_s, self._tell_waiting, pause_s)

    def _tell_waiting(self, pause_s: float) -> None:
        self._timer = None
        event, self._waiting = self._waiting, None
        if event is not None:
            self._free_at_s = asyncio.get_running_loop().time() + pause_s
            self._tell(event)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
