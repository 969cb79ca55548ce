"""Who is banned, as this process knows it: gifts are refused by it without asking the database."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from largesse.db import ReadConnection
from largesse.ledger import GiftWriter
from largesse.moderation import ban_queries
from largesse.moderation.model import Barring
from largesse.realtime import BanListener

CREATORS_MAX = 10_000
BANS_MAX = 200_000
"""Of all these creators together, some 100 MB; those who were asked about first are forgotten before it is more."""
_OVERLAP = timedelta(minutes=1)
"""Bans are seen in the order of their commits, not of their moments: what was written so lately is read again."""


class Bans:
    """Holds all bans of the creators that were asked about; whoever gives to another one asks the slow way once."""

    def __init__(self) -> None:
        self._of: OrderedDict[UUID, dict[UUID, Barring]] = OrderedDict()
        self._since: datetime | None = None
        self._learning: dict[UUID, dict[UUID, Barring]] = {}

    def knows(self, creator_id: UUID) -> bool:
        """Whether this creator's bans are at hand."""
        return creator_id in self._of

    def has(self, creator_id: UUID, user_id: UUID) -> bool:
        """Whether a user is banned by a creator whose bans are at hand; False where they were forgotten meanwhile: the
        ledger knows."""
        barring = self._of.get(creator_id, {}).get(user_id)
        return barring is not None and barring.banned

    async def learn(self, conn: ReadConnection, creator_id: UUID) -> None:
        """Read a creator's bans; what is noted meanwhile stays. Only while `refresh` is called every few seconds."""
        known = self._learning.setdefault(creator_id, {})
        try:
            _take(known, await ban_queries.bans(conn, creator_id, after=None, limit=None))
        finally:
            self._learning.pop(creator_id, None)
        self._of[creator_id] = known
        self._of.move_to_end(creator_id)
        self._forget_beyond()

    def _forget_beyond(self) -> None:
        """What is too much; never what was asked about last."""
        bans = sum(map(len, self._of.values()))
        while len(self._of) > 1 and (len(self._of) > CREATORS_MAX or bans > BANS_MAX):
            bans -= len(self._of.popitem(last=False)[1])

    async def refresh(self, conn: ReadConnection) -> None:
        """Read what changed since the last time."""
        moment, changed = await ban_queries.bans_changed(conn, self._since)
        self._since = moment - _OVERLAP
        for barring in changed:
            self.note(barring)

    def note(self, barring: Barring) -> None:
        """A ban, or its lifting, that was committed."""
        for kept in (self._of, self._learning):
            if (known := kept.get(barring.creator_id)) is not None:
                _take(known, (barring,))


def ban_listener(bans: Bans, writer: GiftWriter) -> BanListener:
    """What a process does when it hears of a ban: gifts that wait are taken back, later ones refused."""

    def listen(
        creator_id: UUID, user_id: UUID, by_id: UUID, banned: bool, changed_at: datetime
    ) -> None:
        bans.note(Barring(creator_id, user_id, banned, by_id, changed_at))
        if banned:
            writer.withdraw(user_id, creator_id)

    return listen


def _take(known: dict[UUID, Barring], told: Iterable[Barring]) -> None:
    """The newest word about somebody counts, in whatever order they come."""
    for barring in told:
        earlier = known.get(barring.user_id)
        if earlier is None or earlier.changed_at < barring.changed_at:
            known[barring.user_id] = barring
