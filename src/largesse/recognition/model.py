"""Figures of recognition, and what follows from them."""

from dataclasses import dataclass
from datetime import datetime

THANKS = "thanks"
"""The type of the log's events that thank somebody."""


@dataclass(frozen=True, slots=True)
class RecognitionRule:
    """The figures that hold from a moment on."""

    valid_from: datetime
    banner_coins_min: int
    """Of one gift, paid message or cheer that is told in all live rooms."""
    banner_pause_s: int
    """Between two banners in a room; of those in between the largest is told."""
    entrance_default: bool
    """Whether users who chose nothing are announced."""
    entrance_places: int
    """So many of a creator's top supporters are announced."""
    entrance_days: int
    """By what they gave to the creator in so many days (UTC), with today."""
    entrance_pause_s: int
    """Who was in the room within this time is not announced again."""
    entrance_refresh_s: int
    """How old the places may be."""
    thanks_max: int
    """Of one creator within `thanks_window_s`."""
    thanks_window_s: int
    thanks_characters_max: int
