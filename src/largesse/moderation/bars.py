"""What the gift writer asks about senders whom somebody barred: may they give, and with words."""

import time
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
    muted_until_s: float
    """The same by this process's clock that never jumps; the past where he is not muted."""

    def refusal(self, message: str | None) -> AppError | None:
        """Why a gift with this message does not go through; None: it does."""
        if self.banned:
            return Banned()
        if message and self.muted_until is not None and self.muted_until_s > time.monotonic():
            return Muted(self.muted_until)
        return None


async def read_bars(conn: ReadConnection, pairs: Sequence[Pair]) -> dict[Pair, CreatorsBar]:
    """Bans and mutes by who gives and to whom; of whom neither holds is missing."""
    found = await ban_queries.bars_of(conn, pairs)
    at_s = time.monotonic()
    return {
        pair: CreatorsBar(banned, until, at_s + left_s) for pair, banned, until, left_s in found
    }
