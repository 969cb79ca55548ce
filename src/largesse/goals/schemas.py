"""Bodies of the goal routes."""

from uuid import UUID

from pydantic import Field, StrictInt

from largesse.types import Schema

PARTS_READ_MAX = 100


class NewGoalPart(Schema):
    """One target: coins of everything that is given, or how many of one gift."""

    gift: str | None = Field(default=None, min_length=1, max_length=64)
    """Slug or id of a gift; null: coins."""
    target: StrictInt


class NewGoal(Schema):
    """A goal to set; `id` is made by the client and is the idempotency key."""

    id: UUID
    title: str = Field(max_length=1000)
    parts: list[NewGoalPart] = Field(min_length=1, max_length=PARTS_READ_MAX)
