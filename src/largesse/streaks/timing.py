"""When the streaks that this process has seen are due to end. Knows no database and no clock: it is told the time."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from uuid import UUID

from largesse.gifts import StreakKey


@dataclass(slots=True)
class Open:
    """An open streak."""

    first_at_s: float
    due_at_s: float
    last_seq: int
    final: bool = False
    """Its length is used up: it ends, whatever came since."""
    leaving: bool = False
    """Its end is being written."""


class Timing:
    """Times are seconds of one clock that never jumps."""

    def __init__(self, timeout_s: float, length_max_s: float) -> None:
        self.timeout_s = timeout_s
        self.length_max_s = length_max_s
        self._open: dict[tuple[UUID, UUID], dict[StreakKey, Open]] = {}
        self._due: list[tuple[float, StreakKey]] = []

    def given(self, key: StreakKey, seq: int, at_s: float) -> bool:
        """A gift of a streak is in the journal; true: look again when something is due."""
        streaks = self._open.setdefault((key.room_id, key.sender_id), {})
        due_at_s = at_s + self.timeout_s
        known = streaks.get(key)
        if known is None:
            streaks[key] = Open(at_s, due_at_s, seq)
            heappush(self._due, (due_at_s, key))
            return True
        known.last_seq = max(known.last_seq, seq)
        if known.final:
            return False
        known.due_at_s = due_at_s
        if at_s - known.first_at_s >= self.length_max_s:
            known.final = True
            self._set_due(key, known, at_s)
        return known.final

    def hasten(self, room_id: UUID, sender_id: UUID, due_at_s: float) -> None:
        """All streaks of a sender in a room are due soon, unless more is given."""
        for key, known in self._open.get((room_id, sender_id), {}).items():
            self._set_due(key, known, min(known.due_at_s, due_at_s))

    def go_on(self, key: StreakKey, last_seq: int, due_at_s: float) -> None:
        """A streak did not end: more was given elsewhere, or its end could not be written."""
        if (known := self._find(key)) is not None:
            known.leaving = False
            known.last_seq = max(known.last_seq, last_seq)
            self._set_due(key, known, due_at_s)

    def _set_due(self, key: StreakKey, known: Open, due_at_s: float) -> None:
        known.due_at_s = due_at_s
        heappush(self._due, (due_at_s, key))

    def take_due(self, at_s: float) -> dict[UUID, dict[StreakKey, int | None]]:
        """What is due, by room, each with the number of its last gift (None: it ends in any case)."""
        taken: dict[UUID, dict[StreakKey, int | None]] = {}
        while self._due and self._due[0][0] <= at_s:
            _, key = heappop(self._due)
            known = self._find(key)
            if known is None or known.leaving:
                continue
            if known.due_at_s > at_s:
                heappush(self._due, (known.due_at_s, key))
                continue
            known.leaving = True
            taken.setdefault(key.room_id, {})[key] = None if known.final else known.last_seq
        return taken

    def next_due_at_s(self) -> float | None:
        """When to look again; None: there is nothing to wait for."""
        return self._due[0][0] if self._due else None

    def forget(self, keys: Iterable[StreakKey]) -> None:
        """These are over."""
        for key in keys:
            place = (key.room_id, key.sender_id)
            streaks = self._open.get(place)
            if streaks is not None and streaks.pop(key, None) is not None and not streaks:
                del self._open[place]

    def knows(self, key: StreakKey) -> bool:
        """Whether a streak is open here."""
        return self._find(key) is not None

    def _find(self, key: StreakKey) -> Open | None:
        return self._open.get((key.room_id, key.sender_id), {}).get(key)

    def __len__(self) -> int:
        return sum(len(streaks) for streaks in self._open.values())
