"""Streaks: one sender's gifts of one version under one id, closed by the server with their total."""

from largesse.outbox import Follower
from largesse.streaks import queries
from largesse.streaks.closing import StreakCloser, read_secret
from largesse.streaks.defaults import load_defaults
from largesse.streaks.ending import Ending, end_all, end_streaks
from largesse.streaks.figures import FIGURES
from largesse.streaks.jobs import register_jobs
from largesse.streaks.queries import STREAK_END
from largesse.streaks.reading import READER, read_end, shown_streaks, streaks_start

FOLLOWER = Follower(queries.FOLLOWER, queries.add)
"""Keeps what open streaks have come to."""

__all__ = [
    "FIGURES",
    "FOLLOWER",
    "READER",
    "STREAK_END",
    "Ending",
    "StreakCloser",
    "end_all",
    "end_streaks",
    "load_defaults",
    "read_end",
    "read_secret",
    "register_jobs",
    "shown_streaks",
    "streaks_start",
]
