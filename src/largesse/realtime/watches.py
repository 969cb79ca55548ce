"""Overlays that wait for what their creator does next."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from largesse.realtime.outbox import Outbox


@dataclass(eq=False, slots=True)
class OverlayWatch:
    """An overlay's wish to hear that its creator's stream started or ended, or that it was set otherwise."""

    creator_id: UUID
    overlay_id: UUID
    outbox: Outbox
    changed: asyncio.Event


class OverlayWatches:
    """The overlays of this process, by creator."""

    def __init__(self) -> None:
        self._watches: dict[UUID, set[OverlayWatch]] = {}
        self.wakings = 0
        """How often any of them had to look, as far as anybody knows."""

    def add(self, creator_id: UUID, overlay_id: UUID, outbox: Outbox) -> OverlayWatch:
        watch = OverlayWatch(creator_id, overlay_id, outbox, asyncio.Event())
        self._watches.setdefault(creator_id, set()).add(watch)
        return watch

    def remove(self, watch: OverlayWatch) -> None:
        watches = self._watches.get(watch.creator_id, set())
        watches.discard(watch)
        if not watches:
            self._watches.pop(watch.creator_id, None)

    def wake(self, creator_id: UUID) -> None:
        """The creator's overlays look what holds now."""
        self.wakings += 1
        for watch in self._watches.get(creator_id, ()):
            watch.changed.set()

    def wake_all(self) -> None:
        """Every overlay looks."""
        self.wakings += 1
        for creator_id in self._watches:
            self.wake(creator_id)

    def say(self, creator_id: UUID, overlay_id: UUID, frame: str) -> None:
        """Send a frame to wherever this overlay is open."""
        for watch in self._watches.get(creator_id, ()):
            if watch.overlay_id == overlay_id:
                watch.outbox.push(frame)
