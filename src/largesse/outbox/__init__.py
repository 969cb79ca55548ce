"""Followers of the journal, and what they keep: sums for history pages, statements; and the archive of old months."""

from largesse.outbox.archive import ArchivedMonth, MonthReader, archive_month, refuse_archived
from largesse.outbox.cli import add_archive_commands, rollups_app
from largesse.outbox.errors import Archived, ArchiveRefused, MonthNotBegun
from largesse.outbox.followers import Follower, running_followers
from largesse.outbox.queries.archive import last_archived_at
from largesse.outbox.queries.earnings import earnings_by_day, earnings_by_room
from largesse.outbox.queries.rooms import (
    first_gifts,
    givers,
    room_totals,
    supporters,
    taken_in_rooms,
)
from largesse.outbox.ranking import forget_rankings, keep_ranking, top_supporters
from largesse.outbox.rollups import FOLLOWERS, catch_up, rebuild
from largesse.outbox.rows import CoinEntry, DayEarnings, RoomEarnings, Stretch, Supporter
from largesse.outbox.statements import (
    Coins,
    CreatorStatement,
    Diamonds,
    WalletStatement,
    creator_statement,
    wallet_statement,
)
from largesse.outbox.telling import running_teller

__all__ = [
    "FOLLOWERS",
    "ArchiveRefused",
    "Archived",
    "ArchivedMonth",
    "CoinEntry",
    "Coins",
    "CreatorStatement",
    "DayEarnings",
    "Diamonds",
    "Follower",
    "MonthNotBegun",
    "MonthReader",
    "RoomEarnings",
    "Stretch",
    "Supporter",
    "WalletStatement",
    "add_archive_commands",
    "archive_month",
    "catch_up",
    "creator_statement",
    "earnings_by_day",
    "earnings_by_room",
    "first_gifts",
    "forget_rankings",
    "givers",
    "keep_ranking",
    "last_archived_at",
    "rebuild",
    "refuse_archived",
    "rollups_app",
    "room_totals",
    "running_followers",
    "running_teller",
    "supporters",
    "taken_in_rooms",
    "top_supporters",
    "wallet_statement",
]
