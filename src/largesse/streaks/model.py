"""What a streak has come to, and by what figures it ends."""

from dataclasses import dataclass
from datetime import datetime

from largesse.gifts import StreakKey


@dataclass(frozen=True, slots=True)
class StreakRule:
    """When streaks end."""

    valid_from: datetime
    timeout_ms: int
    """Without a gift of it for so long."""
    length_max_s: int
    """After its first gift, whatever comes."""
    kept_s: int
    """How long the rows of ended streaks stay."""

    @property
    def timeout_s(self) -> float:
        return self.timeout_ms / 1000


@dataclass(frozen=True, slots=True)
class Streak:
    """The sums of a streak's gifts."""

    key: StreakKey
    gifts: int
    count: int
    coins: int
    milli_diamonds: int
    first_seq: int
    last_seq: int
