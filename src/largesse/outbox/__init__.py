"""Followers of the journal, and what they keep: sums for history pages, statements; and the archive of old months."""

from largesse.outbox.cli import rollups_app
from largesse.outbox.followers import Follower, running_followers
from largesse.outbox.queries.earnings import earnings_by_day, earnings_by_room
from largesse.outbox.queries.rooms import room_totals, supporters
from largesse.outbox.rollups import FOLLOWERS, catch_up, rebuild
from largesse.outbox.rows import DayEarnings, RoomEarnings, Stretch, Supporter

__all__ = [
    "FOLLOWERS",
    "DayEarnings",
    "Follower",
    "RoomEarnings",
    "Stretch",
    "Supporter",
    "catch_up",
    "earnings_by_day",
    "earnings_by_room",
    "rebuild",
    "rollups_app",
    "room_totals",
    "running_followers",
    "supporters",
]
