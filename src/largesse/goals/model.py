"""Goals as stored, and what they have come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from largesse.realtime import GiftVersion, Goal, GoalPart

GoalState = Literal["open", "reached", "cancelled"]


@dataclass(frozen=True, slots=True)
class GoalRule:
    """Limits on goals."""

    valid_from: datetime
    open_max: int
    parts_max: int
    title_characters_max: int
    target_max: int


@dataclass(frozen=True, slots=True)
class PartRow:
    """One target. The gift's names are those of the moment when the goal was set."""

    goal_id: UUID
    no: int
    id: UUID
    gift_id: UUID | None
    gift_version: int | None
    gift_slug: str | None
    gift_name: str | None
    target: int
    counted: int

    @property
    def gift(self) -> GiftVersion | None:
        """None: it counts coins."""
        if self.gift_id is None:
            return None
        assert self.gift_version is not None
        assert self.gift_slug is not None
        return GiftVersion(
            id=self.gift_id,
            version=self.gift_version,
            slug=self.gift_slug,
            name=self.gift_name or self.gift_slug,
        )


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal without its parts."""

    room_id: UUID
    id: UUID
    title: str
    state: GoalState
    from_seq: int
    counted_seq: int
    created_at: datetime
    closed_at: datetime | None


GoalKey: TypeAlias = tuple[UUID, UUID]
"""A goal of all rooms: its room, and its id, which a client made and may use in another room as well."""


@dataclass(frozen=True, slots=True)
class OpenGoal:
    """An open goal, and how far its room is."""

    room_id: UUID
    id: UUID
    counted_seq: int
    last_seq: int

    @property
    def key(self) -> GoalKey:
        return self.room_id, self.id


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a room's log."""

    room_id: UUID
    after: int
    upto: int


@dataclass(frozen=True, slots=True)
class Amount:
    """Gifts of one id."""

    gift_id: UUID
    count: int
    coins: int


@dataclass(frozen=True, slots=True)
class Given(Amount):
    """What of them a goal counts, or lost again."""

    goal_id: UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """The goals of a room in one consistent read, in the order in which they were set."""

    rows: Sequence[GoalRow]
    parts: Mapping[UUID, Sequence[PartRow]]
    """By goal."""
    counted: Mapping[UUID, int]
    """By part: everything that was given for it."""
    taken: Mapping[UUID, int]
    """By part: of that, what refunds and disputes took. Goals that are closed lose nothing any more."""

    def progress(self, part: PartRow) -> int:
        return max(0, self.counted[part.id] - self.taken.get(part.id, 0))

    def goal(self, row: GoalRow) -> Goal:
        """The goal as viewers see it."""
        return Goal(
            id=row.id,
            title=row.title,
            state=row.state,
            parts=[
                GoalPart(
                    id=part.id, gift=part.gift, target=part.target, progress=self.progress(part)
                )
                for part in self.parts[row.id]
            ],
        )

    def goals(self) -> list[Goal]:
        """All that are not cancelled."""
        return [self.goal(row) for row in self.rows if row.state != "cancelled"]

    def is_reached(self, row: GoalRow) -> bool:
        """Every part has what it wants."""
        return all(self.progress(part) >= part.target for part in self.parts[row.id])


def stand(
    rows: Sequence[GoalRow],
    parts: Sequence[PartRow],
    given: Sequence[Given],
    taken: Sequence[Given],
) -> Standing:
    """Add up: `given` after what is counted already, `taken` of all of it."""
    by_goal: dict[UUID, list[PartRow]] = {row.id: [] for row in rows}
    for part in parts:
        by_goal[part.goal_id].append(part)
    return Standing(
        rows=rows,
        parts=by_goal,
        counted={part.id: part.counted + _of(part, given) for part in parts},
        taken={part.id: lost for part in parts if (lost := _of(part, taken))},
    )


def _of(part: PartRow, given: Sequence[Given]) -> int:
    return amount_of(part, [row for row in given if row.goal_id == part.goal_id])


def amount_of(part: PartRow, mine: Sequence[Amount]) -> int:
    """What of the gifts that its goal counts is for this part: coins, or how many."""
    if part.gift_id is None:
        return sum(row.coins for row in mine)
    return sum(row.count for row in mine if row.gift_id == part.gift_id)
