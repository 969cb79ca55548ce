"""Rooms that are asked about again only after a while."""

import time
from uuid import UUID


class Pauses:
    """By a clock that never jumps. Forgets rooms whose pause is over."""

    def __init__(self, pause_s: float) -> None:
        self._pause_s = pause_s
        self._until_s: dict[UUID, float] = {}

    def is_over(self, room_id: UUID) -> bool:
        """True also where there was none."""
        return self._until_s.get(room_id, float("-inf")) <= time.monotonic()

    def begin(self, room_id: UUID) -> None:
        """From now on."""
        at_s = time.monotonic()
        self._until_s = {id_: until for id_, until in self._until_s.items() if until > at_s}
        self._until_s[room_id] = at_s + self._pause_s
