"""Viewers in other processes: each process tells its own counts again and again, and is believed for a while."""

import time
from collections.abc import Callable
from uuid import UUID

TRUST_S = 7.0
"""A process not heard for so long is gone, and its viewers with it."""


class Audience:
    """Counts of other processes, by room."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[UUID, dict[UUID, tuple[int, float]]] = {}

    def count(self, origin: UUID, room_id: UUID, viewers: int) -> None:
        """A process has so many viewers in a room now."""
        counts = self._rooms.setdefault(room_id, {})
        counts[origin] = viewers, self._clock()
        if not viewers:
            del counts[origin]
        if not counts:
            del self._rooms[room_id]

    def viewers(self, room_id: UUID) -> int:
        return sum(viewers for viewers, _ in self._rooms.get(room_id, {}).values())

    def by_room(self) -> dict[UUID, int]:
        """Rooms that somebody watches elsewhere."""
        return {room_id: self.viewers(room_id) for room_id in self._rooms}

    def forget_old(self) -> list[UUID]:
        """Drop counts that were not told again; the rooms they were of."""
        oldest_s = self._clock() - TRUST_S
        old = [
            (room_id, origin)
            for room_id, counts in self._rooms.items()
            for origin, (_, told_at_s) in counts.items()
            if told_at_s < oldest_s
        ]
        for room_id, origin in old:
            self.count(origin, room_id, 0)
        return [room_id for room_id, _ in old]
