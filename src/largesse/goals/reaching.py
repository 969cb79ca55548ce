"""Goals are written down as reached whoever committed the last gift, also when nobody watches or that process is dead.

A look reads which goals are open and how far their rooms are, and of the rooms that went on the gifts since the last
look: each gift once, and only where a goal wants it. What was added up is lost with the process; the next one begins
with what `count_on` kept.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from largesse.db import Database
from largesse.goals import queries
from largesse.goals.confirming import Confirming
from largesse.goals.model import Amount, GoalKey, OpenGoal, PartRow, Span, amount_of
from largesse.goals.pauses import Pauses
from largesse.goals.service import count_on
from largesse.realtime import Hub, Looking

LOOK_S = 1.0
KEEP_AGAIN_S = 3.0
"""When keeping what was counted failed."""
COUNT_ON_EVENTS = 10_000
"""After so many events what was counted is kept, so that opening a room, and the first look, stay quick."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Tally:
    """What was given for a goal up to a number of its room's log; refunds not looked at."""

    seq: int
    parts: Sequence[PartRow]
    counted: dict[UUID, int]

    def add(self, given: Sequence[Amount], seq: int) -> None:
        for part in self.parts:
            self.counted[part.id] += amount_of(part, given)
        self.seq = seq

    @property
    def is_full(self) -> bool:
        return all(self.counted[part.id] >= part.target for part in self.parts)


class Reaching(Looking):
    """Runs while its block does, in every worker; whichever comes first writes, the others find it written."""

    def __init__(self, db: Database, hub: Hub) -> None:
        super().__init__("goals, reaching")
        self._db = db
        self._tallies: dict[GoalKey, _Tally] = {}
        self._writing = Confirming(db, hub)
        self._kept = Pauses(KEEP_AGAIN_S)

    def pause_s(self) -> float:
        return LOOK_S

    async def look(self) -> None:
        goals = await self._read()
        full = {goal.room_id for goal in goals if self._tallies[goal.key].is_full}
        for room_id in full:
            await self._writing.confirm(room_id)
        long = {
            g.room_id: g.last_seq for g in goals if g.last_seq - g.counted_seq >= COUNT_ON_EVENTS
        }
        for room_id, seq in long.items():
            if self._kept.is_over(room_id):
                await self._count_on(room_id, seq)

    async def _read(self) -> Sequence[OpenGoal]:
        """The open goals; their tallies are as one consistent read finds them."""
        async with self._db.read() as conn:
            goals = await queries.open_goals(conn)
            new = {goal.room_id for goal in goals if self._known(goal) is None}
            parts = await queries.parts_in(conn, new) if new else {}
            tallies = {goal.key: self._tally(goal, parts) for goal in goals}
            spans = {
                goal.key: Span(goal.room_id, tallies[goal.key].seq, goal.last_seq)
                for goal in goals
                if goal.last_seq > tallies[goal.key].seq
            }  # goals of a room mostly share one
            given = await queries.given_in(conn, list(set(spans.values()))) if spans else {}
        for key, span in spans.items():
            tallies[key].add(given.get(span, ()), span.upto)
        self._tallies = tallies
        return goals

    def _tally(self, goal: OpenGoal, parts: Mapping[GoalKey, Sequence[PartRow]]) -> _Tally:
        if (known := self._known(goal)) is not None:
            return known
        mine = parts[goal.key]
        return _Tally(goal.counted_seq, mine, {part.id: part.counted for part in mine})

    def _known(self, goal: OpenGoal) -> _Tally | None:
        """None also where others counted further: what lies between may be archived by now."""
        known = self._tallies.get(goal.key)
        return None if known is None or known.seq < goal.counted_seq else known

    async def _count_on(self, room_id: UUID, seq: int) -> None:
        try:
            await count_on(self._db, room_id, seq)
        except Exception as error:  # nothing is lost: more is read
            self._kept.begin(room_id)
            log.warning("goals of room %s are not kept: %s", room_id, type(error).__name__)
