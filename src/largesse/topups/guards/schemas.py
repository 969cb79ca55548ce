"""Shapes of what a buyer may still buy."""

from datetime import datetime
from typing import Literal

from largesse.types import Schema


class Limit(Schema):
    """One limit on buying, and how much of it is used."""

    name: str
    """Stable; also named when an order is refused."""
    measure: Literal["coins", "orders"]
    amount: int
    used: int
    left: int
    window_s: int
    """What was bought counts for so long."""
    more_at: datetime | None
    """When some of what is used becomes free; null: nothing is used."""
    resets_at: datetime | None
    """When all of it is free; null: it is."""
    text: str


class Limits(Schema):
    """What a buyer may still buy at this moment."""

    coins_left: int | None
    """Null: there is no limit. Open orders count as bought until they expire."""
    resets_at: datetime | None
    """When all of the limit that decides `coins_left` is free; null: it is, or there is none."""
    account_new_until: datetime | None
    """Until then a lower limit holds for a new account; null: it is not new."""
    text: str
    items: list[Limit]
