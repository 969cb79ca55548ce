"""What a room's state is made of: each part takes every event of the log, in order, and asks nobody."""

from largesse.realtime.parts.board import Board, BoardStart, PinnedPage, PinnedReader, Rank
from largesse.realtime.parts.goals import Goals, GoalsStart
from largesse.realtime.parts.ranking import Giving, Ranking, RankingStart, Recount
from largesse.realtime.parts.streaks import StreakName, Streaks, StreaksStart

__all__ = [
    "Board",
    "BoardStart",
    "Giving",
    "Goals",
    "GoalsStart",
    "PinnedPage",
    "PinnedReader",
    "Rank",
    "Ranking",
    "RankingStart",
    "Recount",
    "StreakName",
    "Streaks",
    "StreaksStart",
]
