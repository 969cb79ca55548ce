"""What the gift writer asks about senders whom somebody barred: may they give, and with words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from largesse.db import ReadConnection
from largesse.errors import AppError
from largesse.ledger import Pair
from largesse.moderation import ban_queries
from largesse.moderation.errors import Banned, Muted


@dataclass(frozen=True, slots=True)
class CreatorsBar:
    """What holds for somebody who gives to a creator."""

    banned: bool
    muted_until: datetime | None
    """Of a mute that may be over, or None."""
    muted: bool
    """It was not over by the database's clock when it was asked."""

    def refusal(self, message: str | None) -> AppError | None:
        """Why a gift with this message does not go through; None: it does."""
        if self.banned:
            return Banned()
        if message and self.muted_until is not None and self.muted:
            return Muted(self.muted_until)
        return None

    def is_of_the_moment(self, message: str | None) -> bool:
        """Whether only the database's clock can tell if it refuses this message still."""
        return bool(message) and not self.banned and self.muted_until is not None


async def read_bars(conn: ReadConnection, pairs: Sequence[Pair]) -> dict[Pair, CreatorsBar]:
    """Bans and mutes by who gives and to whom; of whom neither holds is missing."""
    found = await ban_queries.bars_of(conn, pairs)
    return {pair: CreatorsBar(banned, until, muted) for pair, banned, until, muted in found}
